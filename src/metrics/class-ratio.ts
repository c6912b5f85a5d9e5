/** Measures that are a ratio of counts of one class against the rest, averaged over classes: precision, Jaccard, … . */
import { type Average, type Averaged, averageOf, checkAverage } from "./average.ts";
import { type ClassCount, ConfusionCounts, type CountOptions } from "./confusion-counts.ts";
import type { Metric } from "./metric.ts";

export interface RatioOptions<A extends Average = "macro"> extends CountOptions {
  /** `"macro"` by default; for a binary task that of class 1 alone, unless an average (over 0 and 1) is asked for. */
  readonly average?: A;
  /**
   * The value of a class for which the ratio is 0/0, as it was neither there nor predicted: 0 by default. NaN leaves such
   * classes out of the averages.
   */
  readonly zeroDivision?: number;
}

/** Numerator and denominator. */
export type Ratio = (count: ClassCount) => readonly [number, number];

export function classRatio<A extends Average>(
  where: string,
  options: RatioOptions<A>,
  ratio: Ratio,
): Metric<Averaged<A>> {
  checkAverage(where, options.average);
  const counts = new ConfusionCounts(where, options);
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      return averageRatio(counts, options, ratio) as Averaged<A>;
    },
    reset: () => counts.reset(),
  };
}

/** The ratio as counted so far; NaN where nothing was. */
export function averageRatio(
  counts: ConfusionCounts,
  options: Pick<RatioOptions<Average>, "average" | "zeroDivision">,
  ratio: Ratio,
): number | number[] {
  const { average, zeroDivision = 0 } = options;
  const { classes } = counts;
  const undefinedRatio = counts.total > 0 ? zeroDivision : Number.NaN;
  const quotient = (count: ClassCount) => {
    const [numerator, denominator] = ratio(count);
    return denominator === 0 ? undefinedRatio : numerator / denominator;
  };
  if (counts.task.kind === "binary" && average === undefined) return quotient(classes[1]);
  if (average === "micro") return quotient(classes.reduce(addCounts));
  const values = classes.map(quotient);
  if (average === "none") return values;
  return averageOf(values, classes.map(supportOf), average ?? "macro");
}

/** How often the class was there. */
export const supportOf = ({ tp, fn }: ClassCount): number => tp + fn;

const addCounts = (a: ClassCount, b: ClassCount): ClassCount => ({
  tp: a.tp + b.tp,
  fp: a.fp + b.fp,
  fn: a.fn + b.fn,
  tn: a.tn + b.tn,
});
