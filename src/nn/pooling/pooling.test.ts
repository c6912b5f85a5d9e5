import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { Random } from "../../core/random.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";

/** The layer's result and the gradient of its sum. */
function run(layer: nn.Module, x: RefArray, seed?: number): [y: Float64Array, dx: Float64Array] {
  const builder = new Builder(table);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: false });
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  const y = layer.call(input, { training: seed !== undefined, key });
  const [dx] = grad(y.sum(), [input]);
  const values = [x, array([2], [seed ?? 0, 7])];
  const [made, gradient] = new ReferenceStore().run(builder, [y, dx], values);
  return [made, gradient];
}

test("the median's network sorts all zeros and ones, so all values, of up to 10 elements", () => {
  for (let n = 1; n <= 10; n++) {
    const rows = Array.from({ length: 2 ** n }, (_, bits) =>
      Array.from({ length: n }, (_, i) => (bits >> i) & 1),
    );
    const [y] = run(nn.medianPool2d([1, n]), array([2 ** n, 1, 1, n], rows.flat()));
    const expected = rows.map((row) => row.sort((a, b) => a - b)[(n - 1) >> 1]);
    expect([...y]).toEqual(expected);
  }
});

test("the median of 5×5 and 7×7 windows is that of sorted values", () => {
  const random = new Random(3, "median");
  for (const k of [5, 7]) {
    const values = Array.from({ length: k * k }, () => random.uniform());
    const [[y]] = run(nn.medianPool2d(k), array([1, 1, k, k], values));
    expect(y).toBe(values.sort((a, b) => a - b)[(k * k - 1) / 2]);
  }
});

test("a median takes the noise out; equal elements share a gradient of one", () => {
  const noisy = array([1, 1, 3, 3], [2, 2, 2, 2, 255, 2, 0, 2, 2]);
  const [y, dx] = run(nn.medianPool2d(3), noisy);
  expect([...y]).toEqual([2]);
  expect(dx[4]).toBe(0);
  expect(dx[6]).toBe(0);
  expect(dx.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12);
});

test("stochastic pooling draws activations by their share, and passes the gradient to the one drawn", () => {
  const windows = 4000;
  const x = array([windows, 1, 2, 2], new Array(windows).fill([0, 3, -5, 1]).flat());
  const [y, dx] = run(nn.stochasticPool2d(2), x, 1);
  const share = y.filter((v) => v === 3).length / windows;
  // Five standard deviations of a mean of 4000 draws.
  expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / windows));
  expect(y.every((v) => v === 3 || v === 1)).toBe(true);
  for (const [w, v] of y.entries()) {
    expect([...dx.subarray(4 * w, 4 * w + 4)]).toEqual(v === 3 ? [0, 1, 0, 0] : [0, 0, 0, 1]);
  }
  expect(run(nn.stochasticPool2d(2), x, 1)[0]).toEqual(y);
  expect(run(nn.stochasticPool2d(2), x, 2)[0]).not.toEqual(y);
});

test("windows of zeros give zero with a gradient of zero", () => {
  const zeros = array([1, 1, 2, 2], [0, 0, 0, 0]);
  for (const layer of [nn.stochasticPool2d(2), nn.lpPool2d(2, 2), nn.lpPool2d(1.3, 2)]) {
    const [y, dx] = run(layer, zeros);
    expect([...y, ...dx]).toEqual([0, 0, 0, 0, 0]);
  }
  expect([...run(nn.stochasticPool2d(2), zeros, 1)[0]]).toEqual([0]);
});

test("a large power of lp pooling comes near the maximum; powers of quarters equal the general ones", () => {
  const x = array([1, 1, 2, 2], [0.5, 1, 2, 1.5]);
  expect(run(nn.lpPool2d(60, 2), x)[0][0]).toBeCloseTo(2, 5);
  for (const p of [0.25, 0.5, 0.75, 1.5, 2.25, 4]) {
    const sum = x.data.reduce((total, v) => total + v ** p, 0);
    expect(run(nn.lpPool2d(p, 2), x)[0][0]).toBeCloseTo(sum ** (1 / p), 10);
  }
});

test("LeNet-5's subsampling has two parameters a map: 12 in S2, 32 in S4", () => {
  for (const [shape, count] of [
    [[6, 28, 28], 12],
    [[16, 10, 10], 32],
  ] as const) {
    const net = nn.initialize(nn.trainableSubsampling2d(), shape);
    expect(nn.parameters(net).reduce((sum, { size }) => sum + size, 0)).toBe(count);
    expect(nn.traceNetwork(net, shape).output.shape).toEqual([
      1,
      shape[0],
      shape[1] / 2,
      shape[2] / 2,
    ]);
  }
});

test("a flat picture keeps its value under every mean", () => {
  const flat = array([1, 2, 7, 5], new Array(70).fill(0.3));
  const layers = [
    nn.adaptiveAvgPool2d([3, 4]),
    nn.adaptiveMaxPool2d([3, 4]),
    nn.avgPool2d({ kernel: 3, padding: 1, countIncludePad: false }),
    nn.globalAvgPool2d({ keepDims: true }),
  ];
  for (const layer of layers) {
    for (const v of run(layer, flat)[0]) expect(v).toBeCloseTo(0.3, 7);
  }
});

test("what does not fit is refused", () => {
  const rows = array([2, 3], [1, 2, 3, 4, 5, 6]);
  const layers = [
    nn.maxPool2d(2),
    nn.avgPool2d({ kernel: 2, divisorOverride: 3 }),
    nn.sumPool2d(2),
    nn.medianPool2d(2),
    nn.stochasticPool2d(2),
    nn.lpPool2d(2, 2),
    nn.adaptiveAvgPool2d(2),
    nn.globalMaxPool2d(),
    nn.trainableSubsampling2d(),
  ];
  for (const layer of layers) {
    expect(() => run(layer, rows)).toThrow(`[${layer.kind}] takes images N×C×H×W, got 2×3`);
  }
  for (const layer of [nn.avgPool1d(2), nn.globalAvgPool1d()]) {
    expect(() => run(layer, rows)).toThrow(`[${layer.kind}] takes sequences N×C×L, got 2×3`);
  }
  const small = array([1, 1, 2, 2], [1, 2, 3, 4]);
  expect(() => run(nn.medianPool2d(3), small)).toThrow("[medianPool2d] a window of 3×3 does not");
  expect(() => run(nn.stochasticPool2d(0), small)).toThrow("[stochasticPool2d] kernel is 0,0");
  expect(() => nn.medianPool2d({ kernel: 3, paddingMode: "edge" as "zeros" })).toThrow(
    '[medianPool2d] padding mode "edge" is unknown',
  );
  expect(() => run(nn.maxPool2d(undefined as never), small)).toThrow("[maxPool2d] needs a kernel");
  expect(() => nn.avgPool2d({ kernel: 2, divisorOverride: 0 })).toThrow("divisorOverride is 0");
  expect(() => nn.lpPool2d(0, 2)).toThrow("[lpPool2d] the power is 0");
  expect(() => nn.lpPool1d(Number.POSITIVE_INFINITY, 2)).toThrow(
    "[lpPool1d] the power is Infinity",
  );
  expect(() => nn.adaptiveMaxPool2d([0, 2])).toThrow("[adaptiveMaxPool2d] an output size is 0");
  expect(() => nn.adaptiveAvgPool1d(1.5)).toThrow("[adaptiveAvgPool1d] an output size is 1.5");
});
