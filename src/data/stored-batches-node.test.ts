import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomResizedCrop } from "../augment/random-resized-crop.ts";
import { parseTransforms } from "../augment/settings.ts";
import { transformed } from "../augment/transform.ts";
import { Random } from "../core/random.ts";
import { readImage } from "../image/decode-node.ts";
import { encodeImage } from "../image/encode-node.ts";
import { preprocess } from "../image/preprocess.ts";
import { type BatchOptions, type BatchSource, openBatches } from "./batches.ts";
import { type StoredDataset, subset } from "./dataset.ts";
import { PictureWorkers } from "./picture-workers-node.ts";
import { seenPictures } from "./prepare-picture.ts";
import { preprocessingOf } from "./preprocessing-of.ts";
import { storedDataset } from "./stored-dataset-node.ts";

const count = 21;
const size = [12, 16] as const;
const how = { channels: 3, height: 12, width: 16, scale: 1 / 255, fit: "cover" } as const;
const preprocessing = { ...how, mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5] };
const options = { batch: 5, seed: 4, preprocessing } as const;
const augmentation = parseTransforms("randomResizedCrop:scale=0.3,1+flip");

let folder: string;
let dataset: StoredDataset;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convkit-stored-"));
  const random = new Random(1);
  const files = [];
  for (let i = 0; i < count; i++) {
    const [width, height] = [18 + random.int(20), 14 + random.int(20)];
    const data = Uint8Array.from({ length: width * height * 3 }, () => random.int(256));
    const format = i % 2 ? "png" : "jpeg";
    const path = join(folder, `${i}.${format}`);
    await writeFile(path, await encodeImage({ width, height, channels: 3, data }, format));
    files.push({ name: `${i}.${format}`, path });
  }
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  dataset = storedDataset({
    ...{ name: "pictures", classes: ["a", "b", "c"], labels, files },
    shape: [3, ...size],
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function collect(source: BatchSource, epoch: number, first = 0) {
  const batches = [];
  for await (const { n, index, images, labels } of source.batches(epoch, first)) {
    batches.push({ n, index, images: Float32Array.from(images), labels: [...labels] });
  }
  return batches;
}

async function using<T>(over: Partial<BatchOptions>, use: (source: BatchSource) => Promise<T>) {
  const source = await openBatches(dataset, { ...options, ...over });
  try {
    return await use(source);
  } finally {
    source.dispose();
  }
}

test("without transforms a batch holds what a prediction would be given, the rest zeros", async () => {
  const batches = await using({ shuffle: false, workers: 2 }, (source) => collect(source, 0));
  expect(batches.map(({ n }) => n)).toEqual([5, 5, 5, 5, 1]);
  for (const [i, { path = "" }] of dataset.files.entries()) {
    const { images, labels } = batches[Math.floor(i / 5)];
    const own = preprocess(await readImage(path), preprocessing);
    expect(images.subarray((i % 5) * own.length, ((i % 5) + 1) * own.length)).toEqual(own);
    expect(labels[i % 5]).toBe(i % 3);
  }
  expect(batches[4].images.subarray(576).every((value) => value === 0)).toBe(true);
  expect(batches[4].labels.slice(1)).toEqual([0, 0, 0, 0]);
});

test("a transform that chooses the size sees the whole picture, by the key of epoch and picture", async () => {
  const crop = randomResizedCrop({ size, scale: [0.3, 1] });
  const only = parseTransforms("randomResizedCrop:scale=0.3,1");
  const { images } = await using({ augmentation: only, shuffle: false, workers: 1 }, (source) =>
    source.batch(3, 1),
  );
  const image = await readImage(dataset.files[7].path as string);
  const cropped = transformed(crop, { image }, seenPictures(4, false)(3, 7, 0).key).image;
  expect(images.subarray(2 * 576, 3 * 576)).toEqual(preprocess(cropped, preprocessing));
});

test("the same bits with any number of workers, with pictures kept and not, all of them or a few", async () => {
  const epochs = async (source: BatchSource) => [
    await collect(source, 0),
    await collect(source, 1),
  ];
  for (const transforms of [augmentation, parseTransforms("shift=2")]) {
    const whole = await using({ augmentation: transforms, workers: 0, cacheBytes: 0 }, epochs);
    expect(whole[0]).not.toEqual(whole[1]);
    for (const [workers, cacheBytes] of [
      [0, 3000],
      [1, 2 ** 24],
      [2, 3000],
      [5, 0],
    ]) {
      const over = { augmentation: transforms, workers, cacheBytes };
      expect(await using(over, epochs), JSON.stringify(over)).toEqual(whole);
    }
  }
});

test("an epoch is taken up at any batch, and left at any", async () => {
  await using({ augmentation, workers: 2 }, async (source) => {
    const whole = await collect(source, 2);
    expect(await collect(source, 2, 3)).toEqual(whole.slice(3));
    for await (const { index } of source.batches(1)) if (index === 1) break;
    expect(await collect(source, 2)).toEqual(whole);
    const { images } = await source.batch(2, 4);
    expect(images).toEqual(whole[4].images);
    expect(await collect(source, 2, 5)).toEqual([]);
  });
});

test("pictures are of another size when asked", async () => {
  const smaller = { ...preprocessing, height: 6, width: 8 };
  const { images } = await using({ size: [6, 8], shuffle: false, workers: 0 }, (source) =>
    source.batch(0, 0),
  );
  const own = preprocess(await readImage(dataset.files[0].path as string), smaller);
  expect(images.subarray(0, own.length)).toEqual(own);
  expect(images.length).toBe(5 * own.length);
});

test("decoded pictures are not read again, as many as there is room for", async () => {
  const read = async (cacheBytes: number) => {
    const copies = await Promise.all(dataset.files.map(({ path = "" }) => readFile(path)));
    const files = copies.map((bytes, i) => {
      const buffer = new SharedArrayBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      return { name: String(i), buffer };
    });
    const inMemory = { ...dataset, files };
    const source = await openBatches(inMemory, { ...options, workers: 2, cacheBytes });
    const before = await collect(source, 0);
    // What is read again is found damaged.
    for (const { buffer } of files) new Uint8Array(buffer).fill(0);
    const after = await collect(source, 0).catch((error: Error) => error.message);
    source.dispose();
    return { before, after };
  };
  const { before, after } = await read(count * 576);
  expect(after).toEqual(before);
  expect((await read(count * 576 - 1)).after).toMatch(/not an image that can be read/);
});

test("no more than two batches are made ahead", async () => {
  let asked = 0;
  const files = new Proxy(dataset.files, {
    get: (of, key) => {
      if (typeof key === "string" && /^\d+$/.test(key)) asked++;
      return Reflect.get(of, key);
    },
  });
  const source = await openBatches({ ...dataset, files }, { ...options, workers: 2 });
  const batches = source.batches(0);
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(15);
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(20);
  await batches.return();
  source.dispose();
});

test("a damaged file stops the epoch at its batch and is named; one that is gone, too", async () => {
  const [good, bad] = [dataset.files[3].path as string, join(folder, "bad.jpeg")];
  const jpeg = await readFile(dataset.files[2].path as string);
  await writeFile(bad, jpeg.subarray(0, jpeg.length / 2));
  for (const workers of [0, 2]) {
    for (const [name, path, words] of [
      ["ants/bad.jpeg", bad, /ants\/bad\.jpeg: truncated or damaged/],
      ["ants/gone.png", `${good}-gone`, /gone: no such file/],
    ] as const) {
      const files = dataset.files.with(12, { name, path });
      const how = { ...options, shuffle: false, workers };
      const source = await openBatches({ ...dataset, files }, how);
      let seen = 0;
      const run = async () => {
        for await (const { n } of source.batches()) seen += n;
      };
      await expect(run()).rejects.toThrow(words);
      expect(seen).toBe(10);
      // The others can still be had.
      expect((await source.batch(0, 3)).n).toBe(5);
      source.dispose();
    }
  }
});

test("a thread that ends is told with the files it was at; what is disposed of, too", async () => {
  const settings = { preprocessing, augmentation: [] };
  const task = {
    images: new Float32Array(576),
    labels: new Int32Array(1),
    at: 0,
    pictures: [{ file: dataset.files[0], seen: { key: [0, 0] as const, turn: 0 } }],
    keep: false,
  };
  const script = `import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(7));`;
  const dying = new PictureWorkers(1, settings, new URL(`data:text/javascript,${script}`));
  await expect(dying.run(task)).rejects.toThrow(/ended \(exit code 7\), at one of 0\.jpeg — look/);
  await expect(dying.run(task)).rejects.toThrow(/exit code 7/);
  await dying.dispose();
  const workers = new PictureWorkers(1, settings);
  const pending = expect(workers.run(task)).rejects.toThrow(/disposed of — open them again/);
  await workers.dispose();
  await pending;
});

test.each(["disposed of", "left open"])("a process ends when its batches are %s", async (word) => {
  const script = `
    import { openBatches } from ${JSON.stringify(new URL("./batches.ts", import.meta.url).href)};
    import { storedDataset } from ${JSON.stringify(new URL("./stored-dataset-node.ts", import.meta.url).href)};
    const files = [{ name: "0", path: ${JSON.stringify(dataset.files[0].path)} }];
    const set = storedDataset({ name: "one", classes: ["a"], shape: [3, 4, 4], labels: Int32Array.of(0), files });
    const preprocessing = ${JSON.stringify({ ...preprocessing, height: 4, width: 4 })};
    const source = await openBatches(set, { batch: 1, preprocessing, workers: 2 });
    for await (const { n } of source.batches()) console.log(n);
    ${word === "left open" ? "" : "source.dispose();"}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=convkit-source", "--input-type=module", "-e", script],
    { timeout: 20_000 },
  );
  expect(stdout).toBe("1\n");
});

test("mean and deviation are measured over a sample, the same one each time", async () => {
  const { mean, std } = await preprocessingOf(dataset);
  for (const value of mean) expect(Math.abs(value - 0.5)).toBeLessThan(0.03);
  for (const value of std) expect(value).toBeGreaterThan(0.05);
  expect(await preprocessingOf(dataset)).toMatchObject({ mean, std, fit: "cover" });
});

test("balanced sampling and parts of a data set take the files along", async () => {
  const part = subset(dataset, [0, 1, 3, 6, 9]);
  expect(part.files).toEqual([0, 1, 3, 6, 9].map((i) => dataset.files[i]));
  const source = await openBatches(part, { ...options, batch: 5, sampler: "balanced", workers: 0 });
  const counts = [0, 0, 0];
  for (let epoch = 0; epoch < 60; epoch++) {
    for (const label of (await source.batch(epoch, 0)).labels) counts[label]++;
  }
  // 300 draws, half of them of each of the two classes that are there: five standard deviations.
  expect(Math.abs(counts[0] - 150)).toBeLessThan(44);
  expect(counts[2]).toBe(0);
});

test("workers that are no number, no batch and unknown transforms are refused", async () => {
  const open = (over: Partial<BatchOptions>) => openBatches(dataset, { ...options, ...over });
  await expect(open({ workers: 1.5 })).rejects.toThrow("[data] 1.5 workers — give a whole number");
  await expect(open({ batch: 0 })).rejects.toThrow(/batch size 0/);
  await expect(open({ augmentation: [{ name: "spin" as "pad" }] })).rejects.toThrow(/"spin"/);
});
