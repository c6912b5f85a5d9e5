import { expect, test } from "vitest";
import { relativeError } from "../../../test/reference-store.ts";
import goldens from "../golden/goldens.json" with { type: "json" };
import { constant, cosine, oneCycle, type Schedule, step, warmup } from "./index.ts";

const curves: Record<keyof typeof goldens.schedules, Schedule> = {
  step: step({ size: 6, gamma: 0.3 }),
  cosine: cosine(),
  cosineMin: cosine({ min: 0.1 }),
  oneCycle: oneCycle(),
  oneCycleLinear: oneCycle({ rise: 0.25, divFactor: 10, finalDivFactor: 100, anneal: "linear" }),
  warmup: warmup({ steps: 4, from: 0.25 }),
  warmupCosine: warmup({ steps: 5 }, cosine()),
};

test.each(Object.entries(curves))("%s follows PyTorch's curve", (name, schedule) => {
  const expected = goldens.schedules[name as keyof typeof goldens.schedules];
  const made = expected.map((_, t) => schedule(t, goldens.steps));
  expect(relativeError(made, expected)).toBeLessThan(1e-12);
});

test("constant stays, shares of all steps are steps", () => {
  expect(constant()(7, 10)).toBe(1);
  const half = step({ size: 0.5, gamma: 0.1 });
  expect([0, 4, 5, 9].map((t) => half(t, 10))).toEqual([1, 1, 0.1, 0.1]);
  const tenth = warmup({ steps: 0.1, from: 0 });
  expect([0, 5, 10].map((t) => tenth(t, 100))).toEqual([0, 0.5, 1]);
  expect(() => step({ size: 0 })).toThrow("[step]");
});

test("very short runs keep to finite rates", () => {
  for (const schedule of Object.values(curves)) {
    for (const total of [1, 2, 3]) {
      for (let t = 0; t < total; t++) expect(schedule(t, total)).toBeGreaterThanOrEqual(0);
    }
  }
});
