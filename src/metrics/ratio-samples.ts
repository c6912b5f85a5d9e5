/** The samples that all measures of `class-ratio.ts` have in common: every task, average and value of 0/0. */
import type { Average } from "./average.ts";
import type { RatioOptions } from "./class-ratio.ts";
import type { Metric } from "./metric.ts";
import type { Draw, MetricSample } from "./metric-spec.ts";

/** `score` is a function of the golden script with scikit-learn's arguments. */
export function ratioSamples(
  measure: (options: RatioOptions<Average>) => Metric<unknown>,
  score: string,
  prefix = "",
): MetricSample[] {
  const sample = (
    name: string,
    draw: Draw,
    options: Pick<RatioOptions<Average>, "average" | "zeroDivision"> = {},
  ): MetricSample => {
    const { average, zeroDivision = 0 } = options;
    const { classes, labels, pixels, ignoreIndex, threshold } = draw;
    const python = average === undefined ? "None" : `'${average}'`;
    return {
      name: `${prefix}${name}${average ? `, ${average}` : ""}`,
      make: () => measure({ classes, labels, pixels, ignoreIndex, threshold, ...options }),
      draw,
      expected: `rate(${score}, ${python}, ${String(zeroDivision).toLowerCase()})`,
    };
  };
  const averages = ["micro", "macro", "weighted", "none"] as const;
  const absent: Draw = { n: 30, classes: 5, frequency: [5, 0, 1, 1, 0], scores: "classes" };
  return [
    sample("binary", { n: 53 }),
    sample("binary, ties and few positives", {
      n: 40,
      levels: 5,
      frequency: [9, 1],
      threshold: 0.4,
    }),
    sample("binary, one class", { n: 9, frequency: [1, 0] }),
    sample("binary, no negatives, 0/0 is 1", { n: 9, frequency: [0, 1] }, { zeroDivision: 1 }),
    sample("binary over both classes", { n: 20, threshold: 0.6 }, { average: "macro" }),
    ...averages.map((average) => sample("4 classes", { n: 61, classes: 4 }, { average })),
    ...averages.map((average) => sample("absent classes", absent, { average })),
    sample("absent classes, 0/0 is 1", absent, { average: "macro", zeroDivision: 1 }),
    sample("absent classes, 0/0 is left out", absent, { average: "macro", zeroDivision: NaN }),
    sample("one class", { n: 12, classes: 3, frequency: [0, 1, 0] }),
    sample("maps", { n: 3, classes: 3, pixels: 20, ignoreIndex: 255 }),
    sample("maps of classes", {
      n: 3,
      classes: 3,
      pixels: 20,
      ignoreIndex: 2,
      scores: "classes",
    }),
    ...averages.map((average) => sample("3 labels", { n: 41, labels: 3 }, { average })),
    sample("maps of labels", { n: 2, labels: 3, pixels: 15, ignoreIndex: -1 }),
  ];
}
