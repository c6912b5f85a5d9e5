/** Ranks scores exactly: keeps every one, and sorts when asked, positives and negatives apart, so that no indices move. */
import { type Steps, stepsOf } from "./rank-steps.ts";
import type { RankedScores } from "./ranked-scores.ts";
import { checkLengths, counts, type Task } from "./task.ts";

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
