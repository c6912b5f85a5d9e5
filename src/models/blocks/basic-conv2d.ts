/**
 * Convolution, batch norm, ReLU, under torchvision's names (`conv`, `bn`): the unit that GoogLeNet and the Inception networks
 * are made of. Without the norm the convolution has a bias, as in the GoogLeNet of 2014.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../../nn/activation/relu.ts";
import { type Conv2dOptions, conv2d } from "../../nn/convolution/conv2d.ts";
import { type Mode, Module } from "../../nn/module.ts";
import { batchNorm2d } from "../../nn/normalization/batch-norm.ts";

export interface BasicConv2dOptions extends Omit<Conv2dOptions, "bias"> {
  /** Whether a batch norm follows; true by default. */
  readonly norm?: boolean;
  /** Of the norm; 1e-3 by default, as Inception's authors have it. */
  readonly eps?: number;
}

export class BasicConv2d extends Module {
  conv;
  bn;
  relu = relu();

  constructor(out: number, { norm = true, eps = 1e-3, ...options }: BasicConv2dOptions) {
    super();
    this.conv = conv2d(out, { ...options, bias: !norm });
    this.bn = norm ? batchNorm2d({ eps }) : undefined;
  }

  override get kind(): string {
    return "basicConv2d";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.conv.call(x, mode);
    return this.relu.call(this.bn ? this.bn.call(h, mode) : h, mode);
  }
}

/** N×C×H×W → N×`out`×H′×W′. */
export const basicConv2d = (out: number, options: BasicConv2dOptions): BasicConv2d =>
  new BasicConv2d(out, options);
