import { expect, test } from "vitest";
import { accuracy, confusionMatrix, topK } from "./index.ts";

// Three examples of three classes; the largest scores are classes 1, 0, 2.
const scores = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0, 1, 5];
const labels = [1, 1, 2];

test("accuracy adds up over batches of different sizes", () => {
  const metric = accuracy();
  expect(metric.value).toBeNaN();
  metric.update(scores.slice(0, 6), labels.slice(0, 2));
  expect(metric.value).toBe(0.5);
  metric.update(scores.slice(6), labels.slice(2));
  expect(metric.value).toBe(2 / 3);
  metric.reset();
  metric.update(scores.slice(6), labels.slice(2));
  expect(metric.value).toBe(1);
});

test("top-k counts a label that is second, and no label twice", () => {
  const two = topK(2);
  two.update(scores, [0, 1, 0]);
  expect(two.value).toBe(1 / 3);
  const ties = topK(1);
  ties.update([1, 1, 1], [0]);
  ties.update([1, 1, 1], [1]);
  expect(ties.value).toBe(0.5);
  expect(() => topK(0)).toThrow("[topK]");
});

test("a score that is no number is never a hit", () => {
  const metric = accuracy();
  metric.update([Number.NaN, Number.NaN], [0]);
  metric.update([Number.NaN, 1], [1]);
  expect(metric.value).toBe(0.5);
});

test("the confusion matrix has true classes in rows", () => {
  const metric = confusionMatrix(3);
  metric.update(scores, labels);
  expect(metric.value).toEqual([
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 1],
  ]);
  expect(() => metric.update([0, 0, 0], [3])).toThrow("label 3 is not below 3");
  expect(() => metric.update([0, 0], [0])).toThrow("[confusionMatrix]");
  expect(() => metric.update([0, 0, 0, 0], [0, 1, 2])).toThrow("do not go together");
});
