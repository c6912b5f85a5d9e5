/** One node of a model while it is traced: its inputs as tensors, weights or numbers. */
import type { DType } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import type { Builder } from "../../graph/builder.ts";
import type { Attrs } from "../../graph/node.ts";
import type { AnyOp } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Mode, Module } from "../../nn/module.ts";
import { Arguments } from "./arguments.ts";
import type { Known } from "./known.ts";
import type { OnnxNode } from "./node-module.ts";
import type { Tracing } from "./tracing.ts";
import { type Result, settled, shapeOf, type Value } from "./value.ts";

/** An ONNX operator in terms of convkit's ops: one result, or those that are asked for, in order. */
export type Operator = (call: Call) => Result | readonly Result[];

export class Call extends Arguments {
  readonly mode: Mode;
  readonly #own: OnnxNode;
  readonly #tracing: Tracing;

  constructor(own: OnnxNode, tracing: Tracing, mode: Mode) {
    super(own.node, tracing.model.opset);
    this.mode = mode;
    this.#own = own;
    this.#tracing = tracing;
  }

  get builder(): Builder {
    return this.#tracing.builder;
  }

  /** The batch size that the file was made for; 1 where it leaves it open. */
  get fixedBatch(): number {
    return this.#tracing.model.fixedBatch;
  }

  /** Whether the file was made for any number of examples. */
  get batchIsOpen(): boolean {
    return this.#tracing.model.batchIsOpen;
  }

  /** Whether the network needs the result. */
  wants(result: number): boolean {
    return this.#tracing.model.needed.has(this.node.outputs[result]);
  }

  override knownAt(input: number): Known | undefined {
    return this.#tracing.numbersOf(this.#name(input));
  }

  value(input: number): Value {
    return this.#tracing.valueOf(this.#name(input), this.#own);
  }

  /** Every input. */
  values(): Value[] {
    return this.node.inputs.map((_, i) => this.value(i));
  }

  /** The shape that the input has in the file, for a batch of one image. */
  shape(input: number): Shape {
    return shapeOf(this.value(input));
  }

  /** An input whose axis 0 is the batch: images, sequences, rows. */
  batch(input: number): Tensor {
    const { tensor, inner } = settled(this.value(input));
    if (!inner) return tensor;
    return this.fail(
      `${this.shape(input).join("×")} for each image are several batches — not supported`,
    );
  }

  /** A weight: a parameter where the file holds its values, of any size. */
  weight(input: number): Tensor {
    return this.#tracing.stateOf(this.#name(input), this.#own, "parameter");
  }

  /** A running statistic: a buffer where the file holds its values. */
  statistic(input: number): Tensor {
    return this.#tracing.stateOf(this.#name(input), this.#own, "buffer");
  }

  /** What the statistic is after this step. */
  follow(input: number, value: Tensor): void {
    this.#own.follow(this.#name(input), value);
  }

  /** A table that follows from shapes and attributes. */
  table(shape: Shape, values: readonly number[], dtype: "f32" | "i32" = "f32"): Tensor {
    return this.#tracing.table({ dtype, shape, data: values }, this.#own);
  }

  constant(value: number, dtype: DType = "f32"): Tensor {
    return this.builder.constant(value, dtype);
  }

  apply(op: string | AnyOp, inputs: readonly Tensor[], attrs: Attrs = {}): Tensor {
    return this.builder.apply(op, inputs, attrs);
  }

  /** Applies a layer that has no states. */
  layer(layer: Module, x: Tensor): Tensor {
    return layer.forward(x, this.mode);
  }

  #name(input: number): string {
    if (this.has(input)) return this.node.inputs[input];
    return this.fail(`its input ${input} is missing — the file is damaged`);
  }
}
