/**
 * What an op has to say of itself. One op is one file in `ops/`; the types here make a forgotten rule a
 * compile error. Rules build graph through `g` and never touch memory, so gradients of gradients come free.
 */
import type { DType } from "../core/dtype.ts";
import type { Lower } from "./lower.ts";
import type { Attrs, TensorType } from "./node.ts";
import type { Tensor } from "./tensor.ts";

/** Inputs as a tuple of the op's arity; `number` means any count. */
export type Tuple<N extends number, T> = N extends 1
  ? readonly [T]
  : N extends 2
    ? readonly [T, T]
    : N extends 3
      ? readonly [T, T, T]
      : readonly T[];

export interface OpDef<A extends Attrs, N extends number, G, Given = Partial<A>> {
  readonly name: string;
  /** Fills in defaults and puts attributes in their one canonical form; runs before `infer`. */
  readonly normalize?: (given: Given, inputs: Tuple<N, TensorType>) => A;
  /** Shape rule: the type of the result, or a ConvkitError that names the shapes. */
  readonly infer: (inputs: Tuple<N, TensorType>, attrs: A) => TensorType;
  /**
   * Gradient rule: from the cotangent `ct` of the result `y`, the cotangents of the inputs; null where an
   * input has none (labels, indices). An op with `compose` may leave it out: its parts are differentiated.
   */
  readonly vjp?: (
    g: G,
    ct: Tensor,
    inputs: Tuple<N, Tensor>,
    attrs: A,
    y: Tensor,
  ) => readonly (Tensor | null)[];
  /** The op in terms of others (ONNX's function body); it is expanded before code is made. */
  readonly compose?: (g: G, inputs: Tuple<N, Tensor>, attrs: A) => Tensor;
  /** One element of the result from elements of the inputs: with it the op runs on every backend. */
  readonly lower?: Lower<A>;
  /** True when each element of the result depends on the elements at the same place (after broadcasting). */
  readonly pointwise?: boolean;
  /** Multiply-accumulates; 0 when left out. */
  readonly macs?: (inputs: Tuple<N, TensorType>, attrs: A, out: TensorType) => number;
  /** Other floating-point operations; one per element of the result when left out. */
  readonly flops?: (inputs: Tuple<N, TensorType>, attrs: A, out: TensorType) => number;
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds ops of every attribute type; `Calls` restores them.
export type AnyOp = OpDef<any, any, any, any>;
export type OpTable = Readonly<Record<string, AnyOp>>;

/** The calls that a table offers: `g.conv2d(x, w, { stride: 2 })`. */
export type Calls<T extends OpTable> = {
  readonly [K in keyof T]: T[K] extends OpDef<infer _A, infer N, infer _G, infer Given>
    ? N extends 1
      ? (x: Tensor, attrs?: Given) => Tensor
      : N extends 2
        ? (a: Tensor, b: Tensor, attrs?: Given) => Tensor
        : N extends 3
          ? (a: Tensor, b: Tensor, c: Tensor, attrs?: Given) => Tensor
          : (inputs: readonly Tensor[], attrs?: Given) => Tensor
    : never;
};

/** A value of the reference backend: doubles, row-major (i32 and bool are doubles that hold integers). */
export interface RefArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface Sample {
  readonly name: string;
  /** Shapes and ranges of the inputs; values are drawn from a seed, uniformly in [low, high]. */
  readonly inputs: readonly SampleInput[];
  readonly attrs?: Attrs;
  /** Run with axis 0 of the inputs (those not marked static) as the batch axis. */
  readonly batched?: boolean;
}

export interface SampleInput {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly low?: number;
  readonly high?: number;
  /** Values given instead of drawn. */
  readonly values?: readonly number[];
  /** Never batched: a weight, a table. */
  readonly static?: boolean;
  /** All values distinct and at least this far apart, so that max and sort have one gradient. */
  readonly distinct?: number;
}

/**
 * The meaning of an op, kept apart from it so that a browser bundle leaves it out: naive loops in doubles,
 * independent of `lower` and of every kernel, and the samples on which all generic tests run.
 */
export interface Oracle<A extends Attrs = Attrs> {
  readonly reference: (inputs: readonly RefArray[], attrs: A, out: TensorType) => Float64Array;
  /** Lists within the list are taken apart: spread here, they would keep the oracle in bundles. */
  readonly samples: readonly (Sample | readonly Sample[])[];
  /** Name of the PyTorch expression in the golden script, when there is one. */
  readonly torch?: string;
}
