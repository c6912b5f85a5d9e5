import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import { averagePrecision, prCurve, rocAuc, rocCurve } from "./index.ts";

test("the curve of Fawcett's worked example (2006, figure 3)", () => {
  const scores = [0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505, 0.4, 0.39];
  const labels = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0];
  const curve = rocCurve({ dropIntermediate: false });
  curve.update(scores, labels);
  expect(curve.value.thresholds[0]).toBe(Infinity);
  expect([...curve.value.tpr].map((x) => x * 7)).toEqual([0, 1, 2, 2, 3, 4, 5, 5, 5, 6, 6, 7, 7]);
  expect([...curve.value.fpr].map((x) => x * 5)).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 4, 4, 5]);
  const area = rocAuc();
  area.update(scores, labels);
  // Of 35 pairs, those in which the positive is ahead: 5 + 5 + 4 + 4 + 4 + 2 + 1.
  expect(area.value).toBe(25 / 35);
});

test("thresholds give what scores rounded down to them give, borders included", () => {
  const random = new Random(0);
  for (const bins of [2, 7, 50, 101]) {
    // Multiples of 1/(bins − 1), some of them computed so that they are rounded otherwise.
    const step = () => random.int(bins) / (bins - 1);
    const onGrid = Float64Array.from({ length: 300 }, step);
    const labels = onGrid.map((x) => Number(random.uniform() < 0.2 + 0.5 * x));
    for (const make of [rocAuc, averagePrecision]) {
      const [binned, exact, between] = [
        make({ thresholds: bins }),
        make(),
        make({ thresholds: bins }),
      ];
      binned.update(onGrid, labels);
      exact.update(onGrid, labels);
      between.update(
        onGrid.map((x) => Math.min(1, x + 0.9 / (bins - 1))),
        labels,
      );
      expect(binned.value).toBe(exact.value);
      expect(between.value, "rounded down").toBe(exact.value);
    }
  }
});

test("thresholds are for probabilities", () => {
  expect(() => rocAuc({ thresholds: 5 }).update([1.5], [1])).toThrow(
    "[rocAuc] score 1.5 is no probability",
  );
  expect(() => prCurve({ thresholds: 1 })).toThrow("[prCurve] 1 thresholds");
});

test("many scores are sorted fast and make a curve", () => {
  const random = new Random(1);
  const size = 300_000;
  const scores = Float32Array.from({ length: size }, () => random.uniform());
  const labels = Uint8Array.from(scores, (x) => Number(random.uniform() < x));
  const curve = rocCurve();
  const area = rocAuc();
  for (const metric of [curve, area]) metric.update(scores, labels);
  expect(curve.value.tpr.at(-1)).toBe(1);
  expect(curve.value.fpr.length).toBeGreaterThan(size / 10);
  // P(s⁺ > s⁻) with densities 2x and 2(1 − x) is 5/6.
  expect(area.value).toBeCloseTo(5 / 6, 2);
});

test("infinite scores rank, and −0 equals 0", () => {
  const area = rocAuc();
  area.update([Infinity, -Infinity, -0, 0], [1, 0, 1, 0]);
  expect(area.value).toBe(3.5 / 4);
});

test("a NaN makes averages NaN, but a class that is absent stays out of them", () => {
  for (const options of [{ classes: 3 }, { classes: 3, thresholds: 11 }]) {
    const area = rocAuc(options);
    const rows = [0.6, 0.3, 0.1, 0.2, 0.7, 0.1];
    area.update(rows, [0, 1]);
    expect(area.value).toBe(1);
    area.update([0.5, Number.NaN, 0.5], [0]);
    expect(area.value).toBeNaN();
    area.reset();
    area.update(rows, [0, 1]);
    expect(area.value).toBe(1);
    const each = rocAuc({ ...options, average: "none" });
    each.update([...rows, 0.5, Number.NaN, 0.5], [0, 1, 0]);
    expect(each.value).toEqual([1, Number.NaN, Number.NaN]);
  }
});

test("one against one is refused where it has no meaning", () => {
  const wrong = [
    {},
    { labels: 3 },
    { classes: 3, thresholds: 9 },
    { classes: 3, average: "micro" as const },
  ];
  for (const options of wrong) {
    expect(() => rocAuc({ ...options, multiClass: "ovo" })).toThrow("[rocAuc] one against one");
  }
  expect(() => rocAuc({ multiClass: "raise" as "ovo" })).toThrow('multiClass is "raise"');
});
