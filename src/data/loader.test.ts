import { expect, test } from "vitest";
import { drawMove, parseAugmentation } from "./augmentation.ts";
import type { Batch } from "./batches.ts";
import type { ArrayDataset } from "./dataset.ts";
import { Loader } from "./loader.ts";

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
async function collect(loader: Loader, epoch: number, first = 0) {
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
  const how = { ...options, batch: 2, augmentation: { flip: true, shift: 1 } };
  const whole = await collect(new Loader(dataset, how), 2);
  for (const first of [1, 4, 5, 6]) {
    expect(await collect(new Loader(dataset, how), 2, first)).toEqual(whole.slice(first));
  }
  expect(copy(await new Loader(dataset, how).batch(2, 3))).toEqual(whole[3]);
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
  const how = { flip: true, shift: 1 };
  const loader = new Loader(dataset, { ...options, augmentation: how, shuffle: false, batch: 11 });
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

test("a move depends on seed, epoch and picture, not on batch or order", async () => {
  const augmentation = { shift: 1 };
  const shuffled = new Loader(dataset, { ...options, augmentation });
  const inOrder = new Loader(dataset, { ...options, augmentation, shuffle: false, batch: 11 });
  const whole = await inOrder.batch(1, 0);
  const [picture] = shuffled.order(1);
  expect((await shuffled.batch(1, 0)).images.subarray(0, 6)).toEqual(
    whole.images.subarray(6 * picture, 6 * picture + 6),
  );
  const moves = new Set<string>();
  for (let i = 0; i < 400; i++) moves.add(JSON.stringify(drawMove({ shift: 2 }, [1, 2], 0, i)));
  expect(moves.size).toBe(25);
});

test("a batch larger than the data is one partial batch, and says so", async () => {
  const loader = new Loader(dataset, { ...options, batch: 64 });
  expect((await collect(loader, 0)).map(({ n }) => n)).toEqual([11]);
  expect(loader.note).toBe(
    "batch 64 is larger than eleven (11 pictures): each epoch is one batch of 11",
  );
  expect(new Loader(dataset, options).note).toBeUndefined();
});

test("no data, no batch, other shapes and unknown augmentations are refused", () => {
  expect(() => new Loader({ ...dataset, length: 0 }, options)).toThrow(/eleven: holds no picture/);
  expect(() => new Loader(dataset, { ...options, batch: 0 })).toThrow(
    "[data] batch size 0 — give a",
  );
  const colour = { ...plain, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  expect(() => new Loader(dataset, { ...options, preprocessing: colour })).toThrow(
    /eleven has pictures of 1×2×3, the model expects 3×2×3 — use a data set of that shape/,
  );
  expect(parseAugmentation("flip, shift=4")).toEqual({ flip: true, shift: 4 });
  expect(parseAugmentation("none")).toEqual({});
  for (const text of ["spin", "shift", "shift=-1", "flip=2"]) {
    expect(() => parseAugmentation(text)).toThrow(/is no augmentation — flip and shift=PIXELS/);
  }
});
