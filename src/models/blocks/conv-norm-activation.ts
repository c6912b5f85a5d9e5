/**
 * Convolution, batch norm, activation as torchvision's Conv2dNormActivation: states "0.weight", "1.weight", …; what keeps the
 * size is padded, and initial values are He's by the fan of the backward pass.
 */
import { conv2d } from "../../nn/convolution/conv2d.ts";
import { kaimingNormal } from "../../nn/init/kaiming.ts";
import type { Module } from "../../nn/module.ts";
import { type BatchNormOptions, batchNorm2d } from "../../nn/normalization/batch-norm.ts";
import { type Sequential, sequential } from "../../nn/structure/sequential.ts";

export interface ConvNormActivationOptions {
  /** 1 by default. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly norm?: BatchNormOptions;
  /** None by default. */
  readonly activation?: () => Module;
}

/** N×C×H×W → N×`out`×⌈H/stride⌉×⌈W/stride⌉. */
export function convNormActivation(
  out: number,
  { kernel = 1, stride = 1, groups = 1, norm, activation }: ConvNormActivationOptions = {},
): Sequential {
  const weightInit = kaimingNormal({ mode: "fanOut" });
  const padding = (kernel - 1) / 2;
  const conv = conv2d(out, { kernel, stride, padding, groups, bias: false, weightInit });
  const layers = [conv, batchNorm2d(norm)];
  return sequential(...layers, ...(activation ? [activation()] : []));
}
