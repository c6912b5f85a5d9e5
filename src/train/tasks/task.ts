/**
 * What a network is trained for: where its batches come from, how they become inputs and targets, what the loss is, and what is
 * measured. Step, evaluator and trainer know nothing else of it, so whatever has a loss is trained, resumed and reported alike.
 */
import type { Mode } from "../../nn/module.ts";
import type { NamedOutput } from "../../nn/named-outputs.ts";
import type { HostTensor, Tensor } from "../../tensor/index.ts";

/** What is trained on, validated or tested with. */
export interface TaskData {
  readonly length: number;
}

export interface Task<D extends TaskData = TaskData, B extends TaskBatch = TaskBatch> {
  /** Which number of a record tells the better of two epochs: one of `measures`, or these; the loss decides where it is equal. */
  readonly monitor: string | "accuracy" | "loss";
  /** Examples that an evaluation takes at a time at least: 64 by default, fewer where each takes much memory. */
  readonly leastBatch?: number;
  /** How many tensors `inputs` gives. */
  readonly inputCount: number;
  open(data: D, options: OpenOptions): Promise<Batches<B>>;
  /** What the network takes of a batch; the leading axis counts the examples. */
  inputs(batch: B): HostTensor[];
  targets(batch: B): HostTensor[];
  /** Traces the network. */
  forward(inputs: readonly Tensor[], mode: Mode): readonly NamedOutput[];
  /** Traces what becomes of outputs; what only helps training, such as smoothed labels, is no part of an evaluation's loss. */
  judge(outputs: readonly NamedOutput[], targets: readonly Tensor[], training: boolean): Judgement;
  /** Begins to measure a part of the data. */
  measure(): Measure<B>;
}

export interface Judgement {
  /** A scalar, the mean over the batch. */
  readonly loss: Tensor;
  /** A scalar: how many examples were told right, which need not be a whole number. */
  readonly correct: Tensor;
  /** What `measure` looks at. */
  readonly results: Readonly<Record<string, Tensor>>;
}

export interface Measure<B extends TaskBatch> {
  update(results: Readonly<Record<string, HostTensor>>, batch: B): void;
  /** Over all batches so far. */
  readonly value: Measures;
}

export interface Measures {
  /** 0 … 1; NaN where nothing is told right or wrong. */
  readonly accuracy: number;
  /** Row: the true class; column: the predicted one; empty where there are no classes. */
  readonly confusion: readonly (readonly number[])[];
  /** What else is measured, by its name. */
  readonly measures?: Readonly<Record<string, number>>;
}

export interface TaskBatch {
  /** Its place in the epoch, from 0. */
  readonly index: number;
  /** How many examples it holds. */
  readonly n: number;
}

export interface OpenOptions {
  readonly batch: number;
  readonly seed: number;
  /** Else in the order of the data, and as it is. */
  readonly training: boolean;
  /** [H, W] of pictures in place of their own. */
  readonly size?: readonly [number, number];
}

/** As `BatchSource` of pictures has it: order and contents are pure functions of seed and epoch. */
export interface Batches<B extends TaskBatch> {
  readonly batchesPerEpoch: number;
  /** A line for the user when the batch size does not suit the data. */
  readonly note: string | undefined;
  /** The batches of an epoch from `first` on; each is valid until the next is asked for. */
  batches(epoch?: number, first?: number): AsyncGenerator<B, void, undefined>;
  /** One batch in arrays of its own. */
  batch(epoch: number, index: number): Promise<B>;
  dispose(): void;
}
