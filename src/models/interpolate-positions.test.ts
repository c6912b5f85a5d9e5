import { describe, expect, test } from "vitest";
import { compute } from "../../test/reference-compute.ts";
import { wave } from "../../test/reference-store.ts";
import { interpolate } from "../nn/resampling/interpolate.ts";
import { interpolatePositions } from "./interpolate-positions.ts";

describe("interpolatePositions", () => {
  test.each([
    [[3, 3], [5, 5], 1],
    [[4, 4], [2, 7], 2],
    [[2, 3], [4, 4], 0],
  ] as const)(
    "%o → %o after %i tokens is bicubic interpolation of the grid",
    (from, to, tokens) => {
      const dim = 5;
      const [h, w] = from;
      const given = wave([1, tokens + h * w, dim]);
      const { shape, data } = interpolatePositions(given, to, { tokens, from });
      expect(shape).toEqual([1, tokens + to[0] * to[1], dim]);
      expect([...data.subarray(0, tokens * dim)]).toEqual(
        [...given.data.slice(0, tokens * dim)].map(Math.fround),
      );
      const grid = {
        shape: [1, h, w, dim],
        data: Float64Array.from(given.data.slice(tokens * dim)),
      };
      const { data: expected } = compute([grid], (_g, x) => {
        const images = x.transpose(0, 3, 1, 2);
        return interpolate(images, { size: to, mode: "bicubic" }).transpose(0, 2, 3, 1);
      });
      const found = data.subarray(tokens * dim);
      expect(found.length).toBe(expected.length);
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 6);
    },
  );

  test("the size that they have gives the same", () => {
    const given = wave([1, 10, 4]);
    const { data } = interpolatePositions(given, [3, 3]);
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(given.data[i], 6);
  });

  test("refuses what is no grid", () => {
    expect(() => interpolatePositions(wave([1, 9, 4]), [3, 3])).toThrow(
      "embeddings are 1×9×4, expected 1×T×D with 1 + a square number of tokens",
    );
    expect(() => interpolatePositions(wave([1, 9, 4]), [3, 3], { from: [2, 3] })).toThrow(
      "1 + 2·3",
    );
    expect(() => interpolatePositions(wave([9, 4]), [3, 3])).toThrow("embeddings are 9×4");
  });
});
