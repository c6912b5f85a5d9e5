/**
 * What curves are made from: with the threshold going down from the largest score, how many true (tp) and false (fp)
 * positives lie at or above it. Equal scores are one step. Exact, by keeping every score and sorting when asked; or with
 * scores rounded down to a grid of thresholds on [0, 1], of which counts suffice.
 */
import { ConvkitError } from "../core/error.ts";
import { checkLengths, counts, type Task, type TaskOptions, taskOf } from "./task.ts";

export interface RankOptions extends TaskOptions {
  /**
   * How many thresholds there are, equally spaced from 0 to 1: memory stays constant, scores are probabilities. Left out:
   * every score is one, and all are kept.
   */
  readonly thresholds?: number;
}

/** One entry for each distinct score, from the largest on. */
export interface Steps {
  readonly thresholds: Float64Array;
  readonly tp: Float64Array;
  readonly fp: Float64Array;
}

export interface RankedScores {
  readonly task: Task;
  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void;
  /** Whether a score was NaN, so that there is no order. */
  readonly hasNaN: boolean;
  /** Of one class against the rest, or of one label; without a class, of all decisions together. None if a score is NaN. */
  steps(only?: number): Steps;
  /** How many examples are of the class. */
  support(only: number): number;
  reset(): void;
}

export const rankedScores = (where: string, options: RankOptions): RankedScores =>
  options.thresholds === undefined
    ? new KeptScores(taskOf(where, options))
    : new BinnedScores(taskOf(where, options), options.thresholds);

/** Positives and negatives apart, so that sorting moves nothing but numbers. */
export class KeptScores implements RankedScores {
  readonly task: Task;
  /** N×K, whatever the layout they came in. */
  #scores = new Float64Array(1024);
  /** N, or N×L where 2 is a label that does not count. */
  #labels = new Float64Array(1024);
  #seen = 0;
  #hasNaN = false;

  constructor(task: Task) {
    this.task = task;
  }

  get hasNaN(): boolean {
    return this.#hasNaN;
  }

  update(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { task } = this;
    checkLengths(task, scores, labels);
    const { width, pixels, kind } = task;
    const perRow = this.#labelsPerRow;
    const rows = labels.length / perRow;
    this.#scores = grown(this.#scores, (this.#seen + rows) * width);
    this.#labels = grown(this.#labels, (this.#seen + rows) * perRow);
    for (let image = 0; image < rows / pixels; image++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = image * pixels * width + pixel;
        const row = this.#seen;
        if (kind !== "labels") {
          const label = labels[image * pixels + pixel];
          if (!counts(task, label)) continue;
          this.#labels[row] = label;
        }
        for (let c = 0; c < width; c++) {
          const score = scores[from + c * pixels];
          this.#scores[row * width + c] = score;
          if (kind === "labels") {
            const label = labels[from + c * pixels];
            const counted = counts(task, label);
            this.#labels[row * width + c] = counted ? label : IGNORED;
            if (!counted) continue;
          }
          if (Number.isNaN(score)) this.#hasNaN = true;
        }
        this.#seen++;
      }
    }
  }

  get #labelsPerRow(): number {
    return this.task.kind === "labels" ? this.task.width : 1;
  }

  /** 1, 0, or IGNORED: whether row i is of class c. */
  #truth(i: number, c: number): number {
    const { kind, width } = this.task;
    if (kind === "labels") return this.#labels[i * width + c];
    return kind === "binary" ? this.#labels[i] : Number(this.#labels[i] === c);
  }

  steps(only?: number): Steps {
    return this.#steps((i, c) => this.#truth(i, c), only);
  }

  /** Of the scores for class a, examples of a against those of b. */
  pairSteps(a: number, b: number): Steps {
    const truth = (i: number) => {
      const label = this.#labels[i];
      return label === a ? 1 : label === b ? 0 : IGNORED;
    };
    return this.#steps(truth, a);
  }

  #steps(truth: (i: number, c: number) => number, only?: number): Steps {
    const { width } = this.task;
    const [first, end] = only === undefined ? [0, width] : [only, only + 1];
    const sizes = [0, 0, 0];
    for (let c = first; c < end; c++) {
      for (let i = 0; i < this.#seen; i++) sizes[truth(i, c)]++;
    }
    const sides = [new Float64Array(sizes[0]), new Float64Array(sizes[1])];
    const filled = [0, 0];
    for (let c = first; c < end; c++) {
      for (let i = 0; i < this.#seen; i++) {
        const side = truth(i, c);
        if (side !== IGNORED) sides[side][filled[side]++] = this.#scores[i * width + c];
      }
    }
    return stepsOf(sides[1].sort(), sides[0].sort());
  }

  support(only: number): number {
    let positives = 0;
    for (let i = 0; i < this.#seen; i++) if (this.#truth(i, only) === 1) positives++;
    return positives;
  }

  reset(): void {
    this.#seen = 0;
    this.#hasNaN = false;
  }
}

const IGNORED = 2;

function grown(array: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  if (array.length >= size) return array;
  const larger = new Float64Array(Math.max(size, 2 * array.length));
  larger.set(array);
  return larger;
}

const NO_STEPS: Steps = {
  thresholds: new Float64Array(0),
  tp: new Float64Array(0),
  fp: new Float64Array(0),
};

/** Both sorted upwards. */
function stepsOf(positives: Float64Array, negatives: Float64Array): Steps {
  let p = positives.length;
  let n = negatives.length;
  // Sorting puts NaN last.
  if (Number.isNaN(positives[p - 1]) || Number.isNaN(negatives[n - 1])) return NO_STEPS;
  const thresholds = new Float64Array(p + n);
  const tp = new Float64Array(p + n);
  const fp = new Float64Array(p + n);
  let size = 0;
  while (p > 0 || n > 0) {
    const largest =
      n === 0 || (p > 0 && positives[p - 1] > negatives[n - 1])
        ? positives[p - 1]
        : negatives[n - 1];
    while (p > 0 && positives[p - 1] === largest) p--;
    while (n > 0 && negatives[n - 1] === largest) n--;
    thresholds[size] = largest;
    tp[size] = positives.length - p;
    fp[size] = negatives.length - n;
    size++;
  }
  return {
    thresholds: thresholds.subarray(0, size),
    tp: tp.subarray(0, size),
    fp: fp.subarray(0, size),
  };
}

class BinnedScores implements RankedScores {
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
