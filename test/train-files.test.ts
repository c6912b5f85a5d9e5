/** Training on pictures in files: interrupted in the middle of an epoch and resumed, with any number of workers, it ends in the same bits. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseTransforms } from "../src/augment/settings.ts";
import { Random } from "../src/core/random.ts";
import type { StoredDataset } from "../src/data/dataset.ts";
import { storedDataset } from "../src/data/stored-dataset-node.ts";
import { encodeImage } from "../src/image/encode-node.ts";
import * as nn from "../src/nn/index.ts";
import { memoryStore, type TrainOptions, train } from "../src/train/index.ts";

let folder: string;
let data: { train: StoredDataset; test: StoredDataset };

/** Noise, bright in its left half or in its right. */
async function halves(name: string, count: number): Promise<StoredDataset> {
  const random = new Random(count);
  const files = [];
  for (let i = 0; i < count; i++) {
    const [width, height] = [20 + random.int(8), 16 + random.int(8)];
    const isBright = (p: number) => (p % width < width / 2 ? 0 : 1) === i % 2;
    const bytes = Uint8Array.from(
      { length: width * height },
      (_, p) => random.int(100) + (isBright(p) ? 120 : 0),
    );
    const path = join(folder, `${name}-${i}.png`);
    await writeFile(path, await encodeImage({ width, height, channels: 1, data: bytes }));
    files.push({ name: `${name}-${i}.png`, path });
  }
  return storedDataset({
    name,
    classes: ["left", "right"],
    shape: [1, 12, 12],
    labels: Int32Array.from(files, (_, i) => i % 2),
    files,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convkit-files-"));
  data = { train: await halves("train", 130), test: await halves("test", 20) };
});
afterAll(() => rm(folder, { recursive: true }));

const network = () =>
  nn.sequential(nn.conv2d(4, { kernel: 3 }), nn.relu(), nn.flatten(), nn.linear(2));

test("a run that was interrupted in the middle of an epoch ends as the whole one, and learns", async () => {
  const options = {
    ...{ data, epochs: 2, batch: 13, threads: 1, optimizer: { name: "adamw", lr: 0.01 } as const },
    augmentation: parseTransforms("randomResizedCrop:scale=0.8,1"),
  } satisfies TrainOptions;
  const [whole, parts] = [memoryStore(), memoryStore()];
  const result = await train(network(), { ...options, store: whole });
  expect(result.accuracy).toBeGreaterThan(0.9);
  const abort = new AbortController();
  const first = await train(network(), {
    ...{ ...options, store: parts, signal: abort.signal },
    onProgress: ({ step, phase }) => {
      if (phase === "train" && step === 14) abort.abort();
    },
  });
  expect(first.interrupted).toBe(true);
  await train(network(), { ...options, store: parts, resume: true });
  for (const file of ["model.safetensors", "metrics.jsonl", "config.json"] as const) {
    expect(await parts.read(file), file).toEqual(await whole.read(file));
  }
});

test("a run goes on with the files that it was begun with only, wherever their folder lies", async () => {
  const store = memoryStore();
  const options = { data, epochs: 1, batch: 16, threads: 1, store, optimizer: "adamw" } as const;
  await train(network(), options);
  const moved = (name: string) => `/elsewhere/${name}`;
  const files = (of: StoredDataset, rename: (name: string) => string) => ({
    ...of,
    files: of.files.map((file) => ({ ...file, name: rename(file.name) })),
  });
  const there = { ...data, train: files(data.train, moved) };
  expect((await train(network(), { ...options, data: there, resume: true })).alreadyFinished).toBe(
    true,
  );
  const others = { ...data, train: files(data.train, (name) => `other-${name}`) };
  await expect(train(network(), { ...options, data: others, resume: true })).rejects.toThrow(
    /fingerprint/,
  );
});
