/** A worked figure of lecture notes: gradients vanish through sigmoids. */
import { expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import * as nn from "../src/nn/index.ts";
import { ops } from "./op-cases.ts";
import { compute, random } from "./reference-compute.ts";
import { ReferenceStore } from "./reference-store.ts";

/** Derivative of a stack of k sigmoids at each x. */
const slopes = (k: number, x: RefArray) =>
  compute([x], (g, at) => {
    const y = Array.from({ length: k }).reduce<Tensor>((t) => g.sigmoid(t), at);
    return grad(y.sum(), [at]);
  }).data;
const line = {
  shape: [4001],
  data: Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100),
};

test("A22: the derivative is at most 0.25, at 0", () => {
  const slope = slopes(1, line);
  expect(Math.max(...slope)).toBe(0.25);
  expect(slope.indexOf(0.25)).toBe(2000);
  expect(slope.lastIndexOf(0.25)).toBe(2000);
  // The derivative of the derivative is 0 there, and falls through 0.
  const curve = compute([line], (g, x) => {
    const [first] = grad(g.sigmoid(x).sum(), [x]);
    return grad(first.sum(), [x]);
  }).data;
  expect([Math.sign(curve[1999]), curve[2000], Math.sign(curve[2001])]).toEqual([1, 0, -1]);
});

test("A22: k of them scale a gradient by at most 0.25^k, so that it vanishes", () => {
  let before = 1;
  for (let k = 1; k <= 20; k++) {
    const largest = Math.max(...slopes(k, line));
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThanOrEqual(0.25 ** k);
    // From the second on they see inputs from 0 to 1 only, where the slope is smaller still.
    expect(largest / before).toBeLessThanOrEqual(0.25);
    before = largest;
  }
  expect(before).toBeLessThan(1e-12);
});

test("A22: weights of the first layer of a deep network hardly learn", () => {
  const depth = 8;
  const layers = Array.from({ length: depth }, () => nn.sequential(nn.linear(4), nn.sigmoid()));
  const net = nn.initialize(nn.sequential(...layers), [4], { seed: 1 });
  const builder = new Builder(ops, 3);
  const x = builder.input("x", { shape: [3, 4], dtype: "f32", batched: true });
  const loss = net.call(x, { training: true }).square().mean();
  const weights = nn.parameters(net).filter((p) => p.shape.length === 2);
  const gradients = grad(
    loss,
    weights.map((w) => builder.state(w)),
  );
  const store = new ReferenceStore();
  const norms = store
    .run(builder, gradients, [random([3, 4], "A22")], 3)
    .map((gradient) => Math.hypot(...gradient));
  expect(norms).toHaveLength(depth);
  norms.slice(1).forEach((norm, i) => {
    expect(norms[i]).toBeLessThan(norm);
  });
  expect(norms[0]).toBeLessThan(norms[depth - 1] * 0.25 ** (depth - 1));
});
