import { expect, test } from "vitest";
import { erf } from "./erf.ts";

// The values of C's erf, as Python's math.erf prints them.
test.each([
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [7, 1],
])("erf(±%d) = ±%d", (x, y) => {
  expect(Math.abs(erf(x) - y)).toBeLessThan(3e-16);
  expect(Math.abs(erf(-x) + y)).toBeLessThan(3e-16);
});

test("the two formulas meet", () => {
  const [below, above] = [erf(2.5 - 1e-12), erf(2.5)];
  const slope = (2 / Math.sqrt(Math.PI)) * Math.exp(-6.25);
  expect(Math.abs(above - below - slope * 1e-12)).toBeLessThan(5e-16);
});
