/**
 * How often each true class was taken for each class: the one state behind accuracy, precision, recall, F, Jaccard,
 * Matthews, … . Its size does not depend on how much was seen, and an update allocates nothing.
 */
import { ConvkitError } from "../core/error.ts";
import { bestOf } from "./metric.ts";
import {
  badLabel,
  checkLengths,
  counts,
  isLabel,
  type Task,
  type TaskOptions,
  taskOf,
} from "./task.ts";

export interface CountOptions extends TaskOptions {
  /** Binary and multi-label: a score above it says 1. 0.5 by default, for probabilities; of logits, give 0. */
  readonly threshold?: number;
}

/** Of one class against the rest: true and false positives, false and true negatives. */
export interface ClassCount {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

export class ConfusionCounts {
  readonly task: Task;
  readonly threshold: number;
  /** Rows of the table: 2, K, or 2 for each of L labels. */
  readonly #rows: number;
  /** [true][predicted]; with K classes there is a last column for examples that have no score but NaN. */
  readonly #table: Float64Array;
  readonly #columns: number;

  constructor(where: string, options: CountOptions) {
    this.task = taskOf(where, options);
    this.threshold = options.threshold ?? 0.5;
    const { kind, width } = this.task;
    if (kind === "classes" && options.threshold !== undefined) {
      throw new ConvkitError(
        where,
        "a threshold and classes were given — of classes the one with the largest score counts",
      );
    }
    this.#rows = kind === "classes" ? width : 2 * width;
    this.#columns = kind === "classes" ? width + 1 : 2;
    this.#table = new Float64Array(this.#rows * this.#columns);
  }

  /**
   * Scores as `TaskOptions` says, or one predicted class for each label. NaN is never the largest and never above the
   * threshold: an example whose scores are all NaN is one that was missed.
   */
  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
    if (this.task.kind !== "classes") this.#countThreshold(scores, labels);
    else if (this.task.width > 1 && scores.length === labels.length)
      this.#countGiven(scores, labels);
    else this.#countLargest(scores, labels);
  }

  #countLargest(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { task } = this;
    const table = this.#table;
    const columns = this.#columns;
    checkLengths(task, scores, labels);
    const { width, pixels } = task;
    for (let first = 0; first < labels.length; first += pixels) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const label = labels[first + pixel];
        if (!counts(task, label)) continue;
        const best = bestOf(scores, first * width + pixel, width, pixels);
        table[label * columns + (best < 0 ? width : best)]++;
      }
    }
  }

  #countGiven(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { task } = this;
    const table = this.#table;
    const columns = this.#columns;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i];
      if (!counts(task, label)) continue;
      const guess = predicted[i];
      if (!isLabel(guess, task.width)) throw badLabel(task, guess, "predicted class");
      table[label * columns + guess]++;
    }
  }

  #countThreshold(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { task, threshold } = this;
    const table = this.#table;
    checkLengths(task, scores, labels);
    const { width, pixels } = task;
    for (let first = 0; first < labels.length; first += pixels) {
      const own = 4 * ((first / pixels) % width);
      for (let i = first; i < first + pixels; i++) {
        const label = labels[i];
        if (counts(task, label)) table[own + 2 * label + (scores[i] > threshold ? 1 : 0)]++;
      }
    }
  }

  /** How many labels counted. */
  get total(): number {
    return this.#table.reduce((sum, count) => sum + count, 0);
  }

  /** How many labels were predicted rightly. */
  get hits(): number {
    const shown = this.#shown;
    let hits = 0;
    for (let row = 0; row < this.#rows; row++) {
      hits += this.#table[row * this.#columns + (row % shown)];
    }
    return hits;
  }

  /** How many examples have no score but NaN; they count among those that are not hits. */
  get missed(): number {
    return this.total - this.matrix.flat().reduce((sum, count) => sum + count, 0);
  }

  /** Rows: the true class, columns: the predicted one. Of a multi-label task, two rows for each label. */
  get matrix(): number[][] {
    return Array.from({ length: this.#rows }, (_, row) => {
      const start = row * this.#columns;
      return [...this.#table.subarray(start, start + this.#shown)];
    });
  }

  get #shown(): number {
    return this.task.kind === "classes" ? this.task.width : 2;
  }

  /** One for each class or label; of a binary task for 0 and for 1. */
  get classes(): ClassCount[] {
    const { total, matrix } = this;
    if (this.task.kind === "labels") {
      return Array.from({ length: this.task.width }, (_, label) => {
        const [[tn, fp], [fn, tp]] = matrix.slice(2 * label, 2 * label + 2);
        return { tp, fp, fn, tn };
      });
    }
    return matrix.map((row, c) => {
      const tp = row[c];
      const start = c * this.#columns;
      const support = this.#table
        .subarray(start, start + this.#columns)
        .reduce((sum, count) => sum + count, 0);
      const taken = matrix.reduce((sum, other) => sum + other[c], 0);
      return { tp, fp: taken - tp, fn: support - tp, tn: total - support - taken + tp };
    });
  }

  reset(): void {
    this.#table.fill(0);
  }
}
