import { expect, test } from "vitest";
import { lbfgs } from "./lbfgs.ts";

/** Rosenbrock 1960: a bent valley, whose least value is 0 at (1, 1). */
const rosenbrock = async ([x, y]: Float64Array) => ({
  value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
});

test("finds the end of a bent valley, sooner than descent along the gradient could", async () => {
  const found = await lbfgs(rosenbrock, Float64Array.of(-1.2, 1), { tolerance: 1e-8 });
  expect(found.converged).toBe(true);
  expect(found.iterations).toBeLessThan(60);
  expect(found.x[0]).toBeCloseTo(1, 6);
  expect(found.x[1]).toBeCloseTo(1, 6);
});

test("solves a quadratic of many numbers in about as many steps as it has different curvatures", async () => {
  const curvature = [1, 10, 100, 1000];
  const quadratic = async (x: Float64Array) => ({
    value: x.reduce((sum, value, i) => sum + (curvature[i % 4] * (value - i) ** 2) / 2, 0),
    gradient: x.map((value, i) => curvature[i % 4] * (value - i)),
  });
  const { x, iterations } = await lbfgs(quadratic, new Float64Array(50), { tolerance: 1e-9 });
  expect(Math.max(...x.map((value, i) => Math.abs(value - i)))).toBeLessThan(1e-8);
  expect(iterations).toBeLessThan(25);
});

test("ends where the value falls no more in its digits", async () => {
  const coarse = async (x: Float64Array) => ({
    value: Math.fround(1e6 + x[0] ** 2),
    gradient: Float64Array.of(2 * x[0]),
  });
  const found = await lbfgs(coarse, Float64Array.of(1), { tolerance: 0 });
  expect(found.value).toBeLessThanOrEqual(1e6 + 1);
  expect(found.iterations).toBeLessThan(200);
});
