import { expect, test } from "vitest";
import { parseTransforms } from "../augment/settings.ts";
import { augmentedCopy } from "./array-augmentation.ts";
import { type Batch, type BatchSource, openBatches } from "./batches.ts";
import type { ArrayDataset } from "./dataset.ts";
import { Loader } from "./loader.ts";
import { interleaved } from "./picture-at.ts";
import { pictureMaker, seenPictures } from "./prepare-picture.ts";

/** Picture i is 1×2×3 with bytes 10·i + 0 … 5; its label is i mod 4. */
const count = 11;
const dataset: ArrayDataset = {
  name: "eleven",
  length: count,
  classes: ["a", "b", "c", "d"],
  shape: [1, 2, 3],
  images: Uint8Array.from({ length: count * 6 }, (_, i) => 10 * Math.floor(i / 6) + (i % 6)),
  labels: Int32Array.from({ length: count }, (_, i) => i % 4),
};
const plain = { channels: 1, height: 2, width: 3, mean: [0], std: [1], scale: 1 } as const;
const options = { batch: 4, seed: 5, preprocessing: plain };

/** A batch's contents, copied, since its arrays are filled again. */
const copy = ({ n, index, images, labels }: Batch) => {
  return { n, index, images: [...images], labels: [...labels] };
};
async function collect(loader: BatchSource, epoch: number, first = 0) {
  const batches: ReturnType<typeof copy>[] = [];
  for await (const batch of loader.batches(epoch, first)) batches.push(copy(batch));
  return batches;
}
const pictures = (batches: readonly ReturnType<typeof copy>[]) =>
  batches.flatMap(({ n, images }) => Array.from({ length: n }, (_, i) => images[6 * i] / 10));

test("an epoch shows every picture once with its label; the last batch is partial, its rest zeros", async () => {
  const loader = new Loader(dataset, options);
  const batches = await collect(loader, 0);
  expect(batches.map(({ n }) => n)).toEqual([4, 4, 3]);
  expect(loader.batchesPerEpoch).toBe(3);
  const seen = pictures(batches);
  expect(seen).not.toEqual([...seen].sort((a, b) => a - b));
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(batches.flatMap(({ n, labels }) => labels.slice(0, n))).toEqual(seen.map((i) => i % 4));
  expect(batches[2].images.slice(18)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(batches[2].labels[3]).toBe(0);
});

test("the order is a pure function of seed and epoch", async () => {
  const loader = new Loader(dataset, options);
  const third = await collect(loader, 3);
  expect(await collect(loader, 3)).toEqual(third);
  expect(await collect(new Loader(dataset, options), 3)).toEqual(third);
  expect(await collect(loader, 4)).not.toEqual(third);
  expect(await collect(new Loader(dataset, { ...options, seed: 6 }), 3)).not.toEqual(third);
});

test("an epoch taken up at a batch goes on as the whole one does", async () => {
  const how = { ...options, batch: 2, augmentation: parseTransforms("flip,shift=1") };
  const whole = await collect(await openBatches(dataset, how), 2);
  for (const first of [1, 4, 5, 6]) {
    expect(await collect(await openBatches(dataset, how), 2, first)).toEqual(whole.slice(first));
  }
  expect(copy(await (await openBatches(dataset, how)).batch(2, 3))).toEqual(whole[3]);
});

test("a batch stays as it is while the next one is prepared; two buffers take turns", async () => {
  const loader = new Loader(dataset, { ...options, batch: 3 });
  const arrays = new Set<Float32Array>();
  for (const epoch of [0, 1]) {
    for await (const batch of loader.batches(epoch)) {
      arrays.add(batch.images);
      const before = copy(batch);
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect(copy(batch)).toEqual(before);
      expect(before).toEqual(copy(await loader.batch(epoch, batch.index)));
    }
  }
  expect(arrays.size).toBe(2);
});

test("the next batch is ready before it is asked for", async () => {
  let reads = 0;
  const watched: ArrayDataset = {
    ...dataset,
    get labels() {
      reads++;
      return dataset.labels;
    },
  };
  const batches = new Loader(watched, options).batches(0);
  await batches.next();
  const after = reads;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reads).toBe(after + 4);
  await batches.next();
  expect(reads).toBe(after + 4);
  await batches.return();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reads).toBe(after + 4);
});

test("timers get their turn between batches", async () => {
  const loader = new Loader(dataset, { ...options, batch: 1 });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  for (let epoch = 0; epoch < 200; epoch++) for await (const _ of loader.batches(epoch));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
});

test("bytes are normalised per channel when a batch is filled", async () => {
  const how = { ...plain, mean: [0.5], std: [0.25], scale: 1 / 255 };
  const loader = new Loader(dataset, { batch: 11, shuffle: false, preprocessing: how });
  const { images } = await loader.batch(0, 0);
  expect(images[64]).toBeCloseTo((104 / 255 - 0.5) / 0.25, 6);
  expect(loader.order(0)).toEqual(Uint32Array.from({ length: 11 }, (_, i) => i));
});

test("flip and shift move each picture as drawn, what comes in is black", async () => {
  const augmentation = parseTransforms("flip,shift=1");
  const loader = await openBatches(dataset, {
    ...options,
    augmentation,
    shuffle: false,
    batch: 11,
  });
  const kinds = new Set<string>();
  for (let epoch = 0; epoch < 30; epoch++) {
    const { images } = await loader.batch(epoch, 0);
    for (let i = 0; i < count; i++) {
      const source = (y: number, x: number) =>
        y < 0 || y > 1 || x < 0 || x > 2 ? 0 : 10 * i + 3 * y + x;
      const matches = [false, true].flatMap((flip) =>
        [-1, 0, 1].flatMap((dx) =>
          [-1, 0, 1]
            .filter((dy) =>
              [0, 1, 2, 3, 4, 5].every((p) => {
                const [y, x] = [Math.floor(p / 3), p % 3];
                return images[6 * i + p] === source(y - dy, (flip ? 2 - x : x) - dx);
              }),
            )
            .map((dy) => `${flip} ${dx} ${dy}`),
        ),
      );
      expect(matches.length, `epoch ${epoch}, picture ${i}`).toBeGreaterThan(0);
      if (i > 0) kinds.add(matches[0]);
    }
  }
  expect(kinds.size).toBe(18);
});

test("what a picture looks like depends on seed, epoch and picture, not on batch or order", async () => {
  const augmentation = parseTransforms("shift=1");
  const shuffled = await openBatches(dataset, { ...options, augmentation });
  const inOrder = await openBatches(dataset, {
    ...options,
    augmentation,
    shuffle: false,
    batch: 11,
  });
  const whole = await inOrder.batch(1, 0);
  const [picture] = new Loader(dataset, options).order(1);
  expect((await shuffled.batch(1, 0)).images.subarray(0, 6)).toEqual(
    whole.images.subarray(6 * picture, 6 * picture + 6),
  );
});

test("flips and crops give the numbers that the transforms themselves give", async () => {
  const large: ArrayDataset = {
    ...dataset,
    shape: [3, 4, 5],
    images: Uint8Array.from({ length: count * 60 }, (_, i) => (i * 37) % 251),
  };
  const how = { channels: 3, height: 4, width: 5, scale: 1 / 255, order: "bgr" } as const;
  const preprocessing = { ...how, mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 2] };
  const seenOf = seenPictures(3, false);
  for (const text of [
    "flip",
    "shift=2",
    "flip,shift=2",
    "shift=1,flip",
    "randomCrop:size=4,5,padding=1",
    "randomCrop:padding=2,1,paddingMode=reflect+flip+randomCrop:padding=1,paddingMode=edge",
    "randomHorizontalFlip:alternating=true+randomCrop:padding=2,paddingMode=symmetric",
  ]) {
    const augmentation = parseTransforms(text);
    const copy = await augmentedCopy(large, { batch: 1, seed: 3, preprocessing, augmentation });
    const maker = await pictureMaker({ preprocessing, augmentation });
    for (let picture = 0; picture < 4 * count; picture++) {
      const empty = () => ({ images: new Float32Array(60), labels: new Int32Array(1) });
      const [moved, made] = [empty(), empty()];
      const [epoch, at] = [Math.floor(picture / count), picture % count];
      copy(moved, 0, at, epoch, 0);
      maker.write({ image: interleaved(large, at) }, seenOf(epoch, at, 0), made, 0);
      expect(moved, `${text}, epoch ${epoch}, picture ${at}`).toEqual(made);
    }
  }
});

test("an alternating flip shows every picture from both sides in two epochs, half of them each way", async () => {
  const augmentation = parseTransforms("randomHorizontalFlip:alternating=true");
  const many = { ...dataset, length: 200, labels: new Int32Array(200) };
  const images = Uint8Array.from({ length: 1200 }, (_, i) => i % 251);
  const source = await openBatches(
    { ...many, images },
    { ...options, augmentation, batch: 200, shuffle: false },
  );
  const epochs = await Promise.all([0, 1, 2, 3].map((epoch) => source.batch(epoch, 0)));
  const [first, second, third, fourth] = epochs.map(({ images }) => images);
  expect(third).toEqual(first);
  expect(fourth).toEqual(second);
  let flipped = 0;
  for (let at = 0; at < first.length; at += 6) {
    const [one, other] = [first.subarray(at, at + 6), second.subarray(at, at + 6)];
    expect(one).not.toEqual(other);
    if (one[0] > one[1]) flipped++;
  }
  // Five standard deviations of 200 coins.
  expect(Math.abs(flipped - 100)).toBeLessThan(36);
});

test("other transforms and sizes make pictures", async () => {
  const augmentation = parseTransforms("randomResizedCrop:scale=0.5,1");
  const source = await openBatches(dataset, { ...options, augmentation, size: [4, 6] });
  const { images, n } = await source.batch(0, 0);
  expect([n, images.length]).toEqual([4, 4 * 24]);
  const [picture] = new Loader(dataset, options).order(0);
  for (const value of images.subarray(0, 24)) {
    expect(value >= 10 * picture && value <= 10 * picture + 5).toBe(true);
  }
  await expect(
    openBatches(dataset, { ...options, augmentation: [{ name: "spin" as "pad" }] }),
  ).rejects.toThrow(/there is no transform "spin"/);
});

test("a balanced sampler draws every class equally often, each picture of a class alike", async () => {
  const labels = Int32Array.from({ length: count }, (_, i) => (i === 0 ? 1 : 0));
  const uneven = { ...dataset, classes: ["many", "one", "none"], labels };
  const source = await openBatches(uneven, { ...options, sampler: "balanced" });
  const seen = new Array<number>(count).fill(0);
  const epochs = 400;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const drawn = pictures(await collect(source, epoch));
    expect(drawn.length).toBe(count);
    for (const picture of drawn) seen[picture]++;
  }
  // 4400 draws of a probability of ½ and of 1/20: five standard deviations.
  expect(Math.abs(seen[0] - 2200)).toBeLessThan(166);
  for (const times of seen.slice(1)) expect(Math.abs(times - 220)).toBeLessThan(73);
  const again = await openBatches(uneven, { ...options, sampler: "balanced" });
  expect(await collect(again, 7)).toEqual(await collect(source, 7));
  expect(await collect(again, 8)).not.toEqual(await collect(source, 7));
});

test("weights of a sampler draw in their proportion; senseless ones are refused", async () => {
  const sampler = Array.from({ length: count }, (_, i) => (i < 2 ? 3 * i + 1 : 0));
  const source = await openBatches(dataset, { ...options, sampler });
  let [first, second] = [0, 0];
  for (let epoch = 0; epoch < 300; epoch++) {
    for (const picture of pictures(await collect(source, epoch))) picture ? second++ : first++;
  }
  expect(first + second).toBe(3300);
  expect(Math.abs(second - 2640)).toBeLessThan(115);
  for (const [weights, words] of [
    [[1, 2], /2 weights for 11 pictures/],
    [sampler.map(() => 0), /all weights are 0/],
    [sampler.map(() => -1), /a weight is -1/],
  ] as const) {
    await expect(openBatches(dataset, { ...options, sampler: weights })).rejects.toThrow(words);
  }
});

test("a batch larger than the data is one partial batch, and says so", async () => {
  const loader = new Loader(dataset, { ...options, batch: 64 });
  expect((await collect(loader, 0)).map(({ n }) => n)).toEqual([11]);
  expect(loader.note).toBe(
    "batch 64 is larger than eleven (11 pictures): each epoch is one batch of 11",
  );
  expect(new Loader(dataset, options).note).toBeUndefined();
});

test("no data, no batch and other shapes are refused", () => {
  expect(() => new Loader({ ...dataset, length: 0 }, options)).toThrow(/eleven: holds no picture/);
  expect(() => new Loader(dataset, { ...options, batch: 0 })).toThrow(
    "[data] batch size 0 — give a",
  );
  const colour = { ...plain, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  expect(() => new Loader(dataset, { ...options, preprocessing: colour })).toThrow(
    /eleven has pictures of 1×2×3, the model expects 3×2×3 — use a data set of that shape/,
  );
});
