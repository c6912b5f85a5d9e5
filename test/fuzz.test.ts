/**
 * Every reader of files against damaged files: whatever they hold, the answer is a value or a ConvkitError of one line, in
 * bounded time and memory. A minute in all; CONVKIT_FUZZ_SECONDS makes it longer, CONVKIT_FUZZ_SEED other.
 */
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Random } from "../src/core/random.ts";
import { mutate } from "./fuzz/mutate.ts";
import { readers } from "./fuzz/readers.ts";

const names = Object.keys(readers);
const total = Number(process.env.CONVKIT_FUZZ_SECONDS ?? 60);
const seed = Number(process.env.CONVKIT_FUZZ_SEED ?? 1);
const seconds = total / names.length;

/** A case is ended after so long without an answer. */
const STUCK_MS = 20_000;
/** Above what the process has at the start, with the files themselves in it. */
const MEMORY = 2 ** 30;

interface Outcome {
  readonly refused: number;
  readonly taken: number;
  readonly faults: readonly string[];
}

function fuzz(name: string): Promise<Outcome> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./fuzz/worker.ts", import.meta.url), {
    workerData: { name, seed, seconds, progress },
    execArgv: ["--conditions=convkit-source"],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY / 2 ** 20 },
  });
  return new Promise<Outcome>((resolve, reject) => {
    let [last, since, before] = [-1, Date.now(), Number.POSITIVE_INFINITY];
    // Loading what a reader imports takes its time, and is no case.
    const refuse = (fact: string) => reject(new Error(`${name} case ${progress[0]}: ${fact}`));
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (Number.isFinite(before) && Date.now() - since > STUCK_MS) refuse("no answer");
      const grown = process.memoryUsage.rss() - before;
      if (grown > MEMORY) refuse(`takes ${Math.round(grown / 2 ** 20)} MiB`);
    }, 50);
    worker.on("message", (message: Outcome | { readonly ready: true }) => {
      if ("ready" in message) [since, before] = [Date.now(), process.memoryUsage.rss()];
      else resolve(message);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      clearInterval(watch);
      refuse("the thread ended");
    });
  }).finally(() => worker.terminate());
}

test.each(names)("%s", { timeout: 1000 * seconds + 60_000 }, async (name) => {
  const { refused, taken, faults } = await fuzz(name);
  expect(faults).toEqual([]);
  expect(refused, `${refused} refused, ${taken} taken`).toBeGreaterThan(5);
});

test("a mutation is a function of its stream, and changes most files", () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
  const other = new Uint8Array(300);
  const draw = (i: number) => mutate(bytes, new Random(1, i), other);
  const drawn = Array.from({ length: 200 }, (_, i) => draw(i));
  expect(drawn).toEqual(Array.from({ length: 200 }, (_, i) => draw(i)));
  const changed = drawn.filter((out) => Buffer.compare(out, bytes) !== 0);
  expect(changed.length).toBeGreaterThan(180);
});
