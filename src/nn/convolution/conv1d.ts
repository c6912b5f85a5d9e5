/**
 * Convolution of sequences N×C×L, with the options and initial values of `conv2d`: it is one over images of height 1.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { checkSequences } from "../images.ts";
import type { Init } from "../init/initializer.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { addBias, checkGroups, checkOptions, convolve } from "./conv2d.ts";
import { checkPaddingMode, type PaddingMode } from "./pad-mode.ts";

export interface Conv1dOptions {
  readonly kernel: number;
  readonly stride?: number;
  /** Both ends, [before, after], "same" or "valid". */
  readonly padding?: number | readonly [before: number, after: number] | "same" | "valid";
  readonly paddingMode?: PaddingMode;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  /** True convolution: the kernel is turned round. */
  readonly flip?: boolean;
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class Conv1d extends Module {
  readonly out: number;
  readonly options: Conv1dOptions;

  constructor(out: number, options: Conv1dOptions) {
    super();
    checkOptions("conv1d", out, options);
    checkPaddingMode("conv1d", options.paddingMode ?? "zeros");
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "conv1d";
  }

  forward(x: Tensor): Tensor {
    const { kernel, stride = 1, padding = 0, dilation = 1, groups = 1 } = this.options;
    const { bias = true, weightInit, biasInit, ...others } = this.options;
    const row = asRow("conv1d", x);
    checkGroups("conv1d", row, groups);
    const shape = [this.out, x.shape[1] / groups, kernel];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const y = convolve("conv1d", row, asRow("conv1d", w), groups, {
      ...others,
      stride: [1, stride],
      padding: rowPadding(padding),
      dilation: [1, dilation],
    });
    const b = bias && this.param("bias", [this.out], biasInit ?? defaultBias(shape));
    return asSequence(b ? addBias(y, b) : y);
  }
}

/** N×C×L → N×C×1×L. */
export function asRow(where: string, x: Tensor): Tensor {
  checkSequences(where, x);
  return x.reshape(x.shape[0], x.shape[1], 1, x.shape[2]);
}

export const asSequence = (y: Tensor): Tensor => y.reshape(y.shape[0], y.shape[1], y.shape[3]);

/** The padding of a row of height 1, as `conv2d` takes it. */
export function rowPadding(padding: NonNullable<Conv1dOptions["padding"]>) {
  if (typeof padding === "string") return padding;
  return typeof padding === "number" ? [0, padding] : [0, 0, ...padding];
}

export const conv1d = (out: number, options: Conv1dOptions): Conv1d => new Conv1d(out, options);

export const conv1dSpec: LayerSpec = {
  name: "conv1d",
  formula: "y[o] = b[o] + Σ_i w[o, i] ⋆ x[i]",
  shapes: "N×I×L → N×O×L′, L′ = 1 + ⌊(L + p₀ + p₁ − d·(k − 1) − 1)/s⌋",
  source: "Waibel et al. 1989, IEEE Trans. ASSP 37(3): time-delay networks",
  torch: "nn.Conv1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "kernel 3", make: () => conv1d(5, { kernel: 3, padding: 1 }), inputs: [{ shape: [2, 7] }], output: [5, 7], states: { weight: [5, 2, 3], bias: [5] }, torch: "nn.Conv1d(2, 5, 3, padding=1)" },
    { name: "all options", make: () => conv1d(4, { kernel: 3, stride: 2, padding: 3, dilation: 2, groups: 2, bias: false, paddingMode: "reflect" }), inputs: [{ shape: [4, 9] }], output: [4, 6], states: { weight: [4, 2, 3] }, torch: "nn.Conv1d(4, 4, 3, 2, 3, 2, 2, False, 'reflect')" },
    { name: "true convolution, two paddings", make: () => conv1d(2, { kernel: 4, padding: [3, 1], flip: true }), inputs: [{ shape: [3, 6] }], output: [2, 7], states: { weight: [2, 3, 4], bias: [2] }, torch: "lambda x, p: F.conv1d(F.pad(x, [3, 1]), p['weight'].flip(2), p['bias'])" },
    { name: "same", make: () => conv1d(2, { kernel: 4, padding: "same", dilation: 3 }), inputs: [{ shape: [3, 6] }], output: [2, 6], states: { weight: [2, 3, 4], bias: [2] }, torch: "nn.Conv1d(3, 2, 4, padding='same', dilation=3)" },
  ],
};
