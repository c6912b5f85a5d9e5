/** What an ONNX file comes to, which does not change from trace to trace. */
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { Init } from "../../nn/init/initializer.ts";
import { type Known, type KnownType, numbersOf } from "./known.ts";
import type { OnnxNode } from "./node-module.ts";
import type { TensorProto } from "./proto.ts";

/** An initialiser of the graph, or a constant of a node. */
export interface Initial {
  readonly tensor: TensorProto;
  readonly dtype: KnownType;
  readonly shape: Shape;
  /** Floats that may be trained, wherever they enter a computation. */
  readonly isWeight: boolean;
  /** Initial values, where they are not the file's. */
  readonly fresh?: Init;
}

export interface Model {
  readonly opset: number;
  /** The number of examples that the file was made for; 1 where it leaves it open. */
  readonly fixedBatch: number;
  readonly batchIsOpen: boolean;
  readonly initials: ReadonlyMap<string, Initial>;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly string[];
  /** Values that nodes or the outputs take. */
  readonly needed: ReadonlySet<string>;
  /** The values of weights come from elsewhere; here they are zeros. */
  readonly isStructure: boolean;
  /** Whether a final softmax is left out. */
  readonly logits: boolean;
  /** Which node has an initialiser as its state: filled by the first trace. */
  readonly owners: Map<string, OnnxNode>;
  /** Initialisers whose numbers steer the trace: filled by the first trace. */
  readonly read: Map<string, Known>;
}

export interface ModelInput {
  readonly name: string;
  /** The file wants images as N×H×W×C; we feed all as N×C×H×W. */
  readonly channelsLast: boolean;
}

/** The numbers of an initialiser, which is then more than a weight. */
export function readNumbers({ read }: Model, { tensor, dtype, shape }: Initial): Known {
  let known = read.get(tensor.name);
  if (!known) {
    known = { dtype, shape, data: numbersOf(tensor) };
    read.set(tensor.name, known);
  }
  return known;
}

/** The values that a state begins with. */
export function initOf({ isStructure }: Model, { tensor, fresh }: Initial): Init {
  if (fresh) return fresh;
  if (isStructure && !tensor.data) return (shape) => new Float32Array(sizeOf(shape));
  return () => numbersOf(tensor);
}
