/** What the readers of model files (ONNX, TensorFlow.js layers models) give: a network with the file's values, and its ends. */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Module } from "../nn/module.ts";

export interface ImportedInput {
  readonly name: string;
  /** One example, without the batch axis; images are C×H×W, whatever order the file has. */
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface ImportedModel {
  /**
   * Takes the inputs in order and gives the first output; the others are recorded as named outputs. Its parameters and
   * buffers bear the file's names. Traced in training mode, normalisations and dropout behave as in training.
   */
  readonly net: Module<readonly Tensor[]>;
  readonly inputs: readonly ImportedInput[];
  /** Names of the outputs, the first that of what `net` returns. */
  readonly outputs: readonly string[];
  /** The file without its weights, from which the same network can be made again. */
  readonly structure: ModelStructure;
  /** What the file says beside: `classes`, `preprocessing`, producer, … */
  readonly metadata: Readonly<Record<string, string>>;
  /** What was adapted or left out, for people. */
  readonly notes: readonly string[];
}

export interface ModelStructure {
  readonly format: "onnx" | "layers-model";
  readonly bytes: Uint8Array;
}
