/** Row: the true class; column: the class with the largest score; entry: how many examples. */
import { ConvkitError } from "../core/error.ts";
import { bestClass, classesOf, type Metric } from "./metric.ts";

export function confusionMatrix(classes: number): Metric<number[][]> {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new ConvkitError("confusionMatrix", `${classes} classes — at least one is needed`);
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  return {
    update(scores, labels) {
      const given = classesOf("confusionMatrix", scores, labels);
      if (given !== classes) {
        throw new ConvkitError(
          "confusionMatrix",
          `is for ${classes} classes, got ${given} scores for each example`,
        );
      }
      for (let i = 0; i < labels.length; i++) {
        const row = counts[labels[i]];
        if (!row) {
          throw new ConvkitError("confusionMatrix", `label ${labels[i]} is not below ${classes}`);
        }
        row[bestClass(scores, i, classes)]++;
      }
    },
    get value() {
      return counts.map((row) => [...row]);
    },
    reset() {
      for (const row of counts) row.fill(0);
    },
  };
}
