import { afterAll, expect, test } from "vitest";
import { mse } from "../losses/index.ts";
import * as nn from "../nn/index.ts";
import { compile, openDevice, tensor } from "../tensor/index.ts";
import { ema, sgd, swa, updateBatchNorm, type WeightAverage } from "./index.ts";

const device = await openDevice({ backend: "reference" });
afterAll(() => device.dispose());

const rows = (n: number, start = 0) =>
  tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(1.3 * i + start)),
    [n, 2],
  );
const makeNet = () =>
  nn.initialize(nn.sequential(nn.linear(3), nn.batchNorm1d(), nn.linear(1)), [2], { seed: 3 });
const valuesOf = (net: nn.Module) =>
  nn.namedStates(net).map(([, { parameter }]) => Float64Array.from(parameter.read()));

/** Runs steps, each averaged, and gives the network's values before the first and after each. */
async function train(net: nn.Module, average: WeightAverage, steps: number, bad = -1) {
  const optimizer = sgd({ lr: 0.1 });
  const step = compile(
    (x) => {
      const loss = mse(net.call(x, { training: true }), x.sum(1, true));
      const { updated } = optimizer.step(loss, nn.parameters(net));
      average.update(updated);
      return loss;
    },
    { device },
  );
  const seen = [valuesOf(net)];
  for (let t = 0; t < steps; t++) {
    const x = rows(4, t);
    if (t === bad) x.data[0] = Number.NaN;
    await step(x);
    seen.push(valuesOf(net));
  }
  step.dispose();
  return seen;
}

function expectAverages(average: WeightAverage, expected: readonly Float64Array[]): void {
  const averages = average.state().slice(0, -1);
  for (const [i, values] of expected.entries()) {
    const made = averages[i].read();
    for (const [k, value] of values.entries()) expect(made[k]).toBeCloseTo(value, 7);
  }
}

test("ema follows weights and running statistics, skips bad steps, copies whole numbers", async () => {
  const net = makeNet();
  const average = ema(net, { decay: 0.8 });
  const seen = await train(net, average, 5, 2);
  const names = nn.namedStates(net).map(([name]) => name);
  const counter = names.indexOf("1.num_batches_tracked");
  const expected = seen[0].map((values) => values.slice());
  for (const [t, values] of seen.slice(1).entries()) {
    if (t === 2) expect(values).toEqual(seen[2]);
    else
      for (const [i, a] of expected.entries())
        for (const k of a.keys())
          a[k] = i === counter ? values[i][k] : 0.8 * a[k] + 0.2 * values[i][k];
  }
  expectAverages(average, expected);
  expect(average.state().map(({ name }) => name)).toEqual([
    ...names.map((name) => `ema.${name}`),
    "ema.updates",
  ]);
  expect(average.state().at(-1)?.read()[0]).toBe(4);
});

test("a warm-up forgets the first weights soon", async () => {
  const net = makeNet();
  const average = ema(net, { warmup: true });
  const seen = await train(net, average, 3);
  const expected = seen[0].map((values) => values.slice());
  for (const [t, values] of seen.slice(1).entries()) {
    const decay = (1 + t) / (10 + t);
    for (const [i, a] of expected.entries()) {
      for (const k of a.keys()) a[k] = decay * a[k] + (1 - decay) * values[i][k];
    }
  }
  // The last is a whole number.
  expectAverages(average, expected.slice(0, 4));
});

test("swa is the mean of all weights but the first", async () => {
  const net = makeNet();
  const average = swa(net);
  const seen = await train(net, average, 4);
  const mean = seen[1].map((first, i) =>
    first.map((_, k) => seen.slice(1).reduce((sum, values) => sum + values[i][k] / 4, 0)),
  );
  expectAverages(average, mean.slice(0, 4));
});

test("averages and weights change places and come back; states can be put back", async () => {
  const net = makeNet();
  const average = ema(net, { decay: 0.5 });
  await train(net, average, 3);
  const weights = valuesOf(net);
  const averages = average.state().map((p) => p.read().slice());
  average.swap();
  expect(valuesOf(net)).toEqual(averages.slice(0, -1).map((values) => Float64Array.from(values)));
  average.swap();
  expect(valuesOf(net)).toEqual(weights);
  average.copyToNetwork();
  expect(valuesOf(net)).toEqual(averages.slice(0, -1).map((values) => Float64Array.from(values)));
  const again = ema(makeNet(), { decay: 0.5 });
  again.restore(new Map(average.state().map((p) => [p.name, p.read()])));
  // On no device yet, so kept in f32.
  expect(again.state().map((p) => Array.from(p.read()))).toEqual(
    averages.map((values) => Array.from(values, Math.fround)),
  );
});

test("a network without weights, and a decay beyond 1, are refused", () => {
  expect(() => ema(nn.sequential(nn.linear(2)))).toThrow("[ema] the network has no weights yet");
  expect(() => ema(makeNet(), { decay: 1.5 })).toThrow("[ema] decay is 1.5");
});

test.each([0.1, 0.3, null])(
  "updateBatchNorm takes the mean over batches, momentum %s",
  async (momentum) => {
    const net = nn.initialize(nn.sequential(nn.batchNorm1d({ momentum })), [2]);
    const batches = [rows(6), rows(6, 2), rows(3, 5)];
    await updateBatchNorm(net, batches, { device });
    const state = nn.stateDict(net);
    for (const channel of [0, 1]) {
      const of = batches.map(({ data, shape }) => {
        const values = Array.from(data).filter((_, i) => i % 2 === channel);
        const mean = values.reduce((sum, value) => sum + value, 0) / shape[0];
        const variance =
          values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (shape[0] - 1);
        return { mean, variance };
      });
      const average = (pick: (batch: (typeof of)[number]) => number) =>
        of.reduce((sum, batch) => sum + pick(batch) / of.length, 0);
      expect(state.get("0.running_mean")?.data[channel]).toBeCloseTo(
        average(({ mean }) => mean),
        6,
      );
      expect(state.get("0.running_var")?.data[channel]).toBeCloseTo(
        average(({ variance }) => variance),
        6,
      );
    }
    expect(Number(state.get("0.num_batches_tracked")?.data[0])).toBe(3);
  },
);
