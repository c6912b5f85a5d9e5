/**
 * One harness for all layers of the catalogue: shapes, parameters, saving and loading, that one step lowers a loss, that
 * evaluation is deterministic, and that the wasm backend computes what the reference does.
 */
import { afterAll, describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { isFloat } from "../src/core/dtype.ts";
import { Builder } from "../src/graph/builder.ts";
import { crossEntropy } from "../src/losses/index.ts";
import goldens from "../src/nn/golden/network.json" with { type: "json" };
import type { Module } from "../src/nn/index.ts";
import * as nn from "../src/nn/index.ts";
import { table } from "../src/ops/table.ts";
import { sgd } from "../src/optim/index.ts";
import {
  BATCH,
  drawLayerInputs,
  KEY,
  layerCases,
  makeLayer,
  type TracedLayer,
  traceLayer,
} from "./golden/layer-cases.ts";
import { onDevice } from "./on-device.ts";
import { array, ReferenceStore, relativeError, wave } from "./reference-store.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

const floatsOf = ({ inputs }: TracedLayer) => inputs.filter((x) => isFloat(x.dtype));

describe.each(layerCases)("$title", (layerCase) => {
  const { sample } = layerCase;

  test("has the shape and the states that its sample says", () => {
    const net = makeLayer(layerCase);
    const { y } = traceLayer(net, sample, { capacity: 6 });
    expect(y.shape).toEqual([6, ...sample.output]);
    const named = Object.fromEntries([...nn.stateDict(net)].map(([name, v]) => [name, v.shape]));
    expect(named).toEqual(sample.states ?? {});
  });

  test("sees the images of the run only", () => {
    const values = [KEY, ...drawLayerInputs(layerCase)];
    const [some, all] = [6, BATCH].map((capacity) => {
      const traced = traceLayer(makeLayer(layerCase), sample, { training: true, capacity });
      const { builder, y } = traced;
      const loss = y.square().mul(y.add(0.3)).mean();
      const outputs = [y, loss, ...grad(loss, floatsOf(traced))];
      return new ReferenceStore().run(builder, outputs, values, BATCH);
    });
    for (const [i, value] of some.entries())
      expect(relativeError(value, all[i])).toBeLessThan(1e-12);
  });

  test("one step lowers a loss; what is saved and loaded gives the same output", () => {
    const net = makeLayer(layerCase, 3);
    const store = new ReferenceStore();
    const values = [KEY, ...drawLayerInputs(layerCase, 5)];
    if (nn.parameters(net).length > 0) {
      const { builder, y } = traceLayer(net, sample, { training: true, capacity: 5 });
      const loss = sample.loss?.(y) ?? y.sub(0.7).square().mean();
      sgd({ lr: 0.05 }).step(loss, nn.parameters(net));
      const [before] = store.run(builder, [loss], values, 5);
      const [after] = store.run(builder, [loss], values, 5);
      expect(after[0]).toBeLessThan(before[0]);
      for (const [, { parameter }] of nn.namedStates(net)) parameter.write(store.get(parameter));
    }
    const other = makeLayer(layerCase, 4);
    nn.loadStateDict(other, nn.stateDict(net));
    const [a, b] = [net, other].map((each) => {
      const { builder, y } = traceLayer(each, sample, { capacity: 5 });
      return new ReferenceStore().run(builder, [y], values, 5)[0];
    });
    expect(a).toEqual(b);
    expect(a.every(Number.isFinite)).toBe(true);
  });

  test("evaluation is the same each time, whatever the random key", () => {
    const { builder, y } = traceLayer(makeLayer(layerCase), sample);
    const inputs = drawLayerInputs(layerCase);
    const store = new ReferenceStore();
    const [a, b] = [KEY, array([2], [5, 6])].map(
      (key) => store.run(builder, [y], [key, ...inputs], BATCH)[0],
    );
    expect(a).toEqual(b);
    expect(builder.build([y]).updates).toEqual([]);
  });

  const rooms = { "as it is": BATCH, "in lanes": 40 };
  for (const training of [false, true]) {
    for (const [room, capacity] of Object.entries(rooms)) {
      test(`wasm equals the reference in ${training ? "training" : "evaluation"}, ${room}`, async () => {
        const net = makeLayer(layerCase);
        const traced = traceLayer(net, sample, { training, capacity });
        const { builder, y } = traced;
        const states = nn.namedStates(net).map(([, { parameter }]) => parameter);
        const wrt = [...floatsOf(traced), ...nn.parameters(net).map((p) => builder.state(p))];
        const loss = y.square().mul(y.add(0.3)).mean();
        const outputs = [y, ...(wrt.length > 0 ? grad(loss, wrt) : [])];
        const values = [KEY, ...drawLayerInputs(layerCase)];
        const store = new ReferenceStore();
        const expected = store.run(builder, outputs, values, BATCH);
        const program = await onDevice(device, builder.build(outputs));
        if (capacity > BATCH) await program.spoil();
        const found = await program.run(values, BATCH);
        const limit = sample.tolerance?.error ?? 1e-5;
        found.forEach(({ data }, i) => {
          expect(relativeError(data, expected[i]), `output ${i}`).toBeLessThan(limit);
        });
        for (const state of states) {
          expect(relativeError(state.read(), store.get(state)), state.name).toBeLessThan(limit);
        }
        program.dispose();
      });
    }
  }
});

const key = array([2], [12, 34]);

function trace(net: Module, input: readonly number[], training: boolean, capacity = 6) {
  const builder = new Builder(table, capacity);
  const type = { shape: [capacity, ...input], dtype: "f32", batched: true } as const;
  const x = builder.input("x", type);
  const keyIn = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  return { builder, x, y: net.call(x, { training, key: keyIn }) };
}

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
