/** Precision, recall, F1 and support of every class and their averages: a table as data, and as text. */
import { ConvkitError } from "../core/error.ts";
import { averageRatio, type Ratio, type RatioOptions, supportOf } from "./class-ratio.ts";
import { ConfusionCounts } from "./confusion-counts.ts";
import { fRatio } from "./f-beta.ts";
import type { Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";

export interface ReportOptions extends Omit<RatioOptions, "average"> {
  /** Of the classes or labels; their indices by default. */
  readonly names?: readonly string[];
}

export interface ReportRow {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** How often it was there. */
  readonly support: number;
}

export interface ClassificationReport {
  /** One for each class or label; of a binary task for 0 and 1. */
  readonly classes: readonly ReportRow[];
  /** The share of hits; null of a multi-label task, which has the average "micro avg" in its place. */
  readonly accuracy: number | null;
  /** `"micro avg"` of a multi-label task, `"macro avg"` and `"weighted avg"`. */
  readonly averages: readonly ReportRow[];
  readonly support: number;
}

export function classificationReport(options: ReportOptions = {}): Metric<ClassificationReport> {
  const counts = new ConfusionCounts("classificationReport", options);
  const { kind, width } = counts.task;
  const size = kind === "binary" ? 2 : width;
  const { names = Array.from({ length: size }, (_, c) => String(c)), zeroDivision } = options;
  if (names.length !== size) {
    throw new ConvkitError(
      "classificationReport",
      `${names.length} names for ${size} classes — give each its own`,
    );
  }
  const averaged = (average: "micro" | "macro" | "weighted", support: number): ReportRow => {
    const of = (ratio: Ratio) => averageRatio(counts, { average, zeroDivision }, ratio) as number;
    const name = `${average} avg`;
    return { name, precision: of(PRECISION), recall: of(RECALL), f1: of(F1), support };
  };
  const each = (ratio: Ratio) =>
    averageRatio(counts, { average: "none", zeroDivision }, ratio) as number[];
  return {
    update: (scores, labels) => counts.update(scores, labels),
    get value() {
      const [precision, recall, f1] = [PRECISION, RECALL, F1].map(each);
      const supports = counts.classes.map(supportOf);
      const support = supports.reduce((sum, n) => sum + n, 0);
      const severalLabels = kind === "labels";
      const averages = severalLabels
        ? (["micro", "macro", "weighted"] as const)
        : (["macro", "weighted"] as const);
      return {
        classes: names.map((name, c) => ({
          name,
          precision: precision[c],
          recall: recall[c],
          f1: f1[c],
          support: supports[c],
        })),
        accuracy: severalLabels ? null : counts.hits / counts.total,
        averages: averages.map((average) => averaged(average, support)),
        support,
      };
    },
    reset: () => counts.reset(),
  };
}

const PRECISION: Ratio = ({ tp, fp }) => [tp, tp + fp];
const RECALL: Ratio = ({ tp, fn }) => [tp, tp + fn];
const F1 = /* @__PURE__ */ fRatio(1);

/** Lines of a table for a terminal, numbers with `digits` decimals, 2 by default. */
export function formatReport(report: ClassificationReport, digits = 2): string {
  const titles = ["precision", "recall", "f1-score", "support"];
  const rows = [...report.classes, ...report.averages];
  const label = Math.max(...rows.map(({ name }) => name.length), "weighted avg".length, digits);
  const line = (name: string, cells: readonly string[]) =>
    [`${name.padStart(label)} `, ...cells.map((cell) => cell.padStart(9))].join(" ");
  const row = ({ name, precision, recall, f1, support }: ReportRow) =>
    line(name, [...[precision, recall, f1].map((x) => x.toFixed(digits)), String(support)]);
  const accuracy =
    report.accuracy === null
      ? []
      : [line("accuracy", ["", "", report.accuracy.toFixed(digits), String(report.support)])];
  return [
    line("", titles),
    "",
    ...report.classes.map(row),
    "",
    ...accuracy,
    ...report.averages.map(row),
    "",
  ].join("\n");
}

export const classificationReportSpec: MetricSpec = {
  name: "classificationReport",
  formula: "precision, recall, F1 and support by class, and their averages",
  shapes: "scores N×K, labels N → a table",
  source: "scikit-learn, Pedregosa et al. 2011, JMLR 12",
  torch: "sklearn.metrics.classification_report",
  memory: "constant",
  nan: "missed",
  empty: "zeros",
  // biome-ignore format: one case a line
  samples: [
    { name: "4 classes, one absent", make: () => classificationReport({ classes: 4 }), draw: { n: 50, classes: 4, frequency: [5, 2, 1, 0] }, expected: "report(y, p, k)" },
    { name: "binary, one class", make: () => classificationReport(), draw: { n: 20, frequency: [1, 0] }, expected: "report(y, p, 2)" },
    { name: "maps", make: () => classificationReport({ classes: 3, pixels: 15, ignoreIndex: 255 }), draw: { n: 3, classes: 3, pixels: 15, ignoreIndex: 255 }, expected: "report(y, p, k)" },
    { name: "labels", make: () => classificationReport({ labels: 3 }), draw: { n: 40, labels: 3 }, expected: "report(y, p, k)" },
  ],
};
