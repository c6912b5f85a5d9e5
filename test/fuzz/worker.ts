/** Feeds one reader damaged files for a while, in a thread of its own, so that one that hangs can be told and ended. */
import { parentPort, workerData } from "node:worker_threads";
import { ConvkitError } from "../../src/core/error.ts";
import { Random } from "../../src/core/random.ts";
import { mutate } from "./mutate.ts";
import { readers } from "./readers.ts";

const { name, seed, seconds, progress } = workerData as {
  readonly name: string;
  readonly seed: number;
  readonly seconds: number;
  /** The case in work, for whoever watches. */
  readonly progress: Int32Array;
};

const { files, read } = readers[name];
const given = await files();
for (const bytes of given) await read(bytes);
parentPort?.postMessage({ ready: true });

let [refused, taken] = [0, 0];
const faults: string[] = [];
const end = performance.now() + 1000 * seconds;
for (let i = 0; performance.now() < end && faults.length < 5; i++) {
  Atomics.store(progress, 0, i);
  const random = new Random(seed, `${name} ${i}`);
  const bytes = mutate(given[random.int(given.length)], random, given[random.int(given.length)]);
  const start = performance.now();
  try {
    await read(bytes);
    taken++;
  } catch (error) {
    refused++;
    const isOurs = error instanceof ConvkitError && !/[\r\n]/.test(error.message);
    if (!isOurs) faults.push(`${name} case ${i}: ${(error as Error).stack ?? error}`);
  }
  const ms = performance.now() - start;
  if (ms > 5000) faults.push(`${name} case ${i}: took ${Math.round(ms)} ms`);
}
parentPort?.postMessage({ refused, taken, faults });
