import { expect, test } from "vitest";
import { convkit } from "../../../test/command-line.ts";

test("a workload gives one line whose numbers belong together", async () => {
  const { code, events } = await convkit(
    "bench",
    "train/zhang@12",
    "--seconds",
    "0.2",
    "--threads",
    "1",
    "--json",
  );
  expect(code).toBe(0);
  expect(events).toHaveLength(1);
  const [{ imagesPerSecond, ms, minMs, firstMs, reps, peakMB, ...rest }] = events as [
    Record<string, number>,
  ];
  expect(rest).toEqual({
    event: "bench",
    workload: "train/zhang@12",
    peer: "convkit",
    threads: 1,
    revectorizer: expect.any(Boolean),
  });
  expect(imagesPerSecond).toBeCloseTo(12_000 / ms, -Math.log10(imagesPerSecond / 500));
  expect(minMs).toBeLessThanOrEqual(ms);
  expect(firstMs).toBeGreaterThan(ms); // it traces and compiles as well
  expect(reps).toBeGreaterThanOrEqual(5);
  expect(peakMB).toBeGreaterThan(40);
});

test("a prediction is a workload, for people too", async () => {
  const { code, stdout } = await convkit("bench", "predict/lenet5@1", "--seconds", "0.2");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^predict\/lenet5@1 {2}[\d.,]+ images\/s {2}[\d.]+ ms \(median of \d+, .*\n$/,
  );
});

test("--list names workloads that are taken", async () => {
  const { events } = await convkit("bench", "--list", "--json");
  expect(events).toContainEqual({ event: "workload", workload: "train/lenet5@128" });
});

test("what is no workload is wrong usage, with the right form", async () => {
  const words = ["lenet5", "train/lenet5", "train/lenet5@0", "fit/lenet5@1", "train/letet5@8"];
  const ended = await Promise.all([
    convkit("bench"),
    ...words.map((word) => convkit("bench", word)),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
  for (const { stderr } of ended) expect(stderr).toMatch(/^convkit bench: \[bench\] .+\n$/);
  expect(ended[1].stderr).toMatch(/"lenet5" names no workload — .*train\/MODEL@BATCH/);
  expect(ended[5].stderr).toMatch(/did you mean lenet5\?/);
});
