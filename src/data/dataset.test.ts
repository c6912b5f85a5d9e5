import { expect, test } from "vitest";
import { type ArrayDataset, countClasses, subset } from "./dataset.ts";
import { measureNormalization } from "./normalization.ts";
import { preprocessingOf } from "./preprocessing-of.ts";
import { splitDataset, splitIndices, splitParts } from "./split.ts";

/** Picture i is a single grey byte, i. */
const numbered = (labels: readonly number[], classes = 3): ArrayDataset => ({
  name: "numbered",
  length: labels.length,
  classes: Array.from({ length: classes }, (_, i) => String(i)),
  shape: [1, 1, 1],
  images: Uint8Array.from(labels.keys()),
  labels: Int32Array.from(labels),
});
const uneven = numbered([
  ...new Array(60).fill(0),
  ...new Array(30).fill(1),
  ...new Array(10).fill(2),
]);

test("mean and deviation are those of the bytes, per channel", async () => {
  const colour: ArrayDataset = {
    ...numbered([0, 1]),
    shape: [3, 1, 2],
    images: Uint8Array.of(0, 255, 51, 51, 10, 30, 255, 0, 51, 51, 20, 40),
  };
  const { mean, std } = measureNormalization(colour);
  expect(mean).toEqual([0.5, 0.2, 0.098]);
  expect(std).toEqual([0.5, 1, 0.0438]); // a flat channel is only centred; √125 / 255
  expect(await preprocessingOf(colour)).toMatchObject({
    channels: 3,
    height: 1,
    width: 2,
    mean,
    std,
  });
  await expect(preprocessingOf({ ...colour, shape: [2, 1, 3] })).rejects.toThrow(/2 channels/);
});

test("a subset holds the chosen pictures in the chosen order", () => {
  const part = subset(uneven, [95, 3]);
  expect([...part.images]).toEqual([95, 3]);
  expect([...part.labels]).toEqual([2, 0]);
  expect(part.length).toBe(2);
});

test("a split takes the same share of each class, parts are apart and complete", () => {
  const { train, validation } = splitDataset(uneven, 0.1, 7);
  expect(countClasses(validation)).toEqual([6, 3, 1]);
  expect(countClasses(train)).toEqual([54, 27, 9]);
  const all = [...train.images, ...validation.images].sort((a, b) => a - b);
  expect(all).toEqual([...uneven.images]);
});

test("a split is its seed's", () => {
  const pick = (seed: number) => [...splitIndices(uneven, 0.2, seed).validation];
  expect(pick(1)).toEqual(pick(1));
  expect(pick(1)).not.toEqual(pick(2));
});

test("shares are rounded so that the total is right; a lone picture stays to be trained on", () => {
  const { validation } = splitDataset(numbered([0, 0, 0, 0, 1, 1, 1, 1, 2]), 1 / 3);
  expect(validation.length).toBe(3);
  expect(countClasses(validation)[2]).toBe(0);
});

test("a split that cannot be made is refused", () => {
  expect(() => splitDataset(uneven, 1)).toThrow(
    "[split] fraction 1 — give a number between 0 and 1",
  );
  expect(() => splitDataset(numbered([0, 1]), 0.1)).toThrow(
    /2 pictures are too few to hold back 0\.1/,
  );
});

test("a split without groups is what it was before there were any", () => {
  const { validation } = splitIndices(uneven, 0.1, 7);
  expect([...validation]).toEqual([7, 20, 24, 38, 42, 50, 66, 72, 74, 99]);
  const alone = { ...uneven, groups: Int32Array.from({ length: 100 }, (_, i) => i) };
  expect([...splitIndices(alone, 0.1, 7).validation]).toEqual([
    7, 20, 24, 38, 42, 50, 66, 72, 74, 99,
  ]);
});

test("near-duplicates stay on one side, across classes too, and shares stay close", () => {
  // Threes, one of which has members in two classes; the rest alone.
  const groups = Int32Array.from({ length: 100 }, (_, i) => (i < 63 ? Math.floor(i / 3) : i));
  for (let seed = 0; seed < 20; seed++) {
    const { train, validation } = splitDataset({ ...uneven, groups }, 0.2, seed);
    const kept = new Set(train.groups);
    expect([...(validation.groups ?? [])].filter((group) => kept.has(group))).toEqual([]);
    const [first, second, third] = countClasses(validation);
    expect(first).toBeGreaterThanOrEqual(10);
    expect([first <= 12, second, third]).toEqual([true, 6, 2]);
  }
  const same = { ...uneven, groups: new Int32Array(100) };
  expect(() => splitDataset(same, 0.2)).toThrow(/without parting near-duplicates/);
});

test("three parts, the test part the same with validation and without", () => {
  const two = splitParts(uneven, { test: 0.2 }, 3);
  const three = splitParts(uneven, { test: 0.2, validation: 0.2 }, 3);
  expect(two.validation).toBeUndefined();
  expect(three.test).toEqual(two.test);
  expect([three.train, three.validation ?? uneven, three.test].map(countClasses)).toEqual([
    [36, 18, 6],
    [12, 6, 2],
    [12, 6, 2],
  ]);
  expect(() => splitParts(uneven, { test: 0.5, validation: 0.5 })).toThrow(
    /leave nothing to train/,
  );
});

test("groups and soft targets go with their pictures", () => {
  const soft: ArrayDataset = {
    ...numbered([0, 1, 2]),
    groups: Int32Array.of(0, 1, 0),
    targets: Float32Array.of(1, 0, 0, 0, 0.75, 0.25, 0, 0, 1),
  };
  const part = subset(soft, [2, 1]);
  expect([...(part.groups ?? [])]).toEqual([0, 1]);
  expect([...(part.targets ?? [])]).toEqual([0, 0, 1, 0, 0.75, 0.25]);
});
