import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test("least is lowest, most is highest, long lists are averaged", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, 5, 10, 10, 1, 1], 3)).toBe("▂█▁");
  expect(sparkline([2, 2], 9)).toBe("▁▁");
  expect(sparkline([], 9)).toBe("");
});
