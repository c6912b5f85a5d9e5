import { expect, test } from "vitest";
import { eigenSymmetric } from "./eigen-symmetric.ts";
import { Random } from "./random.ts";

test("the eigenvalues of a matrix that is known", () => {
  // 2 on the diagonal, −1 beside it: 2 − 2·cos(kπ/(n + 1)), k = 1 … n.
  const n = 5;
  const matrix = Array.from({ length: n * n }, (_, at) => {
    const off = Math.abs(Math.floor(at / n) - (at % n));
    return off === 0 ? 2 : off === 1 ? -1 : 0;
  });
  const expected = [5, 4, 3, 2, 1].map((k) => 2 - 2 * Math.cos((k * Math.PI) / (n + 1)));
  for (const [i, { value }] of eigenSymmetric(matrix, n).entries()) {
    expect(value).toBeCloseTo(expected[i], 13);
  }
});

test.each([1, 2, 7, 27])(
  "Σ λ·v·vᵀ is the matrix of %i rows, and the vectors are orthonormal",
  (n) => {
    const random = new Random(3, "eigen");
    const half = Float64Array.from({ length: n * n }, () => random.normal());
    const matrix = half.map((x, at) => x + half[(at % n) * n + Math.floor(at / n)]);
    const pairs = eigenSymmetric(matrix, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const made = pairs.reduce((sum, { value, vector: v }) => sum + value * v[i] * v[j], 0);
        expect(made).toBeCloseTo(matrix[i * n + j], 12);
        const [v, w] = [pairs[i].vector, pairs[j].vector];
        expect(v.reduce((sum, x, k) => sum + x * w[k], 0)).toBeCloseTo(i === j ? 1 : 0, 13);
      }
      if (i > 0) expect(pairs[i].value).toBeLessThanOrEqual(pairs[i - 1].value);
    }
  },
);

test("a diagonal matrix and zeros need no rotation", () => {
  const [first, second] = eigenSymmetric([1, 0, 0, 3], 2);
  expect(first).toEqual({ value: 3, vector: Float64Array.of(0, 1) });
  expect(second).toEqual({ value: 1, vector: Float64Array.of(1, 0) });
  expect(eigenSymmetric([0, 0, 0, 0], 2).map(({ value }) => value)).toEqual([0, 0]);
});
