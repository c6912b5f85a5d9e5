/** Weight and spectral normalisation: training as PyTorch's, the start from a layer as it is, freezing, saving. */
import { expect, test } from "vitest";
import { array, ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { Builder } from "../../graph/builder.ts";
import { mse } from "../../losses/index.ts";
import { allOps } from "../../ops/library.ts";
import { sgd } from "../../optim/index.ts";
import { openDevice } from "../../tensor/index.ts";
import * as nn from "../index.ts";
import goldens from "./golden/normed-weights.json" with { type: "json" };

const KEY = array([2], [0, 0]);
const image = [2, 3, 4];

const make = () =>
  nn.sequential(
    nn.weightNorm(nn.conv2d(3, { kernel: 2 })),
    nn.tanh(),
    nn.flatten(),
    nn.spectralNorm(nn.linear(4)),
  );

/** One program: a training step on 5 images. */
function trainer(net: nn.Module, lr = 0.05) {
  const builder = new Builder(allOps, 5);
  const x = builder.input("x", { shape: [5, ...image], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [5, 4], dtype: "f32", batched: true });
  const loss = mse(net.call(x, { training: true }), y);
  const optimizer = sgd({ lr, momentum: 0.9 });
  optimizer.step(loss, nn.parameters(net));
  return {
    optimizer,
    run: (store: ReferenceStore, t: number) => {
      const values = [wave([5, ...image], 10 + t), wave([5, 4], 50 + t)];
      return store.run(builder, [loss], values, 5)[0];
    },
  };
}

function evaluate(net: nn.Module, store = new ReferenceStore(), x = wave([4, ...image], 20)) {
  const { builder, output } = nn.traceNetwork(net, image, { batch: 4 });
  return store.run(builder, [output], [x], 4)[0];
}

test("20 steps are those of PyTorch", () => {
  const net = nn.initialize(make(), image);
  const states = new Map(nn.namedStates(net));
  expect([...states.keys()].sort()).toEqual(Object.keys(goldens.initial).sort());
  const store = new ReferenceStore();
  const parameterOf = (name: string) => (states.get(name) as nn.OwnState).parameter;
  for (const [name, values] of Object.entries(goldens.initial))
    store.set(parameterOf(name), values);
  const { run, optimizer } = trainer(net);
  store.set(optimizer.state()[0], [0.05]);
  for (const [t, expected] of goldens.losses.entries()) {
    expect(relativeError(run(store, t), [expected]), `step ${t}`).toBeLessThan(1e-10);
  }
  for (const [name, values] of Object.entries(goldens.final)) {
    expect(relativeError(store.get(parameterOf(name)), values), name).toBeLessThan(1e-9);
  }
  expect(relativeError(evaluate(net, store), goldens.output)).toBeLessThan(1e-9);
});

test("weight normalisation starts from the layer as it is: before its first trace, and after", () => {
  const shape = [3, 4, 4];
  const plain = nn.initialize(nn.conv2d(5, { kernel: 3 }), shape, { seed: 7 });
  const before = nn.initialize(nn.weightNorm(nn.conv2d(5, { kernel: 3 })), shape, { seed: 7 });
  const after = nn.initialize(nn.conv2d(5, { kernel: 3 }), shape, { seed: 7 });
  const x = wave([1, ...shape]);
  const run = (net: nn.Module) => {
    const { builder, output } = nn.traceNetwork(net, shape);
    return new ReferenceStore().run(builder, [output], [x], 1)[0];
  };
  const expected = run(plain);
  expect(relativeError(run(before), expected)).toBeLessThan(1e-6);
  // A trained value, not the one that the seed gives.
  nn.namedStates(after)[0][1].parameter.write(wave([5, 3, 3, 3], 3).data);
  const trained = run(after);
  for (const options of [{}, { axis: 1 }, { axis: null }]) {
    const net = nn.initialize(nn.conv2d(5, { kernel: 3 }), shape, { seed: 7 });
    nn.loadStateDict(net, nn.stateDict(after));
    expect(relativeError(run(nn.weightNorm(net, options)), trained)).toBeLessThan(1e-6);
    expect([...nn.stateDict(net).keys()].sort()).toEqual(["bias", "weight_g", "weight_v"]);
  }
  // Drawn anew, it is the layer of that seed again.
  nn.weightNorm(after);
  run(after);
  after.reseed(7);
  expect(relativeError(run(after), expected)).toBeLessThan(1e-6);
});

test("after some steps spectral normalisation leaves a largest singular value of 1", () => {
  const net = nn.initialize(nn.spectralNorm(nn.linear(3, { bias: false })), [3]);
  const store = new ReferenceStore();
  const states = new Map(nn.namedStates(net));
  // Singular values 5, 2 and 0.5, turned.
  const [c, s] = [0.6, 0.8];
  store.set((states.get("weight_orig") as nn.OwnState).parameter, [
    5 * c,
    -2 * s,
    0,
    5 * s,
    2 * c,
    0,
    0,
    0,
    0.5,
  ]);
  const { builder, output } = nn.traceNetwork(net, [3], { batch: 3, training: true });
  const identity = array([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  for (let t = 0; t < 40; t++) store.run(builder, [output], [identity, KEY], 3);
  const evaluation = nn.traceNetwork(net, [3], { batch: 3 });
  const [columns] = store.run(evaluation.builder, [evaluation.output], [identity], 3);
  const lengths = [0, 1, 2].map((i) => Math.hypot(...columns.subarray(3 * i, 3 * i + 3)));
  for (const [i, length] of [1, 0.4, 0.1].entries()) expect(lengths[i]).toBeCloseTo(length, 8);
});

test("a frozen direction stays while the length trains", () => {
  const net = nn.initialize(make(), image);
  expect(nn.freeze(net, "*.weight_v", "*.weight_orig")).toEqual(["0.weight_v", "3.weight_orig"]);
  const store = new ReferenceStore();
  const before = nn.stateDict(net);
  const { run } = trainer(net);
  run(store, 0);
  const moved = nn
    .namedParameters(net)
    .filter(([name, p]) => relativeError(store.get(p), before.get(name)?.data ?? []) > 0);
  expect(moved.map(([name]) => name).sort()).toEqual(["0.bias", "0.weight_g", "3.bias"]);
});

test("what was trained, saved and loaded computes the same", () => {
  const [net, other] = [1, 2].map((seed) => nn.initialize(make(), image, { seed }));
  const store = new ReferenceStore();
  const { run } = trainer(net);
  for (let t = 0; t < 3; t++) run(store, t);
  for (const [, { parameter }] of nn.namedStates(net)) parameter.write(store.get(parameter));
  nn.loadStateDict(other, nn.stateDict(net));
  expect(evaluate(other)).toEqual(evaluate(net));
});

test("what cannot be normalised is refused", () => {
  const trace = (net: nn.Module) => nn.traceNetwork(net, [5]);
  expect(() => trace(nn.weightNorm(nn.linear(2), { name: "wieght" }))).toThrow(
    '[linear] has no parameter "wieght" to parametrize — it has weight, bias',
  );
  const made = nn.weightNorm(nn.initialize(nn.linear(2), [5]));
  expect(() => nn.traceNetwork(made, [4])).toThrow("weight is 2×5, this input needs 2×4");
  expect(() => nn.spectralNorm(nn.weightNorm(nn.linear(2)))).toThrow(
    '[linear] parameter "weight" is parametrized already',
  );
  expect(() => trace(nn.weightNorm(nn.linear(2), { axis: 2 }))).toThrow("[weightNorm] axis 2");
  expect(() => trace(nn.spectralNorm(nn.linear(2), { axis: 2 }))).toThrow("[spectralNorm] axis 2");
  expect(() => nn.spectralNorm(nn.linear(2), { nPowerIterations: 0 })).toThrow("at least one");
});

test("normalisations are taken off again; the network computes what it did", async () => {
  const net = nn.initialize(make(), image);
  const store = new ReferenceStore();
  const { run } = trainer(net);
  for (let t = 0; t < 3; t++) run(store, t);
  for (const [, { parameter }] of nn.namedStates(net)) parameter.write(store.get(parameter));
  const expected = evaluate(net);
  const device = await openDevice({ backend: "reference" });
  const [first, , , last] = net.layers;
  for (const layer of [first, last]) await nn.removeParametrization(layer, { device });
  expect([...nn.stateDict(net).keys()]).toEqual(["0.weight", "0.bias", "3.weight", "3.bias"]);
  expect(relativeError(evaluate(net), expected)).toBeLessThan(1e-6);
  // Of the same shapes and names as in a layer that never had one, and trained like it.
  nn.loadStateDict(
    nn.initialize(nn.sequential(nn.conv2d(3, { kernel: 2 })), image),
    stateOf(first),
  );
  const [again, kept] = [trainer(net), new ReferenceStore()];
  const losses = [again.run(kept, 1)[0], again.run(kept, 1)[0]];
  expect(losses[1]).toBeLessThan(losses[0]);
  await expect(nn.removeParametrization(first, { device })).rejects.toThrow(
    '[conv2d] parameter "weight" is not parametrized — nothing is',
  );
});

test("before the first trace nothing but the name is taken off", async () => {
  const plain = nn.initialize(nn.linear(2), [5], { seed: 3 });
  const before = nn.stateDict(plain);
  await nn.removeParametrization(nn.weightNorm(plain));
  expect(nn.stateDict(plain)).toEqual(before);
  const fresh = await nn.removeParametrization(nn.spectralNorm(nn.linear(2)));
  expect(nn.stateDict(nn.initialize(fresh, [5], { seed: 3 }))).toEqual(before);
});

const stateOf = (layer: nn.Module) =>
  new Map([...nn.stateDict(layer)].map(([name, value]) => [`0.${name}`, value]));
