/** The inputs one after the other along an axis, channels by default: how DenseNet, U-Net and Inception join features. */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { type Mode, Module } from "../module.ts";

export class Concat extends Module<readonly Tensor[]> {
  readonly axis: number;

  constructor(axis: number) {
    super();
    this.axis = axis;
  }

  override get kind(): string {
    return "concat";
  }

  forward(...args: [...inputs: Tensor[], mode: Mode]): Tensor {
    const inputs = args.slice(0, -1) as Tensor[];
    return inputs[0].builder.apply("concat", inputs, { axis: this.axis });
  }
}

/** Called on any number of tensors: `concat().call(a, b, c, mode)`. */
export const concat = (axis = 1): Concat => new Concat(axis);

export const concatSpec: LayerSpec = {
  name: "concat",
  formula: "y = [a; b; …] along an axis",
  shapes: "N×C₁×…, N×C₂×…, … → N×(C₁ + C₂ + …)×…",
  source: "Huang et al. 2016, arXiv:1608.06993, equation 2",
  torch: "torch.cat",
  // biome-ignore format: one case a line
  samples: [
    { name: "channels", make: () => concat(), inputs: [{ shape: [3, 2, 5] }, { shape: [1, 2, 5] }, { shape: [2, 2, 5] }], output: [6, 2, 5], torch: "lambda a, b, c: torch.cat([a, b, c], 1)" },
    { name: "last axis", make: () => concat(-1), inputs: [{ shape: [3, 2] }, { shape: [3, 4] }], output: [3, 6], torch: "lambda a, b: torch.cat([a, b], -1)" },
  ],
};
