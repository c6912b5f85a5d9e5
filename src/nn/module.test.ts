import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../test/reference-store.ts";
import { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { table } from "../ops/table.ts";
import * as nn from "./index.ts";

class Block extends nn.Module {
  conv1 = nn.conv2d(4, { kernel: 3, padding: 1, bias: false });
  bn1 = nn.batchNorm2d();

  forward(x: Tensor, mode: nn.Mode): Tensor {
    return this.bn1.call(this.conv1.call(x, mode), mode).add(x);
  }
}

class Net extends nn.Module {
  layer1 = nn.sequential(new Block(), new Block());
  heads = [nn.linear(3), nn.linear(3)];

  forward(x: Tensor, mode: nn.Mode): Tensor {
    const h = this.layer1.call(x, mode).mean([2, 3]);
    return this.heads[0].call(h, mode).add(this.heads[1].call(h, mode));
  }
}

const names = (net: nn.Module) => nn.namedParameters(net).map(([name]) => name);

test("field paths are PyTorch's names, and label the nodes and the calls", () => {
  const net = new Net();
  const { builder } = nn.traceNetwork(net, [4, 5, 5]);
  expect(names(net)).toEqual([
    "layer1.0.conv1.weight",
    "layer1.0.bn1.weight",
    "layer1.0.bn1.bias",
    "layer1.1.conv1.weight",
    "layer1.1.bn1.weight",
    "layer1.1.bn1.bias",
    "heads.0.weight",
    "heads.0.bias",
    "heads.1.weight",
    "heads.1.bias",
  ]);
  expect(
    nn
      .namedBuffers(net)
      .map(([name]) => name)
      .slice(0, 3),
  ).toEqual([
    "layer1.0.bn1.running_mean",
    "layer1.0.bn1.running_var",
    "layer1.0.bn1.num_batches_tracked",
  ]);
  for (const [name, p] of nn.namedParameters(net)) expect(p.name).toBe(name);
  expect(builder.calls.map(({ path, kind }) => `${path} ${kind}`)).toContain(
    "layer1.1.conv1 conv2d",
  );
  const convolutions = builder.nodes
    .filter((node) => node.op === "conv2d")
    .map((node) => node.scope);
  expect(convolutions).toEqual(["layer1.0.conv1", "layer1.1.conv1"]);
});

test("traces share parameters; another input size is refused by name", () => {
  const net = nn.sequential(nn.flatten(), nn.linear(2));
  const first = nn.traceNetwork(net, [3]);
  const made = nn.parameters(net);
  nn.traceNetwork(net, [3], { batch: 7, training: true });
  expect(nn.parameters(net)).toEqual(made);
  expect(first.builder.state(made[0]).shape).toEqual([2, 3]);
  expect(() => nn.traceNetwork(net, [4])).toThrow("[linear] 1.weight is 2×3, this input needs 2×4");
});

test("train, evaluate, train: the programs share one state", () => {
  const net = nn.sequential(nn.batchNorm1d());
  const store = new ReferenceStore();
  const train = nn.traceNetwork(net, [1], { batch: 2, training: true });
  const test1 = nn.traceNetwork(net, [1], { batch: 2 });
  const x = array([2, 1], [1, 3]);
  const evaluate = () => store.run(test1.builder, [test1.output], [x], 2)[0];
  const outputs = [evaluate()];
  for (let t = 0; t < 2; t++) {
    store.run(train.builder, [train.output], [x, array([2], [0, 0])], 2);
    outputs.push(evaluate());
  }
  // running mean 0, 0.2, 0.38; running variance 1, 1.1, 1.19 (unbiased variance 2)
  const expected = [0, 0.2, 0.38].map(
    (mean, t) => (1 - mean) / Math.sqrt([1, 1.1, 1.19][t] + 1e-5),
  );
  for (const [t, y] of outputs.entries()) expect(y[0]).toBeCloseTo(expected[t], 7);
});

test("a module used twice has one set of parameters, under its first name", () => {
  const shared = nn.linear(3, { bias: false });
  const net = nn.sequential(shared, nn.relu(), shared);
  nn.initialize(net, [3]);
  expect(names(net)).toEqual(["0.weight"]);
});

test("a layer as a function, with parameters, a buffer and a layer inside", () => {
  const layer = () =>
    nn.module("Scale", (x, m) => {
      const w = m.param("weight", [x.shape[1]], nn.init.constant(2));
      const seen = m.buffer("seen", [], nn.init.zeros());
      if (m.mode.training) m.updateBuffer("seen", seen.add(1));
      return m.child("fc", () => nn.linear(2, { bias: false })).call(x.mul(w), m.mode);
    });
  const net = nn.initialize(nn.sequential(layer(), layer()), [3], { seed: 5 });
  expect(names(net)).toEqual(["0.weight", "0.fc.weight", "1.weight", "1.fc.weight"]);
  const { builder, output } = nn.traceNetwork(net, [3], { training: true });
  expect(output.shape).toEqual([1, 2]);
  expect(builder.calls.map((call) => call.kind)).toContain("Scale");
  const store = new ReferenceStore();
  store.run(builder, [output], [array([1, 3], [1, 2, 3]), array([2], [0, 0])]);
  expect(nn.buffers(net).map((b) => [...store.get(b)])).toEqual([[1], [1]]);
  // Children made during the trace draw from the seed, too.
  const again = nn.initialize(nn.sequential(layer(), layer()), [3], { seed: 5 });
  expect(nn.stateDict(again)).toEqual(nn.stateDict(net));
});

test("modules of two inputs take both", () => {
  const both = nn.module<[Tensor, Tensor]>("both", (a, b) => a.add(b));
  const net = nn.module("net", (x, m) => m.child("sum", () => both).call(x, x.mul(2), m.mode));
  const { builder, output } = nn.traceNetwork(net, [1]);
  const [y] = new ReferenceStore().run(builder, [output], [array([1, 1], [5])]);
  expect(y[0]).toBe(15);
});

test("a layer that no field holds is refused when it has parameters", () => {
  const stray = nn.module("stray", (x, m) => nn.linear(2).call(nn.relu().call(x, m.mode), m.mode));
  expect(() => nn.traceNetwork(stray, [3])).toThrow("is none of its fields");
});

test("calls without a mode, forward without a call, and other traces' tensors are refused", () => {
  const builder = new Builder(table);
  const x = builder.input("x", { shape: [1, 3], dtype: "f32", batched: false });
  const fc = nn.linear(2);
  expect(() => fc.call(x, undefined as unknown as nn.Mode)).toThrow("and then the mode");
  expect(() => fc.forward(x)).toThrow("outside a trace");
  expect(() => nn.sequential(nn.relu as unknown as nn.Module)).toThrow("[sequential] layer 0");
  expect(() => nn.conv2d(3, { kernel: 3, groups: 2 })).toThrow("[conv2d] 3 output channels");
  expect(() => nn.linear(0)).toThrow("[linear] 0 outputs");
  expect(() => nn.linear(784, 10 as never)).toThrow("[linear] 784 outputs — give a whole number");
  const conv = nn.conv2d(4, { kernel: 3, groups: 2 });
  expect(() => nn.traceNetwork(conv, [3, 5, 5])).toThrow("[conv2d] input has 3 channels");
  // A trace that failed leaves the builder's list of calls as it was.
  const both = new Builder(table);
  const small = both.input("x", { shape: [1, 4, 2, 2], dtype: "f32", batched: false });
  expect(() => new Block().call(small.mean([2, 3]), { training: false })).toThrow("N×C×H×W");
  expect(both.calls).toEqual([]);
});

test("freezing by pattern", () => {
  const net = new Net();
  expect(() => nn.freeze(net)).toThrow("initialize(net, inputShape)");
  nn.initialize(net, [4, 5, 5]);
  const trainable = () =>
    nn.namedParameters(net).flatMap(([name, p]) => (p.trainable ? [name] : []));
  expect(nn.freeze(net)).toHaveLength(10);
  expect(trainable()).toEqual([]);
  nn.unfreeze(net, "heads.*", /bn1\.bias$/);
  expect(trainable()).toEqual([
    "layer1.0.bn1.bias",
    "layer1.1.bn1.bias",
    "heads.0.weight",
    "heads.0.bias",
    "heads.1.weight",
    "heads.1.bias",
  ]);
  expect(() => nn.freeze(net, "head")).toThrow("[freeze] no parameter matches head");
});
