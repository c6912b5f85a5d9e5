import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { Builder } from "../../graph/builder.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { table } from "../../ops/table.ts";
import { gradientPenalty, minimax, nonSaturating, wasserstein } from "./index.ts";

const n = 200;

/** Real images of 0 and generated ones of 1, three numbers each; the result of `make` of them. */
function run(make: (real: Tensor, fake: Tensor, key: Tensor) => Tensor[], seed = 1) {
  const builder = new Builder(table, n);
  const [real, fake] = ["real", "fake"].map((name) =>
    builder.input(name, { shape: [n, 3], dtype: "f32", batched: true }),
  );
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  const outputs = make(real, fake, key);
  const values = [0, 1].map((x) => array([n, 3], new Array(3 * n).fill(x)));
  return new ReferenceStore().run(builder, outputs, [...values, array([2], [seed, 5])], n);
}

test("the penalty is taken at points between the images, one an image, other ones with another key", () => {
  const pointsOf = (seed: number) => {
    const seen: Tensor[] = [];
    return run((real, fake, key) => {
      const critic = (x: Tensor) => {
        seen.push(x);
        return x.sum(1);
      };
      const penalty = gradientPenalty(critic, real, fake, key);
      return [...seen, penalty];
    }, seed);
  };
  const [points] = pointsOf(1);
  const rows = Array.from({ length: n }, (_, i) => [...points.slice(3 * i, 3 * i + 3)]);
  for (const [a, b, c] of rows) {
    expect([b, c]).toEqual([a, a]);
    expect(a).toBeGreaterThan(0);
    expect(a).toBeLessThanOrEqual(1);
  }
  const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(new Set(rows.map(([a]) => a)).size).toBe(n);
  expect(pointsOf(1)[0]).toEqual(points);
  expect(pointsOf(2)[0]).not.toEqual(points);
});

test("a critic of slope 1 is not punished, one of slope 3 by lambda times 4, one of slope 0 by lambda", () => {
  const penalty = (slope: number) =>
    run((real, fake, key) => [
      gradientPenalty((x) => x.slice(1, 0, 1).mul(slope), real, fake, key, { lambda: 2 }),
    ])[0][0];
  expect(penalty(1)).toBe(0);
  expect(penalty(3)).toBe(8);
  expect(penalty(0)).toBe(2);
});

test("where the discriminator is sure, the generator's gradient fades in minimax only", () => {
  const slope = (loss: (fake: Tensor) => Tensor) => {
    const [g] = run((_real, fake) => grad(loss(fake.sub(11)), [fake]));
    return Math.abs(g.reduce((sum, x) => sum + x, 0));
  };
  expect(slope(minimax.generator)).toBeLessThan(1e-4);
  expect(slope(nonSaturating.generator)).toBeGreaterThan(0.99);
});

test("what does not go together is refused", () => {
  run((real, _fake, key) => {
    const other = real.slice(1, 0, 2);
    expect(() => wasserstein.discriminator(real, other)).toThrow(
      "[gan.wasserstein] logits of real",
    );
    expect(() => gradientPenalty((x) => x.sum(1), real, other, key)).toThrow(
      "[gan.gradientPenalty] takes real and generated images of one shape N×…, got 200×3 and 200×2",
    );
    return [real];
  });
});
