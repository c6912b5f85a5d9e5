/** Row: the true class; column: the class with the largest score; entry: how many examples. */
import { ConvkitError } from "../core/error.ts";
import { ConfusionCounts } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { TaskOptions } from "./task.ts";

export interface ConfusionMatrixOptions extends Pick<TaskOptions, "pixels" | "ignoreIndex"> {
  /**
   * Shares in place of counts: of the true class (rows sum to 1), of the predicted class (columns do) or of all. A row or
   * column without examples is 0.
   */
  readonly normalize?: "true" | "pred" | "all";
}

/** An example whose scores are all NaN is in no column. */
export function confusionMatrix(
  classes: number,
  options: ConfusionMatrixOptions = {},
): Metric<number[][]> {
  const { normalize } = options;
  if (normalize !== undefined && !/^(true|pred|all)$/.test(normalize)) {
    throw new ConvkitError(
      "confusionMatrix",
      `normalize is "${normalize}", expected "true", "pred" or "all"`,
    );
  }
  const counts = new ConfusionCounts("confusionMatrix", { ...options, classes });
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      const { matrix } = counts;
      if (normalize === undefined) return matrix;
      const rows = matrix.map((row) => sumOf(row));
      const columns = matrix.map((_, c) => sumOf(matrix.map((row) => row[c])));
      const all = sumOf(rows);
      const whole = (r: number, c: number) => ({ true: rows[r], pred: columns[c], all })[normalize];
      return matrix.map((row, r) => row.map((count, c) => (count === 0 ? 0 : count / whole(r, c))));
    },
    reset: () => counts.reset(),
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);

export const confusionMatrixSpec: MetricSpec = {
  name: "confusionMatrix",
  formula: "C[t, p] = #{i : y[i] = t, argmax s[i] = p}",
  shapes: "scores N×K, labels N → K×K",
  source: "Townsend 1971, Perception & Psychophysics 9",
  torch: "sklearn.metrics.confusion_matrix",
  memory: "constant",
  nan: "missed",
  empty: "zeros",
  // biome-ignore format: one case a line
  samples: [
    { name: "counts", make: () => confusionMatrix(4), draw: { n: 60, classes: 4 }, expected: "M.confusion_matrix(y, p, labels=range(k))" },
    { name: "rows", make: () => confusionMatrix(4, { normalize: "true" }), draw: { n: 20, classes: 4, frequency: [1, 1, 5, 0] }, expected: "M.confusion_matrix(y, p, labels=range(k), normalize='true')" },
    { name: "columns", make: () => confusionMatrix(4, { normalize: "pred" }), draw: { n: 20, classes: 4, frequency: [1, 1, 5, 0], scores: "classes" }, expected: "M.confusion_matrix(y, p, labels=range(k), normalize='pred')" },
    { name: "shares of all, maps", make: () => confusionMatrix(3, { normalize: "all", pixels: 12, ignoreIndex: 255 }), draw: { n: 3, classes: 3, pixels: 12, ignoreIndex: 255 }, expected: "M.confusion_matrix(y, p, labels=range(k), normalize='all')" },
    { name: "one class", make: () => confusionMatrix(2), draw: { n: 9, classes: 2, frequency: [0, 1] }, expected: "M.confusion_matrix(y, p, labels=range(k))" },
  ],
};
