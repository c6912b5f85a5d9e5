import { expect, test } from "vitest";
import { permuteAxes } from "./permute-axes.ts";

test("puts channels second", () => {
  // 1×2×2×3: the pixels 012, 345, 678, 9ab.
  const pixels = Array.from({ length: 12 }, (_, i) => i);
  const { shape, data } = permuteAxes(pixels, [1, 2, 2, 3], [0, 3, 1, 2], new Uint8Array(12));
  expect(shape).toEqual([1, 3, 2, 2]);
  expect([...data]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
});

test("turns a matrix of one row into one column, and nothing into nothing", () => {
  expect(permuteAxes([1, 2, 3], [1, 3], [1, 0], new Float32Array(3))).toEqual({
    shape: [3, 1],
    data: Float32Array.of(1, 2, 3),
  });
  expect(permuteAxes([], [0, 4], [1, 0], []).shape).toEqual([4, 0]);
});
