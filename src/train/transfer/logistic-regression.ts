/**
 * Multinomial logistic regression with an L2 penalty, as scikit-learn's `LogisticRegression` has it: the least of
 *
 *   C·Σᵢ wᵢ·(−log softmax(W·xᵢ + b)[yᵢ]) + ½‖W‖²
 *
 * where two classes share one weight vector, so that ‖W‖² counts twice for the two opposite rows that they have here. The bias is
 * free. The problem is convex: where it ends depends on nothing but the data. Values and gradients are computed by a program on
 * the device, L-BFGS moves the weights.
 */
import { grad } from "../../autodiff/grad.ts";
import { compile, type Device, type HostTensor, type Tensor } from "../../tensor/index.ts";
import { countsOf, type FeatureTable, stratifiedFolds } from "./feature-table.ts";
import { type Evaluated, lbfgs } from "./lbfgs.ts";

export interface LogisticRegressionOptions {
  /** The inverse of the penalty's strength, scikit-learn's C. A list is chosen from by cross-validation; 1 by default. */
  readonly C?: number | readonly number[];
  /** A weight for each class; 1 by default. */
  readonly classWeights?: readonly number[];
  /** Parts of the cross-validation; 5 by default, fewer where a class has fewer pictures. */
  readonly folds?: number;
  /** Of the division into parts; 0 by default. */
  readonly seed?: number;
  readonly device: Device;
}

export interface LinearClassifier {
  /** K×F. */
  readonly weight: Float32Array;
  /** K */
  readonly bias: Float32Array;
  readonly C: number;
  /** Of each C of the list: the mean loss on the parts that were left out. */
  readonly tried: readonly Tried[];
}

export interface Tried {
  readonly C: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** What is there to choose C from. */
export const REGULARIZATION: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100];

export async function logisticRegression(
  table: FeatureTable,
  options: LogisticRegressionOptions,
): Promise<LinearClassifier> {
  const { C = 1 } = options;
  const problem = new Problem(table, options);
  try {
    const tried = typeof C === "number" ? [] : await problem.crossValidate(C);
    // The strongest penalty of those that are equally good.
    const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a), tried[0]);
    const chosen = typeof C === "number" ? C : best.C;
    const x = await problem.solve(chosen, problem.weights);
    const size = table.classes.length * table.width;
    const [weight, bias] = [x.subarray(0, size), x.subarray(size)];
    return { weight: Float32Array.from(weight), bias: Float32Array.from(bias), C: chosen, tried };
  } finally {
    problem.dispose();
  }
}

type Results = Record<"loss" | "hits" | "weight" | "bias", Tensor>;

/** The data of a regression and the program for its value and gradient, which rows of weight 0 are no part of. */
class Problem {
  readonly weights: Float32Array;
  readonly #table: FeatureTable;
  readonly #options: LogisticRegressionOptions;
  readonly #run;
  readonly #data: readonly HostTensor[];

  constructor(table: FeatureTable, options: LogisticRegressionOptions) {
    const { rows, width, features, labels, classes } = table;
    const { device, classWeights } = options;
    this.#table = table;
    this.#options = options;
    this.weights = Float32Array.from(labels, (label) => classWeights?.[label] ?? 1);
    this.#data = [
      { shape: [rows, width], dtype: "f32", data: features },
      { shape: [rows], dtype: "i32", data: labels },
    ];
    const trace = (x: Tensor, y: Tensor, w: Tensor, weight: Tensor, bias: Tensor): Results => {
      const { builder } = x;
      const scores = builder.apply("linear", [x, weight]).add(bias);
      const truth = builder.apply("oneHot", [y], { classes: classes.length });
      const logP = builder.apply("logSoftmax", [scores], { axis: 1 });
      const loss = logP.mul(truth).sum(1).mul(w).sum().neg();
      const [dWeight, dBias] = grad(loss, [weight, bias]);
      const hits = scores.argmax(1).eq(y).to("f32").mul(w).sum();
      return { loss, hits, weight: dWeight, bias: dBias };
    };
    const batched = [true, true, true, false, false];
    this.#run = compile(trace, { device, capacity: rows, batched });
  }

  /** Σ wᵢ·lossᵢ and its gradient at (W, b), one after the other in `x`. */
  async #at(x: Float64Array, weights: Float32Array) {
    const { rows, width, classes } = this.#table;
    const size = classes.length * width;
    const values = Float32Array.from(x);
    const { loss, hits, weight, bias } = await this.#run(
      ...this.#data,
      { shape: [rows], dtype: "f32", data: weights },
      { shape: [classes.length, width], dtype: "f32", data: values.subarray(0, size) },
      { shape: [classes.length], dtype: "f32", data: values.subarray(size) },
    );
    const gradient = new Float64Array(x.length);
    gradient.set(weight.data as Float32Array);
    gradient.set(bias.data as Float32Array, size);
    return { loss: loss.data[0], hits: hits.data[0], gradient };
  }

  /** W and b, one after the other, for the rows with a weight. */
  async solve(
    C: number,
    weights: Float32Array,
    { start, tolerance }: { readonly start?: Float64Array; readonly tolerance?: number } = {},
  ): Promise<Float64Array> {
    const { width, classes } = this.#table;
    const size = classes.length * width;
    const total = sum(weights);
    const penalty = (classes.length === 2 ? 2 : 1) / (C * total);
    const objective = async (x: Float64Array): Promise<Evaluated> => {
      const { loss, gradient } = await this.#at(x, weights);
      let value = loss / total;
      for (let i = 0; i < gradient.length; i++) {
        gradient[i] /= total;
        if (i >= size) continue;
        value += (penalty / 2) * x[i] * x[i];
        gradient[i] += penalty * x[i];
      }
      return { value, gradient };
    };
    const from = start ?? new Float64Array(size + classes.length);
    return (await lbfgs(objective, from, { tolerance })).x;
  }

  /** Mean loss and accuracy on the parts left out, for each C. */
  async crossValidate(list: readonly number[]): Promise<Tried[]> {
    const { pictures } = this.#table;
    const { folds = 5, seed = 0 } = this.#options;
    const parts = Math.min(folds, ...countsOf(this.#table));
    const part = stratifiedFolds(this.#table, parts, seed);
    const total = sum(this.weights);
    const tried = list.map((C) => ({ C, loss: 0, accuracy: 0 }));
    for (let fold = 0; fold < parts; fold++) {
      const isLeft = (i: number) => part[i % pictures] === fold;
      const kept = this.weights.map((weight, i) => (isLeft(i) ? 0 : weight));
      const left = this.weights.map((weight, i) => (isLeft(i) ? weight : 0));
      // From one C to the next it is not far; for a choice among them few digits do.
      let start: Float64Array | undefined;
      for (const of of tried) {
        start = await this.solve(of.C, kept, { start, tolerance: 1e-4 });
        const { loss, hits } = await this.#at(start, left);
        of.loss += loss / total;
        of.accuracy += hits / total;
      }
    }
    return tried;
  }

  dispose(): void {
    this.#run.dispose();
  }
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
