/**
 * What a measure's file says of the measure: its entry in the catalogue, and samples on which every generic test runs.
 * It is an export of its own beside the measure, `precisionSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../core/catalog.ts";
import type { Shape } from "../core/shape.ts";
import type { Metric } from "./metric.ts";

export interface MetricSpec extends CatalogEntry {
  /** Whether what it keeps grows with the number of examples. */
  readonly memory: "constant" | "linear";
  /** What a score that is NaN does: `"missed"` takes it for the smallest of all, `"spreads"` makes the value NaN. */
  readonly nan: "missed" | "spreads";
  /** Value before the first example, where it is not NaN: counts are 0, curves have no points. */
  readonly empty?: "zeros" | "nothing";
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** Told from the measure's other samples by it. */
  readonly name: string;
  readonly make: () => Metric<unknown>;
  readonly draw: Draw;
  /**
   * In the golden script, an expression of the value: of scores `s`, labels `y`, predictions `p` and the number of
   * classes or labels `k` (see golden/make_metrics.py).
   */
  readonly expected: string;
}

/** What a sample's data are drawn from: scores are uniform, with the true class ahead more often than not. */
export interface Draw {
  /** Examples or images. */
  readonly n: number;
  readonly classes?: number;
  readonly labels?: number;
  readonly pixels?: number;
  /** Probabilities by default. */
  readonly scores?: "probabilities" | "logits" | "classes";
  /** Scores are rounded to so many levels, so that many are equal. */
  readonly levels?: number;
  /** How often each class is drawn, in proportion; 0 for one that is absent. Equally often by default. */
  readonly frequency?: readonly number[];
  /** About one label in eight is this one. */
  readonly ignoreIndex?: number;
  /** Predictions of the golden script; 0.5 by default. */
  readonly threshold?: number;
  /** Real numbers of this shape for both scores and labels, in [0, 1]: images C×H×W, or [] for a regression. */
  readonly values?: Shape;
}
