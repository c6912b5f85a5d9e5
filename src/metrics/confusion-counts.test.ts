import { expect, test } from "vitest";
import {
  accuracy,
  cohenKappa,
  confusionMatrix,
  jaccard,
  matthews,
  precision,
  recall,
} from "./index.ts";

// Two images of 2×1 pixels, three classes, as a network gives them: class by class.
const maps = [0.1, 0.7, 0.8, 0.2, 0.1, 0.1, /* second */ 0.3, 0, 0.3, 0, 0.4, 1];

test("scores of maps lie class by class", () => {
  const metric = confusionMatrix(3, { pixels: 2 });
  metric.update(maps, [1, 2, 2, 2]); // The largest are 1, 0 and 2, 2.
  expect(metric.value).toEqual([
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 2],
  ]);
  expect(() => metric.update(maps.slice(0, 9), [0, 1, 2])).toThrow(
    "[confusionMatrix] 9 scores and 3 labels do not go together — give scores N×3×2 pixels and labels N×2 pixels",
  );
});

test("predicted classes stand in for scores, and have to be classes", () => {
  const metric = jaccard({ classes: 3, average: "none", ignoreIndex: 255 });
  metric.update(Uint8Array.of(0, 1, 2, 2), Uint8Array.of(0, 1, 1, 255));
  expect(metric.value).toEqual([1, 0.5, 0]);
  expect(() => metric.update([3], [0])).toThrow("[jaccard] predicted class 3 is not below 3");
  expect(() => metric.update([Number.NaN], [0])).toThrow("predicted class NaN");
  expect(() => metric.update([0], [254])).toThrow("label 254 is not below 3 and whole, nor is it");
});

test("a score at the threshold is below it", () => {
  const metric = precision({ threshold: 0.5 });
  metric.update([0.5, 0.6], [0, 1]);
  expect(metric.value).toBe(1);
});

test("an example that has no score but NaN is missed by its class and taken for none", () => {
  const nothing = [Number.NaN, Number.NaN];
  const metrics = [recall, precision].map((make) => make({ classes: 2, average: "none" }));
  const hits = accuracy({ classes: 2 });
  for (const metric of [...metrics, hits]) metric.update([...nothing, 1, 0, 0, 1], [0, 0, 1]);
  expect(metrics.map(({ value }) => value)).toEqual([
    [0.5, 1],
    [1, 1],
  ]);
  expect(hits.value).toBe(2 / 3);
  const kappa = cohenKappa({ classes: 2 });
  kappa.update(nothing, [1]);
  expect(kappa.value).toBeNaN();
  // The missed one counts as if taken for a third class: (2·3 − 3)/√((9 − 3)(9 − 5)).
  const correlation = matthews({ classes: 2 });
  correlation.update([...nothing, 1, 0, 0, 1], [0, 0, 1]);
  expect(correlation.value).toBeCloseTo(Math.sqrt(3 / 8), 14);
});

test("options that contradict each other are refused", () => {
  expect(() => precision({ classes: 3, labels: 2 })).toThrow(
    "[precision] got 3 classes and 2 labels",
  );
  expect(() => precision({ classes: 3, threshold: 0.5 })).toThrow("a threshold and classes");
  expect(() => precision({ classes: 0 })).toThrow("0 classes — a whole number from 1");
  expect(() => precision({ classes: 2, pixels: 1.5 })).toThrow("1.5 pixels");
  expect(() => precision({ average: "mean" as "macro" })).toThrow('average is "mean"');
  expect(() => confusionMatrix(2, { normalize: "rows" as "true" })).toThrow('normalize is "rows"');
  expect(() => cohenKappa({ weights: "cubic" as "linear" })).toThrow('weights are "cubic"');
});
