/** One suite for every measure: its golden numbers, any cut into batches, resetting, and what it is fed wrongly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Drawn, draw } from "./golden/draw.ts";
import type { Metric } from "./metric.ts";
import type { Draw, MetricSpec } from "./metric-spec.ts";
import { metricSpecs } from "./specs.ts";

const goldenFile = join(import.meta.dirname, "golden/metrics.json");
const goldens: Record<string, (number | string)[]> = JSON.parse(readFileSync(goldenFile, "utf8"));

/** Every number within a value, in order. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(numbersIn);
}

/** Feeds examples `cuts[i]` to `cuts[i + 1]` at a time. */
function fed<V>(metric: Metric<V>, { scores, labels }: Drawn, n: number, cuts: number[] = []): V {
  const bounds = [0, ...cuts, n];
  for (let i = 1; i < bounds.length; i++) {
    const part = (data: Float64Array) =>
      data.slice((bounds[i - 1] * data.length) / n, (bounds[i] * data.length) / n);
    metric.update(part(scores), part(labels));
  }
  return metric.value;
}

function worstError(found: readonly number[], expected: readonly number[]): number {
  expect(found.length, "how many numbers").toBe(expected.length);
  const error = (a: number, b: number) =>
    Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(b));
  return found.reduce((worst, x, i) => {
    const own = error(x, expected[i]);
    return own <= worst ? worst : own;
  }, 0);
}

const labelRange = ({ classes }: Draw) => classes ?? 2;
const oneClass = ({ frequency }: Draw) => frequency?.filter((share) => share > 0).length === 1;

test("every measure is listed once, and tells its memory truly", () => {
  const names = metricSpecs.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const titles = metricSpecs.flatMap((s) => s.samples.map(({ name }) => `${s.name}: ${name}`));
  expect(new Set(titles).size).toBe(titles.length);
  expect(Object.keys(goldens)).toEqual(titles);
  const linear = metricSpecs.filter(({ memory }) => memory === "linear").map(({ name }) => name);
  expect(linear).toEqual(["rocCurve", "rocAuc", "prCurve", "averagePrecision"]);
});

describe.each(metricSpecs.map((spec) => [spec.name, spec] as const))("%s", (_, spec) => {
  const samples = spec.samples.map((sample) => {
    const data = draw(sample.draw, `${spec.name}: ${sample.name}`);
    return { ...sample, data, n: sample.draw.n };
  });

  test.each(samples)("golden: $name", ({ name, make, data, n }) => {
    const golden = goldens[`${spec.name}: ${name}`].map(Number);
    expect(worstError(numbersIn(fed(make(), data, n)), golden)).toBeLessThanOrEqual(1e-12);
  });

  test.each(samples)("batches do not matter, and a reset forgets: $name", ({ make, data, n }) => {
    const whole = fed(make(), data, n);
    const metric = make();
    for (let image = 1; image < n; image++) fed(metric, data, n, [image]);
    metric.reset();
    expect(fed(metric, data, n, n > 1 ? [1, (n + 1) >> 1] : [])).toEqual(whole);
    metric.reset();
    const singly = Array.from({ length: n - 1 }, (_, i) => i + 1);
    expect(fed(metric, data, n, singly)).toEqual(whole);
    expect(metric.value, "reading changes nothing").toEqual(whole);
  });

  test("is undefined before the first example", () => {
    for (const { make } of samples) checkEmpty(make().value, spec);
  });

  test("a score that is NaN", () => {
    for (const { make, data, n, draw: from } of samples) {
      if (from.scores === "classes") continue;
      const at = data.labels.findIndex((label) => label !== from.ignoreIndex);
      const scoresAt = (index: number) => {
        const { classes = 1, pixels = 1 } = from;
        const pixel = index % pixels;
        return (index - pixel) * classes + pixel;
      };
      const replaced = (x: number) => ({ ...data, scores: data.scores.with(scoresAt(at), x) });
      const found = fed(make(), replaced(Number.NaN), n);
      if (spec.nan === "missed") expect(found).toEqual(fed(make(), replaced(-Infinity), n));
      else {
        // A curve without order has no points; averages and bins are NaN.
        const points = numbersIn(fed(make(), data, n)).length;
        const numbers = numbersIn(found);
        expect(numbers.length < points || numbers.some(Number.isNaN), "spread").toBe(true);
      }
    }
  });

  test("labels that cannot be and lengths that do not fit are refused", () => {
    for (const { make, data, draw: from } of samples) {
      expect(() => make().update(data.scores, data.labels.slice(1))).toThrow(/do not|not go/);
      if (from.values) continue;
      for (const wrong of [labelRange(from), -2, 0.5, Number.NaN]) {
        const labels = data.labels.with(0, wrong);
        expect(() => make().update(data.scores, labels), `label ${wrong}`).toThrow(
          new RegExp(`\\[\\w+\\] label ${wrong} is not below`),
        );
      }
    }
  });

  test("some sample has examples of one class only", () => {
    const labelled = samples.filter(({ draw: { values } }) => !values);
    expect(labelled.length === 0 || labelled.some(({ draw: from }) => oneClass(from))).toBe(true);
  });
});

function checkEmpty(value: unknown, spec: MetricSpec): void {
  const numbers = numbersIn(value);
  if (spec.empty === "nothing") expect(numbers).toEqual([]);
  else if (spec.empty === "zeros") {
    if (spec.name === "reliabilityDiagram") {
      expect(numbers.every((x) => Number.isNaN(x) || (x >= 0 && x <= 1))).toBe(true);
    } else expect(numbers.filter((x) => x !== 0 && !Number.isNaN(x))).toEqual([]);
  } else {
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((x) => !Number.isNaN(x))).toEqual([]);
  }
}
