import { expect, test } from "vitest";
import { Random } from "./random.ts";
import { randomBeta, randomDirichlet } from "./random-beta.ts";

const COUNT = 20_000;
const at = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9];

// biome-ignore format: scipy.stats.beta.cdf(at, a, b)
const distributions: [a: number, b: number, cdf: number[]][] = [
  [0.2, 0.2, [0.1322, 0.20978, 0.33669, 0.41406, 0.5, 0.58594, 0.66331]],
  [0.05, 0.05, [0.35535, 0.39887, 0.44947, 0.4744, 0.5, 0.5256, 0.55053]],
  [1, 1, [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9]],
  [2, 5, [1e-05, 0.00146, 0.11427, 0.46606, 0.89062, 0.99536, 0.99994]],
];

test.each(distributions)("Beta(%d, %d) has scipy's distribution", (a, b, cdf) => {
  const random = new Random(7);
  const drawn = Array.from({ length: COUNT }, () => randomBeta(random, a, b));
  // The limit of Kolmogorov and Smirnov at one in a thousand, 1.95/√n.
  at.forEach((x, i) => {
    const share = drawn.filter((value) => value <= x).length / COUNT;
    expect(Math.abs(share - cdf[i])).toBeLessThan(1.95 / Math.sqrt(COUNT));
  });
});

test("a shape next to zero gives one or the other, not NaN", () => {
  const random = new Random(3);
  const drawn = Array.from({ length: 1000 }, () => randomBeta(random, 1e-4, 1e-4));
  const ends = drawn.filter((x) => (x >= 0 && x < 1e-6) || (x > 1 - 1e-6 && x <= 1));
  expect(ends.length).toBeGreaterThan(985);
});

test("shares of Dirichlet(2, 1, 1) sum to 1, and have its means and variances", () => {
  const random = new Random(1);
  const drawn = Array.from({ length: COUNT }, () => randomDirichlet(random, [2, 1, 1]));
  for (const parts of drawn) expect(parts.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  [0.5, 0.25, 0.25].forEach((mean, k) => {
    const part = drawn.map((parts) => parts[k]);
    const found = part.reduce((a, b) => a + b) / COUNT;
    const spread = part.reduce((a, b) => a + (b - found) ** 2, 0) / COUNT;
    expect(found).toBeCloseTo(mean, 2);
    // m(1 − m) / (α₀ + 1)
    expect(spread).toBeCloseTo((mean * (1 - mean)) / 5, 2);
  });
});
