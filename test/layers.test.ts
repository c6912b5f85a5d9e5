/** One harness for all layers: shapes, parameters, saving and loading, and that one step lowers a loss. */
import { describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { crossEntropy } from "../src/losses/index.ts";
import goldens from "../src/nn/golden/goldens.json" with { type: "json" };
import type { Module } from "../src/nn/index.ts";
import * as nn from "../src/nn/index.ts";
import { table } from "../src/ops/table.ts";
import { sgd } from "../src/optim/index.ts";
import { array, ReferenceStore, relativeError, wave } from "./reference-store.ts";

interface LayerCase {
  readonly make: () => Module;
  /** Without the batch axis. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Parameters and buffers by PyTorch's names. */
  readonly states?: Record<string, readonly number[]>;
}

const stats = (c: number) => ({
  weight: [c],
  bias: [c],
  running_mean: [c],
  running_var: [c],
  num_batches_tracked: [],
});

// biome-ignore format: one case a line
const cases: Record<string, LayerCase> = {
  conv2d: { make: () => nn.conv2d(6, { kernel: 3, padding: 1 }), input: [2, 5, 4], output: [6, 5, 4], states: { weight: [6, 2, 3, 3], bias: [6] } },
  "conv2d, all options": { make: () => nn.conv2d(6, { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2], groups: 2, bias: false, flip: true }), input: [4, 7, 6], output: [6, 3, 7], states: { weight: [6, 2, 3, 2] } },
  "conv2d, same": { make: () => nn.conv2d(3, { kernel: 4, padding: "same" }), input: [2, 6, 5], output: [3, 6, 5], states: { weight: [3, 2, 4, 4], bias: [3] } },
  convTranspose2d: { make: () => nn.convTranspose2d(6, { kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2 }), input: [4, 3, 3], output: [6, 6, 6], states: { weight: [4, 3, 3, 3], bias: [6] } },
  linear: { make: () => nn.linear(5), input: [7], output: [5], states: { weight: [5, 7], bias: [5] } },
  "linear over tokens": { make: () => nn.linear(5, { bias: false }), input: [3, 7], output: [3, 5], states: { weight: [5, 7] } },
  batchNorm2d: { make: () => nn.batchNorm2d(), input: [3, 4, 4], output: [3, 4, 4], states: stats(3) },
  "batchNorm2d, bare": { make: () => nn.batchNorm2d({ affine: false, trackRunningStats: false }), input: [3, 4, 4], output: [3, 4, 4] },
  batchNorm1d: { make: () => nn.batchNorm1d({ momentum: null }), input: [5], output: [5], states: stats(5) },
  "batchNorm1d over sequences": { make: () => nn.batchNorm1d(), input: [5, 3], output: [5, 3], states: stats(5) },
  layerNorm: { make: () => nn.layerNorm({ axes: 2 }), input: [3, 4, 2], output: [3, 4, 2], states: { weight: [4, 2], bias: [4, 2] } },
  "layerNorm, bare": { make: () => nn.layerNorm({ affine: false }), input: [6], output: [6] },
  relu: { make: nn.relu, input: [3, 2], output: [3, 2] },
  leakyRelu: { make: () => nn.leakyRelu(0.2), input: [3, 2], output: [3, 2] },
  sigmoid: { make: nn.sigmoid, input: [3, 2], output: [3, 2] },
  tanh: { make: nn.tanh, input: [3, 2], output: [3, 2] },
  softplus: { make: () => nn.softplus(3), input: [3, 2], output: [3, 2] },
  gelu: { make: () => nn.gelu({ approximate: "tanh" }), input: [3, 2], output: [3, 2] },
  silu: { make: nn.silu, input: [3, 2], output: [3, 2] },
  softmax: { make: () => nn.softmax(-1), input: [3, 2], output: [3, 2] },
  logSoftmax: { make: () => nn.logSoftmax(), input: [3, 2], output: [3, 2] },
  maxPool2d: { make: () => nn.maxPool2d(2), input: [3, 5, 4], output: [3, 2, 2] },
  "maxPool2d, all options": { make: () => nn.maxPool2d({ kernel: [3, 2], stride: 2, padding: 1, dilation: [1, 2], ceilMode: true }), input: [3, 6, 6], output: [3, 4, 4] },
  avgPool2d: { make: () => nn.avgPool2d({ kernel: 3, stride: 2, padding: 1, countIncludePad: false }), input: [3, 5, 5], output: [3, 3, 3] },
  globalAvgPool2d: { make: nn.globalAvgPool2d, input: [3, 5, 4], output: [3] },
  globalMaxPool2d: { make: nn.globalMaxPool2d, input: [3, 5, 4], output: [3] },
  flatten: { make: () => nn.flatten(), input: [3, 5, 4], output: [60] },
  dropout: { make: () => nn.dropout(0.5), input: [40], output: [40] },
  identity: { make: nn.identity, input: [3, 2], output: [3, 2] },
};

const key = array([2], [12, 34]);

function trace(net: Module, input: readonly number[], training: boolean, capacity = 6) {
  const builder = new Builder(table, capacity);
  const type = { shape: [capacity, ...input], dtype: "f32", batched: true } as const;
  const x = builder.input("x", type);
  const keyIn = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  return { builder, x, y: net.call(x, { training, key: keyIn }) };
}

describe.each(Object.entries(cases))("%s", (_, { make, input, output, states = {} }) => {
  test("has the shape and the parameters of PyTorch's", () => {
    const net = nn.initialize(make(), input);
    const { y } = trace(net, input, false);
    expect(y.shape).toEqual([6, ...output]);
    const named = Object.fromEntries([...nn.stateDict(net)].map(([name, v]) => [name, v.shape]));
    expect(named).toEqual(states);
  });

  test("sees the images of the run only", () => {
    const net = nn.initialize(make(), input);
    const x = wave([3, ...input]);
    const some = trace(net, input, true);
    const all = trace(net, input, true, 3);
    const loss = (y: Tensor) => y.square().mul(y.add(0.3)).mean();
    const [a, b] = [some, all].map(({ builder, x: xIn, y }) => {
      const l = loss(y);
      return new ReferenceStore().run(builder, [y, l, ...grad(l, [xIn])], [x, key], 3);
    });
    for (const [i, value] of a.entries()) expect(relativeError(value, b[i])).toBeLessThan(1e-12);
  });

  test("one step lowers a loss; what is saved and loaded gives the same output", () => {
    const net = nn.initialize(make(), input, { seed: 3 });
    const store = new ReferenceStore();
    const x = wave([5, ...input]);
    if (nn.parameters(net).length > 0) {
      const { builder, y } = trace(net, input, true);
      const loss = y.sub(0.7).square().mean();
      sgd({ lr: 0.05 }).step(loss, nn.parameters(net));
      const [before] = store.run(builder, [loss], [x, key], 5);
      const [after] = store.run(builder, [loss], [x, key], 5);
      expect(after[0]).toBeLessThan(before[0]);
      for (const [ref, value] of store.values) {
        for (const p of [...nn.parameters(net), ...nn.buffers(net)]) if (p === ref) p.write(value);
      }
    }
    const other = nn.initialize(make(), input, { seed: 4 });
    nn.loadStateDict(other, nn.stateDict(net));
    const [a, b] = [net, other].map((each) => {
      const { builder, y } = trace(each, input, false);
      return new ReferenceStore().run(builder, [y], [x, key], 5)[0];
    });
    expect(a).toEqual(b);
    expect(a.every(Number.isFinite)).toBe(true);
  });
});

test("a network of many layers trains and evaluates as PyTorch's does", () => {
  const net = nn.sequential(
    nn.conv2d(4, { kernel: 3, padding: 1, stride: 2, groups: 2 }),
    nn.batchNorm2d({ momentum: 0.3 }),
    nn.relu(),
    nn.convTranspose2d(3, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }),
    nn.avgPool2d(2),
    nn.gelu(),
    nn.flatten(),
    nn.layerNorm(),
    nn.linear(6, { bias: false }),
    nn.batchNorm1d({ momentum: null }),
    nn.softplus(2),
    nn.linear(3),
  );
  nn.initialize(net, [2, 6, 6]);
  const own = [...nn.stateDict(net)];
  expect(own.map(([name]) => name)).toEqual(Object.keys(goldens.initial));
  expect(Object.fromEntries(own.map(([name, { shape }]) => [name, shape]))).toEqual(goldens.shapes);

  const store = new ReferenceStore();
  const states = new Map(nn.namedStates(net));
  for (const [name, values] of Object.entries(goldens.initial)) {
    store.set((states.get(name) as nn.OwnState).parameter, values);
  }
  const builder = new Builder(table, 8);
  const x = builder.input("x", { shape: [8, 2, 6, 6], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [8], dtype: "i32", batched: true });
  const loss = crossEntropy(net.call(x, { training: true }), y);
  const optimizer = sgd({ lr: 0.1, momentum: 0.9 });
  optimizer.step(loss, nn.parameters(net));
  store.set(optimizer.state()[0], [0.1]);
  for (const [t, expected] of goldens.losses.entries()) {
    const labels = array([5], [0, 2, 1, 1, t]);
    const [value] = store.run(builder, [loss], [wave([5, 2, 6, 6], 10 + t), labels], 5);
    expect(relativeError(value, [expected])).toBeLessThan(1e-10);
  }
  for (const [name, values] of Object.entries(goldens.final)) {
    const value = store.get((states.get(name) as nn.OwnState).parameter);
    expect(relativeError(value, values), name).toBeLessThan(1e-9);
  }

  const evaluation = new Builder(table, 4);
  const images = evaluation.input("x", { shape: [4, 2, 6, 6], dtype: "f32", batched: true });
  const output = net.call(images, { training: false });
  const [made] = store.run(evaluation, [output], [wave([4, 2, 6, 6], 20)], 4);
  expect(relativeError(made, goldens.output)).toBeLessThan(1e-9);
});

test.each([1, 5, 17])("batch norm over %i images of a program for 32", (n) => {
  const net = nn.initialize(nn.batchNorm2d(), [3, 2, 2]);
  const { builder, y } = trace(net, [3, 2, 2], true, 32);
  const store = new ReferenceStore();
  const x = wave([n, 3, 2, 2]);
  const [out] = store.run(builder, [y], [x, key], n);
  const [mean, variance] = nn.buffers(net).map((b) => store.get(b));
  for (let c = 0; c < 3; c++) {
    const values = [...x.data].filter((_, i) => Math.floor(i / 4) % 3 === c);
    const mu = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((a, b) => a + (b - mu) ** 2, 0);
    expect(mean[c]).toBeCloseTo(0.1 * mu, 12);
    expect(variance[c]).toBeCloseTo(0.9 + (0.1 * squares) / (values.length - 1), 12);
    const first = (x.data[c * 4] - mu) / Math.sqrt(squares / values.length + 1e-5);
    expect(out[c * 4]).toBeCloseTo(first, 12);
  }
});

test("one value a channel leaves the running variance finite", () => {
  const net = nn.initialize(nn.batchNorm1d(), [2]);
  const { builder, y } = trace(net, [2], true);
  const store = new ReferenceStore();
  store.run(builder, [y], [array([1, 2], [3, 4]), key], 1);
  expect([...store.get(nn.buffers(net)[1])]).toEqual([expect.closeTo(0.9), expect.closeTo(0.9)]);
});

test("dropout keeps the expected share, scales it up, and does nothing in evaluation", () => {
  const net = nn.sequential(nn.dropout(0.25), nn.dropout(0.25));
  const x = array([4, 1000], new Array(4000).fill(1));
  const run = (training: boolean, seed: number) => {
    const { builder, y } = trace(net, [1000], training, 4);
    return new ReferenceStore().run(builder, [y], [x, array([2], [seed, 0])], 4)[0];
  };
  const made = run(true, 1);
  const kept = made.filter((v) => v !== 0);
  // Two layers of one network draw different numbers: 0.75² of all stay, not 0.75.
  expect(kept.length / 4000).toBeCloseTo(0.5625, 1);
  expect(kept.every((v) => Math.abs(v - 1 / 0.5625) < 1e-6)).toBe(true);
  expect(run(true, 1)).toEqual(made);
  expect(run(true, 2)).not.toEqual(made);
  expect(run(false, 1)).toEqual(x.data);
  const builder = new Builder(table);
  const input = builder.input("x", { shape: [1, 3], dtype: "f32", batched: false });
  expect(() => net.call(input, { training: true })).toThrow("[dropout] needs a random key");
});
