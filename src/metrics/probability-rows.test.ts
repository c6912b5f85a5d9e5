import { expect, test } from "vitest";
import { brier, expectedCalibrationError, logLoss, reliabilityDiagram } from "./index.ts";

test("what is no probability is refused with the way out", () => {
  for (const make of [logLoss, brier, expectedCalibrationError, reliabilityDiagram]) {
    const metric = make({ classes: 2 });
    expect(() => metric.update([2, -1], [0])).toThrow(
      /^\[\w+\] score 2 is no probability — give from: "logits"/,
    );
    expect(() => make({ from: "scores" as "logits" })).toThrow('from is "scores"');
  }
});

test("large logits neither overflow nor lose the small loss", () => {
  const metric = logLoss({ classes: 2, from: "logits" });
  metric.update([1000, 0], [1]);
  expect(metric.value).toBe(1000);
  metric.reset();
  metric.update([30, 0], [0]);
  expect(metric.value).toBeCloseTo(Math.log1p(Math.exp(-30)), 25);
  const squares = brier({ from: "logits" });
  squares.update([1000, -1000], [0, 1]);
  expect(squares.value).toBe(1);
});

test("probabilities are clipped by the precision of their type", () => {
  const loss = (scores: ArrayLike<number>, eps?: number) => {
    const metric = logLoss({ eps });
    metric.update(scores, [1]);
    return metric.value;
  };
  expect(loss([0])).toBeCloseTo(52 * Math.LN2, 12);
  expect(loss(Float32Array.of(0))).toBeCloseTo(23 * Math.LN2, 12);
  expect(loss([0], 1e-15)).toBeCloseTo(15 * Math.LN10, 12);
  expect(loss([0], 0)).toBe(Infinity);
  expect(() => logLoss({ eps: 0.5 })).toThrow("[logLoss] eps is 0.5");
});

test("a confidence on a border belongs to the bin below", () => {
  const bins = 10;
  const diagram = reliabilityDiagram({ bins });
  const borders = Array.from({ length: bins + 1 }, (_, b) => b / bins);
  diagram.update(
    borders,
    borders.map(() => 1),
  );
  expect(diagram.value.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(diagram.value[3]).toEqual({ low: 0.3, high: 0.4, count: 1, accuracy: 1, confidence: 0.4 });
});

test("calibration by hand: five at 0.8, of which three are hits", () => {
  const error = expectedCalibrationError({ classes: 2 });
  const largest = expectedCalibrationError({ classes: 2, norm: "max" });
  for (const metric of [error, largest]) {
    metric.update([0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.2, 0.8, 0.2, 0.8], [0, 0, 0, 0, 0]);
    expect(metric.value).toBeCloseTo(0.2, 15);
    metric.update([1, 0, 1, 0, 1, 0, 1, 0, 1, 0], [0, 0, 0, 0, 0]);
  }
  expect(error.value).toBeCloseTo(0.1, 15);
  expect(largest.value).toBeCloseTo(0.2, 15);
  expect(() => expectedCalibrationError({ bins: 0 })).toThrow("[expectedCalibrationError] 0 bins");
  expect(() => expectedCalibrationError({ norm: "l3" as "l2" })).toThrow('norm is "l3"');
});
