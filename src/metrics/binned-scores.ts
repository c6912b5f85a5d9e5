/** Ranks scores rounded down to a grid of thresholds on [0, 1], of which counts suffice: memory stays constant. */
import { ConvkitError } from "../core/error.ts";
import { NO_STEPS, type Steps } from "./rank-steps.ts";
import type { RankedScores } from "./ranked-scores.ts";
import { checkLengths, counts, type Task } from "./task.ts";

export class BinnedScores implements RankedScores {
  readonly task: Task;
  readonly #bins: number;
  /** [class][truth][bin]; the last bin is for NaN. */
  readonly #counts: Float64Array;

  constructor(task: Task, bins: number) {
    if (!Number.isInteger(bins) || bins < 2) {
      throw new ConvkitError(task.where, `${bins} thresholds — a whole number from 2 is needed`);
    }
    this.task = task;
    this.#bins = bins;
    this.#counts = new Float64Array(task.width * 2 * (bins + 1));
  }

  get hasNaN(): boolean {
    return this.#counts.some((count, i) => count > 0 && i % (this.#bins + 1) === this.#bins);
  }

  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { task } = this;
    checkLengths(task, scores, labels);
    const { kind, width, pixels } = task;
    for (let i = 0; i < scores.length; i++) {
      const pixel = i % pixels;
      const plane = (i - pixel) / pixels;
      const c = plane % width;
      const label = labels[kind === "classes" ? ((plane - c) / width) * pixels + pixel : i];
      if (!counts(task, label)) continue;
      const truth = kind === "classes" ? Number(label === c) : label;
      this.#counts[(2 * c + truth) * (this.#bins + 1) + this.#binOf(scores[i])]++;
    }
  }

  /** The largest bin b with b/(bins − 1) ≤ score. */
  #binOf(score: number): number {
    if (Number.isNaN(score)) return this.#bins;
    if (!(score >= 0 && score <= 1)) {
      throw new ConvkitError(
        this.task.where,
        `score ${score} is no probability — thresholds lie from 0 to 1; apply sigmoid or softmax, or leave thresholds out`,
      );
    }
    const last = this.#bins - 1;
    const bin = Math.floor(score * last);
    // The product is rounded, and may have crossed the threshold.
    if (bin / last > score) return bin - 1;
    return bin < last && (bin + 1) / last <= score ? bin + 1 : bin;
  }

  steps(only?: number): Steps {
    const bins = this.#bins;
    const [first, end] = only === undefined ? [0, this.task.width] : [only, only + 1];
    const at = (truth: number, bin: number) => {
      let sum = 0;
      for (let c = first; c < end; c++) sum += this.#counts[(2 * c + truth) * (bins + 1) + bin];
      return sum;
    };
    if (at(0, bins) + at(1, bins) > 0) return NO_STEPS;
    const thresholds: number[] = [];
    const sums: [number[], number[]] = [[], []];
    const [fp, tp] = sums;
    for (let bin = bins - 1; bin >= 0; bin--) {
      if (at(0, bin) + at(1, bin) === 0) continue;
      thresholds.push(bin / (bins - 1));
      sums.forEach((sum, truth) => {
        sum.push((sum.at(-1) ?? 0) + at(truth, bin));
      });
    }
    return {
      thresholds: Float64Array.from(thresholds),
      tp: Float64Array.from(tp),
      fp: Float64Array.from(fp),
    };
  }

  support(only: number): number {
    const from = (2 * only + 1) * (this.#bins + 1);
    return this.#counts
      .subarray(from, from + this.#bins + 1)
      .reduce((sum, count) => sum + count, 0);
  }

  reset(): void {
    this.#counts.fill(0);
  }
}
