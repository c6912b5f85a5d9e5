/**
 * A convolution with TensorFlow's SAME padding, which depends on the image's size where there is a stride. Weights that were
 * trained there expect it.
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { samePadding } from "../same-padding.ts";
import { Conv2d, type Conv2dOptions } from "./conv2d.ts";

export type Conv2dSameOptions = Omit<Conv2dOptions, "padding" | "paddingMode">;

export class Conv2dSame extends Conv2d {
  override get kind(): string {
    return "conv2dSame";
  }

  protected override paddingFor(x: Tensor): readonly number[] {
    return samePadding(x, this.options);
  }
}

export const conv2dSame = (out: number, options: Conv2dSameOptions): Conv2dSame =>
  new Conv2dSame(out, options);

export const conv2dSameSpec: LayerSpec = {
  name: "conv2dSame",
  formula: "y = conv2d with p₀ + p₁ = max(0, (⌈H/s⌉ − 1)·s + d·(k − 1) + 1 − H)",
  shapes: "N×I×H×W → N×O×⌈H/s⌉×⌈W/s⌉",
  source: 'TensorFlow, tf.nn.convolution with padding "SAME"',
  torch: "timm.layers.Conv2dSame",
  // biome-ignore format: one case a line
  samples: [
    { name: "stride 2", make: () => conv2dSame(4, { kernel: 3, stride: 2 }), inputs: [{ shape: [2, 6, 5] }], output: [4, 3, 3], states: { weight: [4, 2, 3, 3], bias: [4] }, torch: "lambda x, p: F.conv2d(F.pad(x, [1, 1, 0, 1]), p['weight'], p['bias'], 2)" },
    { name: "stride over the kernel, dilated", make: () => conv2dSame(4, { kernel: [2, 3], stride: [3, 2], dilation: [1, 2], groups: 2, bias: false }), inputs: [{ shape: [2, 6, 8] }], output: [4, 2, 4], states: { weight: [4, 1, 2, 3] }, torch: "lambda x, p: F.conv2d(F.pad(x, [1, 2, 0, 0]), p['weight'], None, [3, 2], 0, [1, 2], 2)" },
  ],
};
