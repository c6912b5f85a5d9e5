/** A network's results on a data set: accuracy, mean loss and confusion. */

import { type BatchSource, type Dataset, openBatches } from "../data/index.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { confusionMatrix } from "../metrics/confusion-matrix.ts";
import type { Module } from "../nn/module.ts";
import {
  type Compiled,
  compile,
  type Device,
  type HostTensor,
  type Tensor,
} from "../tensor/index.ts";
import { type LossFunction, type LossName, lossOf, scoresOf } from "./loss.ts";

export interface Evaluation {
  /** 0 … 1. */
  readonly accuracy: number;
  readonly loss: number;
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[];
}

/** Predictions gain nothing from larger batches than this. */
const LEAST_CAPACITY = 64;

export interface Scores {
  readonly output: HostTensor;
  readonly loss: HostTensor;
}

/** Runs a network in evaluation mode over data sets; one program for all of them, whose pictures stay at hand from one time to the next. */
export class Evaluator {
  readonly #classes: number;
  readonly #preprocessing: Preprocessing;
  readonly #capacity: number;
  readonly #run: Compiled<{ output: Tensor; loss: Tensor }>;
  readonly #sources = new Map<Dataset, BatchSource>();

  constructor(
    net: Module,
    options: {
      readonly device: Device;
      readonly classes: number;
      readonly preprocessing: Preprocessing;
      readonly loss: LossName | LossFunction;
      readonly batch?: number;
    },
  ) {
    const { device, classes, loss, batch = LEAST_CAPACITY } = options;
    this.#classes = classes;
    this.#preprocessing = options.preprocessing;
    this.#capacity = Math.max(batch, LEAST_CAPACITY);
    this.#run = compile(
      (images, labels) => {
        const output = scoresOf(net.call(images, { training: false }));
        return { output, loss: lossOf(output, labels, classes, { loss }) };
      },
      { device, capacity: this.#capacity },
    );
  }

  async evaluate(
    dataset: Dataset,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Evaluation> {
    const source = await this.#batchesOf(dataset);
    const hits = accuracy();
    const confusion = confusionMatrix(this.#classes);
    let total = 0;
    let done = 0;
    for await (const { n, images, labels } of source.batches()) {
      const own = labels.subarray(0, n);
      const { output, loss } = await this.#run(
        { ...pictures(images, n, dataset.shape), dtype: "f32" },
        { shape: [n], dtype: "i32", data: own },
      );
      total += loss.data[0] * n;
      hits.update(output.data, own);
      confusion.update(output.data, own);
      done += n;
      onProgress?.(done, dataset.length);
    }
    return { accuracy: hits.value, loss: total / dataset.length, confusion: confusion.value };
  }

  async #batchesOf(dataset: Dataset): Promise<BatchSource> {
    const known = this.#sources.get(dataset);
    if (known) return known;
    const source = await openBatches(dataset, {
      batch: this.#capacity,
      shuffle: false,
      preprocessing: this.#preprocessing,
    });
    this.#sources.set(dataset, source);
    return source;
  }

  dispose(): void {
    this.#run.dispose();
    for (const source of this.#sources.values()) source.dispose();
    this.#sources.clear();
  }
}

/** The first n pictures of a loader's buffer. */
export const pictures = (
  images: Float32Array,
  n: number,
  shape: readonly number[],
): { shape: number[]; data: Float32Array } => ({
  shape: [n, ...shape],
  data: images.subarray(0, n * shape.reduce((size, dim) => size * dim, 1)),
});
