import { expect, test } from "vitest";
import { goldenList } from "../../../test/golden/optim-problem.ts";
import { relativeError } from "../../../test/reference-store.ts";
import * as schedules from "./index.ts";
import { scheduleSpecs } from "./specs.ts";

const {
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  exponential,
  inverseSqrt,
  linear,
  multiStep,
  oneCycle,
  polynomial,
  reduceOnPlateau,
  step,
  warmup,
} = schedules;
const STEPS = 100;
/** Steps to an entry of a sample's history. */
const EPOCH = 4;

const samples = scheduleSpecs.flatMap((spec) =>
  spec.samples.map((sample) => ({ title: `${spec.name}: ${sample.name}`, ...sample })),
);

test("every schedule is in the list", () => {
  expect(scheduleSpecs.map(({ name }) => name).sort()).toEqual(Object.keys(schedules).sort());
});

test.each(samples)("$title follows PyTorch's curve", ({ title, schedule, history = [] }) => {
  const expected = goldenList(title);
  expect(expected).toHaveLength(STEPS);
  const made = expected.map((_, t) => schedule(t, STEPS, history.slice(0, Math.floor(t / EPOCH))));
  expect(relativeError(made, expected)).toBeLessThan(1e-12);
});

test("a line or a power over no steps is at its end", () => {
  expect(linear({ from: 0.5, to: 0.25, steps: 0 })(0, 10)).toBe(0.25);
  expect(polynomial({ end: 0.25, steps: 0 })(0, 10)).toBe(0.25);
});

test("constant stays, shares of all steps are steps", () => {
  expect(constant()(7, 10)).toBe(1);
  const half = step({ size: 0.5, gamma: 0.1 });
  expect([0, 4, 5, 9].map((t) => half(t, 10))).toEqual([1, 1, 0.1, 0.1]);
  const tenth = warmup({ steps: 0.1, from: 0 });
  expect([0, 5, 10].map((t) => tenth(t, 100))).toEqual([0, 0.5, 1]);
  const late = multiStep({ milestones: [0.5, 8], gamma: 0.5 });
  expect([4, 5, 7, 8].map((t) => late(t, 10))).toEqual([1, 0.5, 0.5, 0.25]);
});

test("a plateau after a warm-up sees the whole history", () => {
  const schedule = warmup({ steps: 2, from: 0.5 }, reduceOnPlateau({ patience: 0, factor: 0.5 }));
  expect(schedule(0, 10, [])).toBe(0.5);
  expect(schedule(5, 10, [1, 0.9, 0.9])).toBe(0.5);
  // Without a history there is nothing to go by.
  expect(schedule(5, 10)).toBe(1);
});

test("very short runs keep to finite rates", () => {
  for (const { schedule, history } of samples) {
    for (const total of [1, 2, 3]) {
      for (let t = 0; t < total; t++) {
        expect(schedule(t, total, history)).toBeGreaterThanOrEqual(0);
        expect(schedule(t, total, history)).toBeLessThanOrEqual(1);
      }
    }
  }
});

test("settings that make no sense are refused", () => {
  expect(() => step({ size: 0 })).toThrow("[step]");
  expect(() => multiStep({ milestones: [-1] })).toThrow("[multiStep] milestones -1");
  expect(() => exponential({ gamma: 0 })).toThrow("[exponential] a factor of 0");
  expect(() => cosineRestarts({ t0: 0 })).toThrow("[cosineRestarts] t0 is 0");
  expect(() => cosineRestarts({ tMult: 0.5 })).toThrow("[cosineRestarts]");
  expect(() => cyclic({ up: 0 })).toThrow("[cyclic] 0 steps up");
  expect(() => inverseSqrt({ timescale: 0 })).toThrow("[inverseSqrt]");
  expect(() => reduceOnPlateau({ factor: 1 })).toThrow("[reduceOnPlateau] factor is 1");
  expect(() => oneCycle({ rise: 30 })).toThrow("[oneCycle] rise is 30");
  // As a command line may have them.
  const word = "1e" as unknown as number;
  const made: [string, () => unknown][] = [
    ["cosine", () => cosine({ min: word })],
    ["cosineRestarts", () => cosineRestarts({ min: word })],
    ["cyclic", () => cyclic({ low: word })],
    ["exponential", () => exponential({ end: word })],
    ["linear", () => linear({ to: word })],
    ["multiStep", () => multiStep({ gamma: word })],
    ["oneCycle", () => oneCycle({ divFactor: word })],
    ["polynomial", () => polynomial({ power: word })],
    ["reduceOnPlateau", () => reduceOnPlateau({ min: word })],
    ["step", () => step({ gamma: word })],
    ["warmup", () => warmup({ steps: 1, from: word })],
  ];
  for (const [name, make] of made)
    expect(make).toThrow(new RegExp(`^\\[${name}\\] \\w+ is 1e — give a number`));
});
