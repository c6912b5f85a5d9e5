import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import { type InterpolateGiven, interpolate } from "./interpolate.ts";
import { table } from "./table.ts";

/** The op on 4 images of 6 elements. */
function made(given: { [K in keyof InterpolateGiven]: NonNullable<InterpolateGiven[K]> }) {
  const builder = new Builder(table, 4);
  const x = builder.input("x", { shape: [4, 6], dtype: "f32", batched: true });
  return builder.apply(interpolate, [x], given).node;
}

const position = (given: InterpolateGiven) =>
  made({ axis: 1, ...given } as Parameters<typeof made>[0]).attrs.position;

test("positions are the smallest fractions of integers", () => {
  expect(position({ size: 12 })).toEqual([1, 0, 2]);
  expect(position({ size: 12, mode: "nearest-exact" })).toEqual([2, 1, 4]);
  expect(position({ size: 12, mode: "linear" })).toEqual([2, -1, 4]);
  expect(position({ size: 11, mode: "linear", alignCorners: true })).toEqual([1, 0, 2]);
  expect(position({ size: 10, mode: "cubic", scaleFactor: 1.7 })).toEqual([20, -7, 34]);
});

test("a scale factor that is no fraction of small integers is met within 1e-9", () => {
  const [a, , d] = position({ size: 8, mode: "linear", scaleFactor: Math.SQRT2 }) as number[];
  expect(Math.abs(a / d - Math.SQRT1_2)).toBeLessThan(1e-9);
});

test.each([
  [{ axis: 1, size: 0 }, "[interpolate] size is 0, expected a whole number of at least 1"],
  [{ axis: 1, size: 2.5 }, "[interpolate] size is 2.5"],
  [{ axis: 0, size: 8 }, "the batch axis (*) of 4*×6 cannot be resampled"],
  [{ axis: 2, size: 8 }, "[interpolate] axis 2 does not exist"],
  [{ axis: 1, size: 8, scaleFactor: Number.NaN }, "[interpolate] scaleFactor is NaN"],
  [{ axis: 1, size: 13, scaleFactor: 2 }, "13 positions (1·o + 0)/2 do not lie in an axis of 6"],
])("refuses %o", (given, message) => {
  expect(() => made(given)).toThrow(message);
});
