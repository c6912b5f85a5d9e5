/** From one number for each class to one for all: the averages of scikit-learn. */
import { ConvkitError } from "../core/error.ts";

/**
 * `"macro"`: the mean over classes; `"weighted"`: weighted by how often a class occurs; `"micro"`: over all decisions
 * together; `"none"`: one number for each class.
 */
export type Average = "micro" | "macro" | "weighted" | "none";

export type Averaged<A extends Average> = A extends "none" ? number[] : number;

export function checkAverage(where: string, average: string | undefined): void {
  if (average === undefined || /^(micro|macro|weighted|none)$/.test(average)) return;
  throw new ConvkitError(
    where,
    `average is "${average}", expected "micro", "macro", "weighted" or "none"`,
  );
}

/** Classes whose value is NaN, as it is not defined for them, stay out of the mean. */
export function averageOf(
  values: readonly number[],
  weights: readonly number[],
  average: "macro" | "weighted",
): number {
  const defined = values.flatMap((value, c) => (Number.isNaN(value) ? [] : [c]));
  const heavy = average === "weighted" && defined.some((c) => weights[c] > 0);
  let sum = 0;
  let total = 0;
  for (const c of defined) {
    const weight = heavy ? weights[c] : 1;
    sum += weight * values[c];
    total += weight;
  }
  return sum / total;
}
