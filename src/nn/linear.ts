/** y = x·Wᵀ + b over the last axis, with PyTorch's initial values; the number of inputs is inferred. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defaultBias, defaultWeight, type Init } from "./init.ts";
import { Module } from "./module.ts";

export interface LinearOptions {
  readonly bias?: boolean;
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class Linear extends Module {
  readonly out: number;
  readonly options: LinearOptions;

  constructor(out: number, options: LinearOptions = {}) {
    super();
    if (!Number.isInteger(out) || out < 1) {
      throw new ConvkitError("linear", `${out} outputs — a positive whole number is needed`);
    }
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "linear";
  }

  forward(x: Tensor): Tensor {
    if (x.rank < 2) {
      throw new ConvkitError("linear", `takes rows N×…×K, got ${formatShape(x.shape)}`);
    }
    const { bias = true, weightInit, biasInit } = this.options;
    const shape = [this.out, x.shape[x.rank - 1]];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const y = x.builder.apply("linear", [x, w]);
    return bias ? y.add(this.param("bias", [this.out], biasInit ?? defaultBias(shape))) : y;
  }
}

export const linear = (out: number, options: LinearOptions = {}): Linear =>
  new Linear(out, options);
