import { expect, test } from "vitest";
import { type Key, threefry } from "../core/random.ts";
import { drawMixes, type MixableBatch, mixBatch } from "./mix-batch.ts";

const [channels, height, width, classes] = [2, 6, 8, 4];
const size = channels * height * width;
const keyOf = (i: number): Key => threefry([1, 2], i, 0);

/** Images of one number each, 0, 1, 2, …, so that a pixel tells whose it is. */
const batchOf = (n: number): MixableBatch => ({
  shape: [n, channels, height, width],
  images: Float32Array.from({ length: n * size }, (_, i) => Math.floor(i / size)),
  classes,
  labels: Int32Array.from({ length: n }, (_, i) => i % classes),
});

test("mixup: pixels and targets are λ of the image and 1 − λ of the one at its place from the end", () => {
  const batch = batchOf(4);
  const targets = mixBatch({ mixupAlpha: 0.4 }, keyOf(0), batch);
  const lambda = targets[0];
  expect(lambda).toBeGreaterThan(0);
  expect(lambda).toBeLessThan(1);
  for (let i = 0; i < 4; i++) {
    const pixels = batch.images.subarray(i * size, (i + 1) * size);
    const expected = lambda * i + (1 - lambda) * (3 - i);
    for (const pixel of pixels) expect(pixel).toBeCloseTo(expected, 5);
    const row = targets.subarray(i * classes, (i + 1) * classes);
    expect(row[i]).toBeCloseTo(lambda, 6);
    expect(row[3 - i]).toBeCloseTo(1 - lambda, 6);
  }
});

test.each(["batch", "elem", "pair"] as const)(
  "CutMix, λ by %s: a target is the share of pixels, exactly",
  (mode) => {
    for (let k = 0; k < 50; k++) {
      const batch = batchOf(6);
      // One class an image, so that a share is that of a partner.
      const own = { ...batch, classes: 6, labels: Int32Array.from([0, 1, 2, 3, 4, 5]) };
      const targets = mixBatch({ cutmixAlpha: 1, mode }, keyOf(k), own);
      for (let i = 0; i < 6; i++) {
        const pixels = [...batch.images.subarray(i * size, (i + 1) * size)];
        const kept = pixels.filter((pixel) => pixel === i).length / size;
        expect(pixels.every((pixel) => pixel === i || pixel === 5 - i)).toBe(true);
        expect(targets[i * 6 + i]).toBe(Math.fround(kept));
        expect(targets[i * 6 + 5 - i]).toBe(Math.fround(1 - kept));
      }
    }
  },
);

test("modes: one λ for all, one for each, one for each pair", () => {
  const lambdas = (mode: "batch" | "elem" | "pair") =>
    drawMixes({ mixupAlpha: 1, mode }, keyOf(9), 7, 4, 4).map(({ lambda }) => lambda);
  expect(new Set(lambdas("batch")).size).toBe(1);
  expect(new Set(lambdas("elem")).size).toBe(7);
  const pairs = lambdas("pair");
  expect(new Set(pairs).size).toBe(4);
  expect(pairs).toEqual(pairs.toReversed());
});

test("prob, switchProb and CutMix's share of area have their distributions", () => {
  const settings = {
    mixupAlpha: 1,
    cutmixAlpha: 1,
    prob: 0.8,
    switchProb: 0.25,
    mode: "elem",
  } as const;
  const mixes = drawMixes(settings, keyOf(0), 20_000, 64, 64);
  const share = (of: (mix: (typeof mixes)[0]) => boolean) => mixes.filter(of).length / mixes.length;
  expect(share(({ lambda, box }) => !box && lambda === 1)).toBeCloseTo(0.2, 1.7);
  expect(share(({ box }) => box !== undefined)).toBeCloseTo(0.2, 1.7);
  // Of a square with uniform area and centre, (1 − s/4)² of the area lies within, s its side: ∫ s²(1 − s/4)² d(s²).
  const cut = mixes.filter(({ box }) => box).map(({ lambda }) => 1 - lambda);
  const mean = cut.reduce((a, b) => a + b) / cut.length;
  expect(Math.abs(mean - (1 / 2 - 1 / 5 + 1 / 48))).toBeLessThan(0.02);
});

test("boxes by cutmixMinmax lie within the picture, of every size allowed", () => {
  const mixes = drawMixes({ cutmixMinmax: [0.25, 0.5], mode: "elem" }, keyOf(0), 2000, 8, 16);
  const boxes = mixes.map(({ box }) => box as Exclude<typeof box, undefined>);
  const sizes = (of: (box: (typeof boxes)[0]) => number) =>
    [...new Set(boxes.map(of))].sort((a, b) => a - b);
  expect(sizes(({ top, bottom }) => bottom - top)).toEqual([2, 3, 4]);
  expect(sizes(({ left, right }) => right - left)).toEqual([4, 5, 6, 7, 8]);
  expect(sizes(({ top }) => top)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(Math.max(...boxes.map(({ right }) => right))).toBe(16);
});

test("soft targets mix, an image in the middle keeps itself, equal keys mix equally", () => {
  const soft = () => ({
    ...batchOf(3),
    labels: Float32Array.from([0.5, 0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
  });
  const [a, b] = [soft(), soft()];
  const targets = mixBatch({ mixupAlpha: 1 }, keyOf(4), a);
  expect(mixBatch({ mixupAlpha: 1 }, keyOf(4), b)).toEqual(targets);
  expect(b.images).toEqual(a.images);
  expect([...targets.subarray(4, 8)]).toEqual([0, 0, 1, 0]);
  expect(targets[0]).toBeCloseTo(targets[1], 7);
  expect(targets[0] * 2 + targets[3]).toBeCloseTo(1, 6);
  expect([...a.images.subarray(size, 2 * size)].every((pixel) => pixel === 1)).toBe(true);
});

test("no settings give one-hot rows and leave the pictures alone", () => {
  const batch = batchOf(3);
  expect([...mixBatch({}, keyOf(0), batch)]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  expect(batch.images).toEqual(batchOf(3).images);
});

test("refuses what does not fit", () => {
  const mix = (settings: object, over: object = {}) =>
    mixBatch(settings, keyOf(0), { ...batchOf(2), ...over });
  expect(() => mix({ mixupAlpha: -1 })).toThrow("mixupAlpha is -1, expected ≥ 0");
  expect(() => mix({ mode: "each" })).toThrow("it is one of batch, elem, pair");
  expect(() => mix({ prob: 2 })).toThrow("prob is 2");
  expect(() => mix({ cutmixMinmax: [0.5, 0.2] })).toThrow("cutmixMinmax is 0.5,0.2");
  expect(() => mix({}, { labels: Int32Array.of(1) })).toThrow("got 1 labels, expected 2");
  expect(() => mix({}, { labels: Int32Array.of(1, 4) })).toThrow("label 4 is not among 4 classes");
  expect(() => mix({}, { images: new Float32Array(3) })).toThrow("got 3 numbers for 2×2×6×8");
});
