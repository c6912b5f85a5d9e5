import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import type { ArrayDataset } from "./dataset.ts";
import { foldOf, foldsOf } from "./k-fold.ts";

/** Pictures of one pixel that hold their number. */
function numbered(labels: readonly number[], groups?: readonly number[]): ArrayDataset {
  return {
    ...{ name: "numbered", length: labels.length, classes: ["a", "b", "c"], shape: [1, 1, 1] },
    ...{ labels: Int32Array.from(labels), images: Uint8Array.from(labels.keys()) },
    ...(groups && { groups: Int32Array.from(groups) }),
  };
}

const random = new Random(7, "labels");
const labels = Array.from({ length: 103 }, () => Math.min(2, random.int(5)));
const data = numbered(labels);

test("every picture is tested with once, and never trained on by the same part", () => {
  const seen: number[] = [];
  for (let index = 1; index <= 5; index++) {
    const { train, test: held } = foldOf({ train: data, test: data }, { index, of: 5 }, 3);
    expect(train.length + held.length).toBe(103);
    const [trained, tested] = [[...train.images], [...held.images]];
    expect(tested.filter((i) => trained.includes(i))).toEqual([]);
    expect([...held.labels]).toEqual(tested.map((i) => labels[i]));
    seen.push(...tested);
  }
  expect(seen.sort((a, b) => a - b)).toEqual([...labels.keys()]);
});

test("classes are spread to within one picture, and so are the parts", () => {
  const folds = foldsOf(data, 5);
  const counts = (of: (i: number) => boolean) =>
    [0, 1, 2, 3, 4].map((part) => labels.filter((_, i) => folds[i] === part && of(i)).length);
  for (const label of [0, 1, 2]) {
    const each = counts((i) => labels[i] === label);
    expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
  }
  const all = counts(() => true);
  expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
});

test("groups stay together, and the seed alone decides", () => {
  const groups = labels.map((_, i) => (i < 40 ? Math.floor(i / 4) : 1000 + i));
  const grouped = numbered(labels, groups);
  const folds = foldsOf(grouped, 4, 1);
  for (let i = 0; i < 40; i++) expect(folds[i]).toBe(folds[4 * Math.floor(i / 4)]);
  expect(foldsOf(grouped, 4, 1)).toEqual(folds);
  expect(foldsOf(grouped, 4, 2)).not.toEqual(folds);
});

test("parts that there are not are refused", () => {
  expect(() => foldsOf(data, 1)).toThrow(/1 parts of 103 pictures/);
  expect(() => foldsOf(numbered([0, 1, 2]), 4)).toThrow(/from 2 to 3/);
  expect(() => foldOf({ train: data, test: data }, { index: 6, of: 5 })).toThrow(/part 6 of 5/);
});
