import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { platform } from "#platform";
import { type Capabilities, detect } from "./capabilities.ts";
import type { Ability } from "./platform.ts";
import { prepareRevectorizer } from "./self-check.ts";

const exec = promisify(execFile);
const nodeMajor = Number.parseInt(process.versions.node, 10);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const isAbility = (value: unknown): value is Ability =>
  typeof value === "object" && value !== null && "on" in value;

test("what is off says why", async () => {
  const found = await detect({ revectorizer: false });
  const abilities = Object.values(found).filter(isAbility);
  expect(abilities).toHaveLength(6);
  for (const { on, reason } of abilities) expect(on || (reason ?? "").length > 10).toBe(true);
  expect(found.simd).toEqual({ on: true });
  expect(found.revectorizer).toEqual({ on: false, reason: "it was asked to stay off" });
  expect(found.engine.name).toBe("Node");
  expect(found.cores).toBeGreaterThan(0);
  expect(found.memory.totalBytes).toBeGreaterThan(2 ** 28);
  expect(found.crossOriginIsolated).toBeUndefined();
});

test("an engine without a thing is caught, and the cure is said", async () => {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const found = await detect({ revectorizer: false });
  expect(found.simd.reason).toBe("this engine has no WebAssembly SIMD");
  expect(found.relaxedSimd.cure).toContain("Node 24");
  expect(found.fusedMultiplyAdd).toEqual(found.relaxedSimd);
  expect(found.threads.reason).toBe("this engine has no SharedArrayBuffer");
});

test("a platform without threads hands its reason on", async () => {
  const reason = "the page is not cross-origin isolated";
  vi.spyOn(platform, "threads").mockReturnValue({ on: false, reason, cure: "headers" });
  expect((await detect({ revectorizer: false })).threads).toEqual({
    on: false,
    reason,
    cure: "headers",
  });
});

describe.skipIf(!platform.revectorizer().on)(
  `the revectorizer (here: ${platform.revectorizer().reason ?? "on"})`,
  () => {
    const switched = () => vi.spyOn(platform, "switchRevectorizer");

    test("is on after a self-check that takes little time", () => {
      const spy = switched();
      const start = performance.now();
      expect(prepareRevectorizer(true)).toEqual({ on: true });
      expect(performance.now() - start).toBeLessThan(1000); // tens of ms, on a busy machine more
      expect(spy.mock.calls).toEqual([[true]]);
    });

    test("passes without relaxed SIMD too", () => {
      expect(prepareRevectorizer(false)).toEqual({ on: true });
    });

    // The instruction is replaced in the finished bytes: max for min, nmadd for madd, abs for sqrt.
    test.each([
      ["min", [0xe8, 0x01], [0xe9, 0x01]],
      ["relaxed_madd", [0x85, 0x02], [0x86, 0x02]],
      ["sqrt", [0xe3, 0x01], [0xe0, 0x01]],
    ])("is switched off when %s comes out wrong", (name, right, wrong) => {
      const Real = WebAssembly.Module;
      class Faulty extends Real {
        constructor(source: BufferSource) {
          const bytes = new Uint8Array(source as ArrayBuffer).slice();
          for (let i = 0; i + 2 < bytes.length; i++) {
            const found =
              bytes[i] === 0xfd && bytes[i + 1] === right[0] && bytes[i + 2] === right[1];
            if (found) bytes.set(wrong, i + 1);
          }
          super(bytes);
        }
      }
      WebAssembly.Module = Faulty;
      onTestFinished(() => {
        WebAssembly.Module = Real;
      });
      const spy = switched();
      const found = prepareRevectorizer(true);
      expect(found.on).toBe(false);
      expect(found.reason).toBe(`its code failed the self-check (${name}), so it was switched off`);
      expect(found.cure).toContain("another release of Node");
      expect(spy.mock.calls).toEqual([[true], [false]]);
    });

    test("is switched off when the check itself traps", () => {
      vi.spyOn(platform, "optimise").mockImplementation(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
      const spy = switched();
      expect(prepareRevectorizer(true).reason).toContain("RuntimeError: unreachable");
      expect(spy).toHaveBeenLastCalledWith(false);
    });
  },
);

/** The first Node on the path that is older than the one that runs this, or undefined. */
async function olderNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, "node");
    if (!existsSync(file)) continue;
    const { stdout } = await exec(file, ["--version"]).catch(() => ({ stdout: "" }));
    const major = Number.parseInt(stdout.slice(1), 10);
    if (major >= 20 && major < nodeMajor && major < 24) return file;
  }
  return undefined;
}

const older = await olderNode();

test.skipIf(older === undefined)(
  `an older Node says what it misses (found: ${older ?? "none on the path"})`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "convkit-"));
    try {
      const bundle = await rolldown({
        input: fileURLToPath(new URL("./capabilities.ts", import.meta.url)),
        platform: "node",
      });
      const file = join(folder, "capabilities.mjs");
      await bundle.write({ file, format: "esm" });
      const script = `import { detect } from ${JSON.stringify(file)}; console.log(JSON.stringify(await detect()));`;
      const { stdout, stderr } = await exec(older as string, [
        "--input-type=module",
        "--eval",
        script,
      ]);
      expect(stderr).toBe("");
      const found: Capabilities = JSON.parse(stdout);
      expect(found.simd.on).toBe(true);
      expect(found.threads.on).toBe(true);
      expect(found.memory64).toMatchObject({ on: false, reason: expect.stringContaining("4 GiB") });
      expect(found.revectorizer).toMatchObject({
        on: false,
        reason: expect.stringMatching(/^Node 2[0-3]\.[\d.]+ does not have it$/),
        cure: expect.stringContaining("Node 24"),
      });
      if (found.engine.version.startsWith("20.")) {
        expect(found.relaxedSimd.reason).toContain("no relaxed SIMD");
        expect(found.fusedMultiplyAdd.on).toBe(false);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
