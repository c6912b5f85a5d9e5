/**
 * The adjoint of a convolution as a layer: strides enlarge. Weight I×(O/groups)×kH×kW, as in PyTorch, whose
 * initial values take that weight's axis 1 for the fan.
 */
import type { Attrs } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { convTranspose2d as convTranspose2dOp } from "../ops/conv-transpose2d.ts";
import { addBias, type Conv2dOptions, checkChannels, checkImages } from "./conv2d.ts";
import { defaultBias, defaultWeight } from "./init.ts";
import { Module } from "./module.ts";
import { type Pair, pair } from "./pair.ts";

export interface ConvTranspose2dOptions extends Omit<Conv2dOptions, "padding" | "flip"> {
  readonly padding?: Pair;
  /** Rows and columns added at the end, to choose among the sizes that a stride leaves open. */
  readonly outputPadding?: Pair;
}

export class ConvTranspose2d extends Module {
  readonly out: number;
  readonly options: ConvTranspose2dOptions;

  constructor(out: number, options: ConvTranspose2dOptions) {
    super();
    checkChannels("convTranspose2d", out, options.groups ?? 1);
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
    checkImages("convTranspose2d", x, groups);
    const shape = [x.shape[1], out / groups, ...pair(kernel)];
    const w = this.param("weight", shape, weightInit ?? defaultWeight());
    const attrs: Attrs = {
      stride: pair(stride),
      padding: pair(padding),
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
