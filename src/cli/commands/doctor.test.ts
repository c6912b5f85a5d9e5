import { expect, test } from "vitest";
import { convkit } from "../../../test/command-line.ts";

test("says what there is, and that the device computes as the reference does", async () => {
  const [text, json] = await Promise.all([
    convkit("doctor"),
    convkit("doctor", "--threads", "2", "--json"),
  ]);
  expect([text.code, json.code]).toEqual([0, 0]);
  const topics = ["Backend", "Engine", "Project's own Node", "Threads", "SIMD", "Relaxed SIMD"];
  topics.push("Fused multiply-add", "Revectorizer", "Cross-origin isolated", "64-bit memory");
  topics.push("Memory", "Image files", "Self-test");
  for (const topic of topics) expect(text.stdout).toMatch(new RegExp(`^ +\\S ${topic} `, "m"));

  const [record] = json.events;
  expect(record).toMatchObject({
    backend: "wasm",
    threads: 2,
    simd: { on: true },
    projectNode: { on: true }, // these tests run on it
    crossOriginIsolated: null,
    imageDecoding: { on: true },
    selfTest: { passed: true, fault: null },
  });
  expect((record.selfTest as { error: number }).error).toBeGreaterThan(0);
  // Whatever is off says why.
  for (const value of Object.values(record)) {
    const ability = value as { on?: boolean; reason?: string } | null;
    if (ability?.on === false) expect(ability.reason).toBeTruthy();
  }
});
