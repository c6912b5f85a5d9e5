/**
 * Photographs to batches beside PyTorch's DataLoader: decode, random resized crop to 224, flip, normalise, batches of 32.
 *
 *     npx node --conditions=convkit-source bench/data-loading.ts [FOLDER] [--rounds 5] [--workers 2] [--json]
 *
 * FOLDER is searched for JPEG files; without it synthetic ones of 500×375 are made. Rounds alternate, each in fresh processes, and
 * ratios are taken within a round.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ratios, type Spread, spread } from "./statistics.ts";

export interface LoadingJob {
  readonly files: readonly string[];
  readonly batch: number;
  /** That are timed; one before them is not. */
  readonly epochs: number;
  readonly workers: number;
  readonly cacheBytes: number;
}

export interface LoadingAnswer {
  readonly imagesPerSecond: number;
  /** Of all threads and processes, for an image. */
  readonly cpuMs: number;
  readonly peakMB?: number;
  readonly version?: string;
}

/** Pictures of an epoch: a smaller folder is gone through several times. */
const EPOCH = 512;

const run = promisify(execFile);
const peer = (name: string): string => join(import.meta.dirname, "peers", name);

async function answer(command: string, args: readonly string[], job: object): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: "1" };
  const { stdout } = await run(command, [...args, JSON.stringify(job)], {
    env,
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

interface Side {
  readonly name: string;
  ask(job: LoadingJob): Promise<LoadingAnswer>;
}

const convkit = async (job: LoadingJob): Promise<LoadingAnswer> => {
  const args = ["--conditions=convkit-source", peer("data-loading.ts")];
  return JSON.parse(await answer(process.execPath, args, job)) as LoadingAnswer;
};
const sides: readonly Side[] = [
  { name: "convkit", ask: (job) => convkit({ ...job, cacheBytes: 0 }) },
  { name: "convkit, decoded pictures kept", ask: convkit },
  {
    name: "pytorch",
    ask: async (job) =>
      JSON.parse(await answer("/usr/bin/python3", [peer("data_loading.py")], job)) as LoadingAnswer,
  },
];

async function photosIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const photos = entries
    .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (photos.length === 0) throw new Error(`${folder}: no JPEG file in it`);
  return photos;
}

async function measure(photos: readonly string[], rounds: number, workers: number) {
  const files = Array.from({ length: EPOCH }, (_, i) => photos[i % photos.length]);
  const job = { files, batch: 32, epochs: 4, workers, cacheBytes: 2 ** 30 };
  const answers = sides.map(() => new Map<number, LoadingAnswer>());
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < sides.length; k++) {
      const i = (k + round) % sides.length;
      answers[i].set(round, await sides[i].ask(job));
      process.stderr.write(`round ${round + 1}/${rounds}: ${sides[i].name}\n`);
    }
  }
  const column = (i: number, key: "imagesPerSecond" | "cpuMs") =>
    new Map([...answers[i]].map(([round, one]) => [round, one[key]]));
  const last = sides.length - 1;
  return sides.map(({ name }, i) => ({
    name,
    imagesPerSecond: spread([...column(i, "imagesPerSecond").values()]),
    cpuMs: spread([...column(i, "cpuMs").values()]),
    ratio:
      i < last ? ratios(column(i, "imagesPerSecond"), column(last, "imagesPerSecond")) : undefined,
    cpuRatio: i < last ? ratios(column(last, "cpuMs"), column(i, "cpuMs")) : undefined,
    version: answers[i].get(0)?.version,
  }));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      workers: { type: "string", default: "2" },
      json: { type: "boolean", default: false },
    },
  });
  const made =
    positionals.length > 0 ? undefined : await mkdtemp(join(tmpdir(), "convkit-photos-"));
  try {
    if (made)
      await answer("/usr/bin/python3", [peer("data_loading.py")], { make: made, count: 200 });
    const photos = await photosIn(positionals[0] ?? (made as string));
    const results = await measure(photos, Number(values.rounds), Number(values.workers));
    const show = (of: Spread | undefined, digits: number) =>
      of
        ? `${of.median.toFixed(digits)} (${of.low.toFixed(digits)} … ${of.high.toFixed(digits)})`
        : "";
    for (const { name, imagesPerSecond, cpuMs, ratio, cpuRatio, version } of results) {
      if (values.json) {
        console.log(JSON.stringify({ name, imagesPerSecond, cpuMs, ratio, cpuRatio, version }));
        continue;
      }
      console.log(
        `${name.padEnd(32)} ${show(imagesPerSecond, 0)} images/s, ${show(cpuMs, 2)} ms of CPU an image` +
          (ratio
            ? `; PyTorch's speed times ${show(ratio, 2)}, in CPU time ${show(cpuRatio, 2)}`
            : ""),
      );
    }
  } finally {
    if (made) await rm(made, { recursive: true });
  }
}

if (import.meta.main) await main();
