/**
 * y = x where x > 0, else r·x: in training r is drawn from U(lower, upper) for each element, in evaluation it is the
 * mean of the two (Xu et al. 2015).
 */

import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { randomUniform } from "../../ops/random-uniform.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { randomKey } from "../random-key.ts";
import { elementSamples } from "./samples.ts";

export class RRelu extends Module {
  readonly lower: number;
  readonly upper: number;

  constructor(lower: number, upper: number) {
    super();
    if (!(lower <= upper)) {
      throw new ConvkitError(
        "rrelu",
        `lower is ${lower}, upper ${upper} — give lower ≤ upper, both finite`,
      );
    }
    this.lower = lower;
    this.upper = upper;
  }

  override get kind(): string {
    return "rrelu";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return x.gt(0).where(x, x.mul(mode.training ? this.#slopes(x, mode) : this.#mean));
  }

  get #mean(): number {
    return (this.lower + this.upper) / 2;
  }

  #slopes({ builder, shape, batched }: Tensor, mode: Mode): Tensor {
    const { key, salt } = randomKey("rrelu", builder, mode);
    const { lower: low, upper: high } = this;
    return builder.apply(randomUniform, [key], { shape, salt, batched, low, high });
  }
}

export const rrelu = (lower = 1 / 8, upper = 1 / 3): RRelu => new RRelu(lower, upper);

export const rreluSpec: LayerSpec = {
  name: "rrelu",
  formula:
    "y = x where x > 0, else r·x, r from U(lower, upper) in training, (lower + upper)/2 else",
  shapes: "any → the same",
  source: "Xu et al. 2015, arXiv:1505.00853, section 2.4",
  torch: "nn.RReLU",
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["default", () => rrelu(), "nn.RReLU()"],
    ["bounds", () => rrelu(0.1, 0.6), "nn.RReLU(0.1, 0.6)"],
  ),
};
