import { afterAll, describe, expect, test } from "vitest";
import { optimSamples } from "../../test/golden/export-optim.ts";
import {
  golden,
  goldenList,
  goldenSamples,
  INPUTS,
  problem,
  trajectoryOn,
} from "../../test/golden/optim-problem.ts";
import { array, ReferenceStore, relativeError } from "../../test/reference-store.ts";
import { wasmDevice } from "../backends/wasm/device.ts";
import { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { batchNorm1d, init, linear, module, parameters, sequential } from "../nn/index.ts";
import { table } from "../ops/table.ts";
import { Parameter } from "../tensor/parameter.ts";
import * as optim from "./index.ts";
import { adam, rmsprop, sgd } from "./index.ts";
import { optimizerSpecs } from "./specs.ts";

const STEPS = 20;
const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

test("the golden file holds every sample as it is now — else run npm run golden -- optim", () => {
  expect(JSON.parse(JSON.stringify(optimSamples()))).toEqual(goldenSamples);
});

test("every optimiser is exported, and every export is in the list", () => {
  const names = optimizerSpecs.map(({ name }) => name);
  const functions = Object.entries(optim)
    .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name))
    .map(([name]) => name)
    .filter((name) => !["biasesAndNorms", "updateBatchNorm"].includes(name));
  expect([...names].sort()).toEqual(functions.sort());
});

for (const spec of optimizerSpecs) {
  for (const sample of spec.samples) {
    const title = `${spec.name}: ${sample.name}`;
    describe(title, () => {
      test(`goes PyTorch's way for ${STEPS} steps`, () => {
        const { step } = problem(sample.make(), sample.clip);
        const path = golden(`${title}/path`);
        const [losses, norms] = ["losses", "norms"].map((key) => goldenList(`${title}/${key}`));
        for (let t = 0; t < STEPS; t++) {
          const made = step();
          expect(relativeError(made.path, path[t])).toBeLessThan(1e-10);
          expect(relativeError([made.loss], [losses[t]])).toBeLessThan(1e-10);
          expect(relativeError([made.norm], [norms[t]])).toBeLessThan(1e-10);
        }
      });

      test("is the same on wasm", async () => {
        const path = golden(`${title}/path`);
        const made = await trajectoryOn(device, sample.make(), sample.clip ?? {}, STEPS);
        const errors = made.map((weights, t) => relativeError(weights, path[t]));
        expect(Math.max(...errors)).toBeLessThan(1e-5);
      });

      test("leaves everything as it was when a step is not finite, and goes on", () => {
        const { step, store } = problem(sample.make(), sample.clip);
        step();
        const before = new Map([...store.values].map(([ref, value]) => [ref.name, [...value]]));
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const y = array([5, 2], INPUTS[1].data);
          y.data[3] = bad;
          expect(step([INPUTS[0], y])).toMatchObject({ finite: 0, updated: 0 });
          for (const [ref, value] of store.values) expect([...value]).toEqual(before.get(ref.name));
        }
        // The same second step as without the accident.
        const calm = problem(sample.make(), sample.clip);
        calm.step();
        expect(step().path).toEqual(calm.step().path);
      });

      test("goes on to the same bits from its states by name", () => {
        const whole = problem(sample.make(), sample.clip);
        const begun = sample.make();
        const first = problem(begun, sample.clip);
        for (let t = 0; t < 7; t++) {
          whole.step();
          first.step();
        }
        const resumed = sample.make();
        const second = problem(resumed, sample.clip);
        const kept = new Map(begun.state().map((p) => [p.name, first.store.get(p)]));
        for (const p of resumed.state()) second.store.set(p, kept.get(p.name) as Float64Array);
        second.store.set(second.weight, first.store.get(first.weight));
        second.store.set(second.bias, first.store.get(first.bias));
        for (let t = 7; t < 14; t++) expect(second.step()).toEqual(whole.step());
      });
    });
  }
}

test("the rate is read at every step", () => {
  const optimizer = sgd({ lr: 0.1, momentum: 0.9 });
  const { step, setRate } = problem(optimizer);
  const rates = goldenList("rates");
  for (const [t, expected] of golden("scheduled").entries()) {
    setRate(rates[t]);
    expect(relativeError(step().path, expected)).toBeLessThan(1e-10);
  }
  optimizer.setLearningRate(0.25);
  expect(optimizer.learningRate).toBe(0.25);
});

test("a gradient that is not finite under a finite loss is caught, too", () => {
  const store = new ReferenceStore();
  const p = new Parameter("p", [2], () => [0, 4]);
  const builder = new Builder(table);
  // √0 has an infinite slope.
  const loss = builder.state(p).sqrt().sum();
  const { finite } = sgd({ lr: 0.1 }).step(loss, [p]);
  const [l, good] = store.run(builder, [loss, finite], []);
  expect([l[0], good[0]]).toEqual([2, 0]);
  expect([...store.get(p)]).toEqual([0, 4]);
});

test("a bad step leaves running statistics alone, a good one moves them", () => {
  const store = new ReferenceStore();
  const net = sequential(linear(3), batchNorm1d());
  const builder = new Builder(table, 4);
  const x = builder.input("x", { shape: [4, 2], dtype: "f32", batched: true });
  const loss = net.call(x, { training: true }).square().mul(x.sum()).sum();
  sgd({ lr: 0.1 }).step(loss, parameters(net));
  const values = () => [...store.values].map(([ref, value]) => [ref.name, ...value]);
  store.run(builder, [loss], [array([3, 2], [1, 2, 3, 4, 5, 7])], 3);
  const good = values();
  expect(good.find(([name]) => name === "1.num_batches_tracked")).toEqual([
    "1.num_batches_tracked",
    1,
  ]);
  store.run(builder, [loss], [array([3, 2], [1, Number.NaN, 3, 4, 5, 7])], 3);
  expect(values()).toEqual(good);
  store.run(builder, [loss], [array([3, 2], [1, 0, 3, 4, 5, 7])], 3);
  expect(values()).not.toEqual(good);
});

test("states have stable names and can be put back, before or after the trace", () => {
  const optimizer = adam({ lr: 0.05 });
  const { step, store } = problem(optimizer);
  expect(optimizer.state().map(({ name }) => name)).toEqual([
    "adam.lr",
    "adam.bias1",
    "adam.bias2",
    "adam.exp_avg.fc.weight",
    "adam.exp_avg_sq.fc.weight",
    "adam.exp_avg.fc.bias",
    "adam.exp_avg_sq.fc.bias",
  ]);
  step();
  const saved = new Map(optimizer.state().map((p) => [p.name, store.get(p)]));
  const early = adam({ lr: 0.05 });
  early.restore(saved);
  problem(early);
  const late = adam({ lr: 0.05 });
  problem(late);
  late.restore(saved);
  for (const restored of [early, late]) {
    for (const p of restored.state()) {
      expect([...p.read()]).toEqual([...Float32Array.from(saved.get(p.name) as Float64Array)]);
    }
  }
});

test("parameters of one name in two networks get states of their own", () => {
  const optimizer = sgd({ momentum: 0.9 });
  const builder = new Builder(table);
  const [a, b] = [0, 1].map(() => new Parameter("0.weight", [2], () => [1, 2]));
  optimizer.step(builder.state(a).mul(builder.state(b)).sum(), [a, b]);
  expect(optimizer.state().map(({ name }) => name)).toEqual([
    "sgd.lr",
    "sgd.momentum_buffer.0.weight",
    "sgd.momentum_buffer.0.weight#2",
  ]);
});

test("frozen parameters stay, and nothing to train is said", () => {
  const store = new ReferenceStore();
  const builder = new Builder(table);
  const [a, b] = ["a", "b"].map((name) => new Parameter(name, [], () => [2]));
  a.trainable = false;
  const loss = builder.state(a).mul(builder.state(b));
  sgd({ lr: 0.5 }).step(loss, [a, b]);
  store.run(builder, [loss], []);
  expect([store.get(a)[0], store.get(b)[0]]).toEqual([2, 1]);
  expect(() => sgd().step(loss, [a])).toThrow("[sgd] all parameters are frozen");
  expect(() => adam().step(loss, [])).toThrow("[adam] there are no parameters");
  expect(() => sgd({ nesterov: true })).toThrow("[sgd] Nesterov");
  expect(() => adam({ betas: [1, 0.9] })).toThrow("[adam] betas");
  expect(() => rmsprop({ lr: -1 })).toThrow("[rmsprop] learning rate");
});

test("two optimisers over two networks in one graph: a GAN step sees the updated discriminator", () => {
  // D(x) = a·x and G(z) = g·z, so that every number can be worked out by hand.
  const times = (name: string, start: number) =>
    module(name, (x, m) => x.mul(m.param(name, [1], init.constant(start))));
  const d = times("a", 0.5);
  const g = times("g", 2);
  const mode = { training: true };
  const builder = new Builder(table, 4);
  const batch = (name: string): Tensor =>
    builder.input(name, { shape: [4, 1], dtype: "f32", batched: true });
  const [x, z] = [batch("x"), batch("z")];

  // L_D = mean(D(G(z)) − D(x)); a ← a − 0.05·(g·z̄ − x̄)
  const lossD = d.call(g.call(z, mode), mode).mean().sub(d.call(x, mode).mean());
  sgd({ lr: 0.05 }).step(lossD, parameters(d));
  // L_G = −mean D(G(z)) with the new a, a number by now; g ← g + 0.5·a·z̄
  const lossG = d.call(g.call(z, mode), mode).mean().neg();
  sgd({ lr: 0.5 }).step(lossG, parameters(g));

  const store = new ReferenceStore();
  const inputs = [array([3, 1], [1, 2, 6]), array([3, 1], [4, 5, 3])];
  const [ld, lg] = store.run(builder, [lossD, lossG], inputs, 3);
  const a = 0.5 - Math.fround(0.05) * (2 * 4 - 3);
  expect(ld[0]).toBeCloseTo(0.5 * (2 * 4 - 3), 12);
  expect(store.get(parameters(d)[0])[0]).toBeCloseTo(a, 12);
  expect(lg[0]).toBeCloseTo(-a * 2 * 4, 12);
  expect(store.get(parameters(g)[0])[0]).toBeCloseTo(2 + 0.5 * a * 4, 12);
});
