/** The adjoint of `conv1d` as a layer: `convTranspose2d` over images of height 1. Weight I×(O/groups)×k. */
import type { Tensor } from "../../graph/tensor.ts";
import { convTranspose2d as convTranspose2dOp } from "../../ops/conv-transpose2d.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { asRow, asSequence, type Conv1dOptions, rowPadding } from "./conv1d.ts";
import { addBias, checkGroups, checkOptions } from "./conv2d.ts";

export interface ConvTranspose1dOptions
  extends Omit<Conv1dOptions, "padding" | "paddingMode" | "flip"> {
  /** Elements of the result that are left out: at both ends, or [before, after]. */
  readonly padding?: number | readonly [before: number, after: number];
  /** Elements added at the end, to choose among the sizes that a stride leaves open. */
  readonly outputPadding?: number;
}

export class ConvTranspose1d extends Module {
  readonly out: number;
  readonly options: ConvTranspose1dOptions;

  constructor(out: number, options: ConvTranspose1dOptions) {
    super();
    checkOptions("convTranspose1d", out, options);
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "convTranspose1d";
  }

  forward(x: Tensor): Tensor {
    const { kernel, stride = 1, padding = 0, outputPadding = 0, dilation = 1 } = this.options;
    const { groups = 1, bias = true, weightInit, biasInit } = this.options;
    const row = asRow("convTranspose1d", x);
    checkGroups("convTranspose1d", row, groups);
    const shape = [x.shape[1], this.out / groups, kernel];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const y = x.builder.apply(convTranspose2dOp, [row, asRow("convTranspose1d", w)], {
      stride: [1, stride],
      padding: rowPadding(padding),
      outputPadding: [0, outputPadding],
      dilation: [1, dilation],
      groups,
    });
    const b = bias && this.param("bias", [this.out], biasInit ?? defaultBias(shape));
    return asSequence(b ? addBias(y, b) : y);
  }
}

export const convTranspose1d = (out: number, options: ConvTranspose1dOptions): ConvTranspose1d =>
  new ConvTranspose1d(out, options);

export const convTranspose1dSpec: LayerSpec = {
  name: "convTranspose1d",
  formula: "y = the adjoint of conv1d with the same options, applied to x",
  shapes: "N×I×L → N×O×L′, L′ = (L − 1)·s − p₀ − p₁ + d·(k − 1) + 1 + outputPadding",
  source: "Dumoulin and Visin 2016, arXiv:1603.07285, section 4",
  torch: "nn.ConvTranspose1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "all options", make: () => convTranspose1d(6, { kernel: 3, stride: 3, padding: 1, outputPadding: 2, groups: 2, dilation: 2 }), inputs: [{ shape: [4, 4] }], output: [6, 14], states: { weight: [4, 3, 3], bias: [6] }, torch: "nn.ConvTranspose1d(4, 6, 3, 3, 1, 2, 2, dilation=2)" },
    { name: "two paddings", make: () => convTranspose1d(2, { kernel: 4, padding: [1, 2], bias: false }), inputs: [{ shape: [3, 5] }], output: [2, 5], states: { weight: [3, 2, 4] }, torch: "lambda x, p: F.conv_transpose1d(x, p['weight'])[:, :, 1:-2]" },
  ],
};
