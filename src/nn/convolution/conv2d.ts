/**
 * y[o] = b[o] + Σ_i w[o, i] ⋆ x[i]: convolution over images N×C×H×W, with PyTorch's options and initial values.
 * The number of input channels is read off the first input.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { toPadding } from "../../ops/window.ts";
import { checkImages } from "../images.ts";
import type { Init } from "../init/initializer.ts";
import { defaultBias, defaultWeight } from "../init/layer-default.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";
import { type Pair, pair } from "../pair.ts";
import { checkPaddingMode, type PaddingMode, padImages } from "./pad-mode.ts";

/** How the window moves over images. */
export interface WindowOptions {
  readonly stride?: Pair;
  /** Both sides, [rows, columns], [top, bottom, left, right], "same" or "valid". */
  readonly padding?: number | readonly number[] | "same" | "valid";
  /** What the padding holds; zeros by default. */
  readonly paddingMode?: PaddingMode;
  readonly dilation?: Pair;
  /** True convolution: the kernel is turned by 180°. */
  readonly flip?: boolean;
}

export interface Conv2dOptions extends WindowOptions {
  readonly kernel: Pair;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly weightInit?: Init;
  readonly biasInit?: Init;
}

export class Conv2d extends Module {
  readonly out: number;
  readonly options: Conv2dOptions;

  constructor(out: number, options: Conv2dOptions) {
    super();
    checkOptions(this.kind, out, options);
    checkPaddingMode(this.kind, options.paddingMode ?? "zeros");
    this.out = out;
    this.options = options;
  }

  override get kind(): string {
    return "conv2d";
  }

  forward(x: Tensor): Tensor {
    const { out } = this;
    const { kernel, groups = 1, bias = true, weightInit, biasInit } = this.options;
    checkGroups(this.kind, x, groups);
    const shape = [out, x.shape[1] / groups, ...pair(kernel)];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const window = { ...this.options, padding: this.paddingFor(x) };
    const y = convolve(this.kind, x, w, groups, window);
    return bias ? addBias(y, this.param("bias", [out], biasInit ?? defaultBias(shape))) : y;
  }

  protected paddingFor(_x: Tensor): WindowOptions["padding"] {
    return this.options.padding;
  }
}

export const conv2d = (out: number, options: Conv2dOptions): Conv2d => new Conv2d(out, options);

/** Images N×C×H×W under the window; weights O×(C/groups)×kH×kW. */
export function convolve(
  where: string,
  x: Tensor,
  w: Tensor,
  groups: number,
  options: WindowOptions,
): Tensor {
  const { stride = 1, padding = 0, flip = false, paddingMode = "zeros" } = options;
  const dilation = pair(options.dilation ?? 1);
  const attrs = { stride: pair(stride), dilation, groups };
  // Turned before, not while it moves: the kernels of cross-correlation serve both.
  const k = flip ? x.builder.apply("flip", [w], { axes: [2, 3] }) : w;
  if (paddingMode === "zeros") return x.builder.apply("conv2d", [x, k], { ...attrs, padding });
  const sides = toPadding(where, padding, [w.shape[2], w.shape[3]], dilation);
  return x.builder.apply("conv2d", [padImages(where, x, sides, paddingMode), k], attrs);
}

export const addBias = (y: Tensor, b: Tensor): Tensor => y.add(b.reshape(b.size, 1, 1));

/** Throws unless there are a kernel and as many outputs as the groups divide. */
export function checkOptions(
  where: string,
  out: number,
  options: { kernel?: unknown; groups?: number },
): void {
  if (!options?.kernel) throw new ConvkitError(where, "needs a kernel: { kernel: 2 }");
  const { groups = 1 } = options;
  if (out > 0 && Number.isInteger(out / groups)) return;
  throw new ConvkitError(
    where,
    `${out} output channels in ${groups} groups — groups divide channels`,
  );
}

/** Throws unless x is N×C×H×W with channels that the groups divide. */
export function checkGroups(where: string, x: Tensor, groups: number): void {
  checkImages(where, x);
  if (x.shape[1] % groups !== 0) {
    throw new ConvkitError(
      where,
      `input has ${x.shape[1]} channels, which ${groups} groups do not divide — ` +
        `x ${formatShape(x.shape)}`,
    );
  }
}

export const conv2dSpec: LayerSpec = {
  name: "conv2d",
  formula: "y[o] = b[o] + Σ_i w[o, i] ⋆ x[i]",
  shapes: "N×I×H×W → N×O×H′×W′, H′ = 1 + ⌊(H + p₀ + p₁ − d·(k − 1) − 1)/s⌋",
  source: "LeCun et al. 1989, Neural Computation 1(4)",
  torch: "nn.Conv2d",
  // biome-ignore format: one case a line
  samples: [
    { name: "3×3, padding 1", make: () => conv2d(6, { kernel: 3, padding: 1 }), inputs: [{ shape: [2, 5, 4] }], output: [6, 5, 4], states: { weight: [6, 2, 3, 3], bias: [6] }, torch: "nn.Conv2d(2, 6, 3, padding=1)" },
    { name: "all options", make: () => conv2d(6, { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2], groups: 2, bias: false, flip: true }), inputs: [{ shape: [4, 7, 6] }], output: [6, 3, 7], states: { weight: [6, 2, 3, 2] }, torch: "lambda x, p: F.conv2d(F.pad(x, [2, 1, 1, 0]), p['weight'].flip(2, 3), None, [2, 1], 0, [1, 2], 2)" },
    { name: "reflect", make: () => conv2d(3, { kernel: [3, 5], padding: [0, 1, 3, 2], paddingMode: "reflect" }), inputs: [{ shape: [2, 4, 5] }], output: [3, 3, 6], states: { weight: [3, 2, 3, 5], bias: [3] }, torch: "lambda x, p: F.conv2d(F.pad(x, [3, 2, 0, 1], 'reflect'), p['weight'], p['bias'])" },
    { name: "replicate, stride 2", make: () => conv2d(4, { kernel: 3, stride: 2, padding: 2, paddingMode: "replicate", groups: 2, bias: false, dilation: 2 }), inputs: [{ shape: [2, 5, 4] }], output: [4, 3, 2], states: { weight: [4, 1, 3, 3] }, torch: "nn.Conv2d(2, 4, 3, 2, 2, 2, 2, False, 'replicate')" },
    { name: "circular, same", make: () => conv2d(2, { kernel: [4, 3], padding: "same", paddingMode: "circular" }), inputs: [{ shape: [2, 4, 5] }], output: [2, 4, 5], states: { weight: [2, 2, 4, 3], bias: [2] }, torch: "nn.Conv2d(2, 2, [4, 3], padding='same', padding_mode='circular')" },
    { name: "same", make: () => conv2d(3, { kernel: 4, padding: "same" }), inputs: [{ shape: [2, 6, 5] }], output: [3, 6, 5], states: { weight: [3, 2, 4, 4], bias: [3] }, torch: "nn.Conv2d(2, 3, 4, padding='same')" },
  ],
};
