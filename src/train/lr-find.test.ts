import { afterAll, expect, test } from "vitest";
import { type Dataset, glyphs } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { adam } from "../optim/index.ts";
import { openDevice } from "../tensor/index.ts";
import { lrFind, train } from "./index.ts";
import { suggestRates } from "./lr-suggestions.ts";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

const data = glyphs({ train: 640, test: 10 });

test("lenet5 on glyphs: a rate that trains, between those that do nothing and those that break", async () => {
  const found = await lrFind("lenet5", { data, batch: 32, device });
  const { rates, losses, smoothed, valley, steepest, minimum } = found;
  expect(rates[0]).toBeCloseTo(1e-7, 12);
  expect(rates[1] / rates[0]).toBeCloseTo((10 / 1e-7) ** (1 / 99), 9);
  expect([losses.length, smoothed.length]).toEqual([rates.length, rates.length]);
  expect(found.diverged).toBe(true);
  for (const rate of [valley, steepest, minimum]) {
    expect(rate).toBeGreaterThan(1e-4);
    expect(rate).toBeLessThan(0.1);
  }
  expect(found.suggestion).toBe(valley);
  const settings = { data, batch: 32, epochs: 2, device, schedule: "constant" } as const;
  const accuracyAt = async (lr: number) =>
    (await train("lenet5", { ...settings, optimizer: { name: "adamw", lr } })).history[1].accuracy;
  const good = await accuracyAt(found.suggestion);
  expect(good).toBeGreaterThan(0.5);
  expect(good).toBeGreaterThan(await accuracyAt(1e-6));
  expect(good).toBeGreaterThan(await accuracyAt(1));
});

/** Two points, one feature: the loss is (w·x − y)²-like and steps beyond 2/curvature diverge. */
const points: Dataset = {
  name: "points",
  length: 8,
  classes: ["a", "b"],
  shape: [1, 1, 2],
  images: Uint8Array.from({ length: 16 }, (_, i) => ((i >> 1) % 2 === i % 2 ? 255 : 0)),
  labels: Int32Array.from({ length: 8 }, (_, i) => i % 2),
};

test("on a quadratic it stays below the rate that diverges", async () => {
  const net = nn.sequential(nn.flatten(), nn.linear(2));
  const options = { data: { train: points, test: points }, batch: 8, device };
  const found = await lrFind(net, {
    ...options,
    optimizer: { name: "sgd" },
    loss: (output, labels) =>
      output
        .sub(output.builder.apply("oneHot", [labels], { classes: 2 }))
        .square()
        .sum(1)
        .mean(),
    start: 1e-4,
    end: 100,
  });
  expect(found.diverged).toBe(true);
  // With features standardised or not, no curvature here is above 10 or below 0.1.
  for (const rate of [found.valley, found.steepest, found.minimum]) {
    expect(rate).toBeGreaterThan(1e-3);
    expect(rate).toBeLessThan(20);
  }
});

test("weights, running statistics and the optimiser's states are put back bit for bit", async () => {
  const net = nn.initialize(
    nn.sequential(
      nn.conv2d(4, { kernel: 3 }),
      nn.batchNorm2d(),
      nn.flatten(),
      nn.dropout(0.2),
      nn.linear(10),
    ),
    [1, 28, 28],
  );
  const optimizer = adam({ lr: 0.01 });
  await train(net, { data, epochs: 1, optimizer, device });
  const states = () =>
    [...nn.namedStates(net).map(([, { parameter }]) => parameter), ...optimizer.state()].map(
      (parameter) => [parameter.name, ...parameter.read()],
    );
  const before = states();
  const done: number[] = [];
  const found = await lrFind(net, {
    ...{ data, batch: 64, optimizer, device, steps: 30, end: 1 },
    onProgress: (k) => done.push(k),
  });
  expect(states()).toEqual(before);
  expect(done).toEqual(found.rates.map((_, i) => i + 1));
  // The same search again finds the same.
  const again = await lrFind(net, { data, batch: 64, optimizer, device, steps: 30, end: 1 });
  expect(again).toEqual(found);
});

test("suggestions are read off the curve", () => {
  const steps = 40;
  const rates = Array.from({ length: steps }, (_, k) => 10 ** (k / 10));
  // Flat until 10, falls until 30, fastest at 20, rises to the end.
  const smoothed = rates.map((_, k) =>
    k < 10 ? 5 : k <= 30 ? 5 - 4 / (1 + Math.exp(-(k - 20))) + 0.001 * (30 - k) : k - 29,
  );
  const { steepest, minimum, valley } = suggestRates(rates, smoothed, steps);
  expect(Math.abs(Math.log10(steepest) - 2)).toBeLessThan(0.11);
  expect(minimum).toBeCloseTo(rates[30] / 10, 9);
  // The longest fall has 21 steps and ends at 30: 7 + 3 after 9.
  expect(valley).toBe(rates[19]);
});

test("what makes no sense is refused", async () => {
  const fails = (options: object) => expect(lrFind("lenet5", { data, device, ...options })).rejects;
  await fails({ start: 0 }).toThrow("[lrFind] from 0 to 10");
  await fails({ start: 1, end: 0.1 }).toThrow("[lrFind] from 1 to 0.1");
  await fails({ steps: 5 }).toThrow("[lrFind] 5 steps");
  await fails({ smoothing: 1 }).toThrow("[lrFind] smoothing is 1");
  await fails({ start: 1e20, end: 1e30, steps: 20 }).toThrow("[lrFind] the loss was lost after");
});
