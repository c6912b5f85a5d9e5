import { expect, test } from "vitest";
import { roundHalfEven } from "./round-half-even.ts";

test("halves go to the even number, on either side of 0", () => {
  const halves = [0.5, 1.5, 2.5, 3.5, -1.5, -2.5];
  expect(halves.map(roundHalfEven)).toEqual([0, 2, 2, 4, -2, -2]);
  expect([0.49, 0.51, -0.51, 7, 2.4999].map(roundHalfEven)).toEqual([0, 1, -1, 7, 2]);
});
