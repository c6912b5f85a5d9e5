/**
 * In training each element is 0 with probability p, else x/(1 − p); in evaluation y = x (Srivastava et al.
 * 2014). The random numbers are a function of the step's key, the layer's path and the place.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { dropout as dropoutOp } from "../../ops/dropout.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";
import { randomKey } from "../random-key.ts";
import { checkProbability } from "./drop.ts";

export class Dropout extends Module {
  readonly p: number;

  constructor(p: number) {
    super();
    checkProbability("dropout", p);
    this.p = p;
  }

  override get kind(): string {
    return "dropout";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    if (!mode.training || this.p === 0) return x;
    const { key, salt } = randomKey("dropout", x.builder, mode);
    return x.builder.apply(dropoutOp, [x, key], { p: this.p, salt });
  }
}

export const dropout = (p = 0.5): Dropout => new Dropout(p);

export const dropoutSpec: LayerSpec = {
  name: "dropout",
  formula: "y = x/(1 − p) with probability 1 − p, else 0; in evaluation y = x",
  shapes: "any → the same",
  source: "Srivastava et al. 2014, JMLR 15",
  torch: "nn.Dropout",
  samples: [
    {
      name: "half",
      make: () => dropout(0.5),
      inputs: [{ shape: [40] }],
      output: [40],
      torch: "nn.Dropout(0.5)",
    },
  ],
};
