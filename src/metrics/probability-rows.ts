/** Reads the scores of measures that need probabilities, one example at a time into one row that is used again. */
import { ConvkitError } from "../core/error.ts";
import { checkLengths, counts, type Task, type TaskOptions, taskOf } from "./task.ts";

export interface ProbabilityOptions extends Omit<TaskOptions, "labels"> {
  /**
   * What the scores are. `"probabilities"` by default: anything beyond [0, 1] is refused. Of `"logits"`, which networks
   * give before softmax, softmax is taken; of one logit for a binary task, sigmoid.
   */
  readonly from?: "probabilities" | "logits";
}

export class ProbabilityRows {
  readonly task: Task;
  readonly logits: boolean;
  /** Of a binary task two: of 0 and of 1. */
  readonly #row: Float64Array;

  constructor(where: string, options: ProbabilityOptions) {
    const { from = "probabilities" } = options;
    this.task = taskOf(where, { ...options, labels: undefined });
    if (from !== "probabilities" && from !== "logits") {
      throw new ConvkitError(where, `from is "${from}", expected "probabilities" or "logits"`);
    }
    this.logits = from === "logits";
    this.#row = new Float64Array(this.task.kind === "binary" ? 2 : this.task.width);
  }

  /** Scores as they are: probabilities, or logits. A row that holds NaN is NaN throughout. */
  visit(
    scores: ArrayLike<number>,
    labels: ArrayLike<number>,
    use: (row: Float64Array, label: number) => void,
  ): void {
    const { task, logits } = this;
    checkLengths(task, scores, labels);
    const { width, pixels } = task;
    const row = this.#row;
    for (let first = 0; first < labels.length; first += pixels) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const label = labels[first + pixel];
        if (!counts(task, label)) continue;
        let sound = true;
        for (let c = 0; c < width; c++) {
          const score = scores[first * width + c * pixels + pixel];
          if (Number.isNaN(score)) sound = false;
          else if (!logits && !(score >= 0 && score <= 1)) throw this.#noProbability(score);
          row[c] = score;
        }
        if (task.kind === "binary") {
          row[1] = row[0];
          row[0] = logits ? 0 : 1 - row[1];
        }
        if (!sound) row.fill(Number.NaN);
        use(row, label);
      }
    }
  }

  /** The same with softmax taken of logits. */
  visitProbabilities(
    scores: ArrayLike<number>,
    labels: ArrayLike<number>,
    use: (row: Float64Array, label: number) => void,
  ): void {
    this.visit(scores, labels, (row, label) => {
      if (this.logits) {
        const total = logSumExp(row);
        for (let c = 0; c < row.length; c++) row[c] = Math.exp(row[c] - total);
      }
      use(row, label);
    });
  }

  #noProbability(score: number): ConvkitError {
    return new ConvkitError(
      this.task.where,
      `score ${score} is no probability — give from: "logits", or apply softmax`,
    );
  }
}

/** log Σ exp(x − origin), without overflow, and exact where it is next to 0. */
export function logSumExp(row: Float64Array, origin = 0): number {
  let top = 0;
  for (let c = 1; c < row.length; c++) if (row[c] > row[top]) top = c;
  let others = 0;
  for (let c = 0; c < row.length; c++) if (c !== top) others += Math.exp(row[c] - row[top]);
  return row[top] - origin + Math.log1p(others);
}
