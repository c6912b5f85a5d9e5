/**
 * The adjoint of a convolution as a layer: strides enlarge. Weight I×(O/groups)×kH×kW, as in PyTorch, whose
 * initial values take that weight's axis 1 for the fan.
 */
import type { Attrs } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { convTranspose2d as convTranspose2dOp } from "../../ops/conv-transpose2d.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";
import { addBias, type Conv2dOptions, checkGroups, checkOptions } from "./conv2d.ts";

export interface ConvTranspose2dOptions
  extends Omit<Conv2dOptions, "padding" | "paddingMode" | "flip"> {
  /** Rows and columns of the result that are left out: both sides, [rows, columns] or [top, bottom, left, right]. */
  readonly padding?: number | readonly number[];
  /** Rows and columns added at the end, to choose among the sizes that a stride leaves open. */
  readonly outputPadding?: Pair;
}

export class ConvTranspose2d extends Module {
  readonly out: number;
  readonly options: ConvTranspose2dOptions;

  constructor(out: number, options: ConvTranspose2dOptions) {
    super();
    checkOptions("convTranspose2d", out, options);
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "convTranspose2d";
  }

  forward(x: Tensor): Tensor {
    const { out } = this;
    const { kernel, stride = 1, padding = 0, outputPadding = 0, dilation = 1 } = this.options;
    const { groups = 1, bias = true, weightInit, biasInit } = this.options;
    checkGroups("convTranspose2d", x, groups);
    const shape = [x.shape[1], out / groups, ...pair(kernel)];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const attrs: Attrs = {
      stride: pair(stride),
      padding,
      outputPadding: pair(outputPadding),
      dilation: pair(dilation),
      groups,
    };
    const y = x.builder.apply(convTranspose2dOp, [x, w], attrs);
    return bias ? addBias(y, this.param("bias", [out], biasInit ?? defaultBias(shape))) : y;
  }
}

export const convTranspose2d = (out: number, options: ConvTranspose2dOptions): ConvTranspose2d =>
  new ConvTranspose2d(out, options);

export const convTranspose2dSpec: LayerSpec = {
  name: "convTranspose2d",
  formula: "y = the adjoint of conv2d with the same options, applied to x",
  shapes: "N×I×H×W → N×O×H′×W′, H′ = (H − 1)·s − p₀ − p₁ + d·(k − 1) + 1 + outputPadding",
  source: "Zeiler et al. 2010, CVPR; Dumoulin and Visin 2016, arXiv:1603.07285, section 4",
  torch: "nn.ConvTranspose2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "stride 2, groups 2", make: () => convTranspose2d(6, { kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2 }), inputs: [{ shape: [4, 3, 3] }], output: [6, 6, 6], states: { weight: [4, 3, 3, 3], bias: [6] }, torch: "nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, 2)" },
    { name: "dilated, two strides", make: () => convTranspose2d(3, { kernel: [3, 2], stride: [2, 3], padding: [2, 0], outputPadding: [1, 2], dilation: [2, 1], bias: false }), inputs: [{ shape: [2, 4, 3] }], output: [3, 8, 10], states: { weight: [2, 3, 3, 2] }, torch: "nn.ConvTranspose2d(2, 3, [3, 2], [2, 3], [2, 0], [1, 2], 1, False, [2, 1])" },
    { name: "output padding over the stride", make: () => convTranspose2d(2, { kernel: 3, padding: 2, outputPadding: [1, 2], dilation: 3 }), inputs: [{ shape: [3, 2, 3] }], output: [2, 5, 7], states: { weight: [3, 2, 3, 3], bias: [2] }, torch: "nn.ConvTranspose2d(3, 2, 3, 1, 2, [1, 2], 1, True, 3)" },
    { name: "four paddings", make: () => convTranspose2d(2, { kernel: 4, stride: 2, padding: [0, 2, 1, 3] }), inputs: [{ shape: [3, 3, 4] }], output: [2, 6, 6], states: { weight: [3, 2, 4, 4], bias: [2] }, torch: "lambda x, p: F.conv_transpose2d(x, p['weight'], p['bias'], 2)[:, :, 0:-2, 1:-3]" },
  ],
};
