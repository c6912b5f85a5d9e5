/** y = x·Wᵀ + b over the last axis, with PyTorch's initial values; the number of inputs is inferred. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../init/initializer.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

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
    if (!Number.isInteger(out) || out < 1 || typeof options !== "object") {
      throw new ConvkitError("linear", `${out} outputs — give a whole number, then options`);
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

export const linearSpec: LayerSpec = {
  name: "linear",
  formula: "y = x·Wᵀ + b",
  shapes: "N×…×I → N×…×O",
  source: "Rosenblatt 1958; PyTorch’s initial values",
  torch: "nn.Linear",
  // biome-ignore format: one case a line
  samples: [
    { name: "rows", make: () => linear(5), inputs: [{ shape: [7] }], output: [5], states: { weight: [5, 7], bias: [5] }, torch: "nn.Linear(7, 5)" },
    { name: "tokens", make: () => linear(5, { bias: false }), inputs: [{ shape: [3, 7] }], output: [3, 5], states: { weight: [5, 7] }, torch: "nn.Linear(7, 5, bias=False)" },
  ],
};
