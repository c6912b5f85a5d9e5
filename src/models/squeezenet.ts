/**
 * SqueezeNet (Iandola et al. 2016, arXiv:1602.07360) as torchvision has it: few 1×1 maps before the costly 3×3 convolutions, pools
 * late, and the mean of each class's map in place of a dense layer. Version 1.1, the authors' own, pools earlier: 2.4 times less work.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingUniform } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { type Mode, Module } from "../nn/module.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { concat } from "../nn/structure/concat.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const base = {
  inputShape: [3, 224, 224],
  classes: 1000,
  loss: "crossEntropy",
} as const;

export const infos: readonly ModelInfo[] = [
  {
    ...base,
    name: "squeezenet1_0",
    title: "SqueezeNet 1.0: fire modules",
    parameters: 1_248_424,
    macs: 818_924_576,
    source: "Iandola et al. 2016, arXiv:1602.07360, table 1",
    accuracy: { top1: 58.092, source: "torchvision 0.14, IMAGENET1K_V1" },
  },
  {
    ...base,
    name: "squeezenet1_1",
    title: "SqueezeNet 1.1: a smaller first window, pools earlier",
    parameters: 1_235_496,
    macs: 349_151_936,
    source: "Iandola et al. 2016, the authors' repository, SqueezeNet_v1.1",
    accuracy: { top1: 58.178, source: "torchvision 0.14, IMAGENET1K_V1" },
  },
];

// Table 1: a fire module is its number of squeezed maps; it gives four times as many of either window.
// biome-ignore format: a table
const versions = {
  squeezenet1_0: { width: 96, kernel: 7, smallest: 21, fires: ["pool", 16, 16, 32, "pool", 32, 48, 48, 64, "pool", 64] },
  squeezenet1_1: { width: 64, kernel: 3, smallest: 17, fires: ["pool", 16, 16, "pool", 32, 32, "pool", 48, 48, 64, 64] },
} as const;

const conv = (width: number, kernel: number, { stride = 1, padding = 0 } = {}) =>
  conv2d(width, { kernel, stride, padding, weightInit: kaimingUniform(), biasInit: zeros() });

/** [1×1; 3×3] over a 1×1 that squeezes (figure 1). */
class Fire extends Module {
  squeeze;
  squeeze_activation = relu();
  expand1x1;
  expand1x1_activation = relu();
  expand3x3;
  expand3x3_activation = relu();
  concat = concat();

  constructor(squeezed: number) {
    super();
    this.squeeze = conv(squeezed, 1);
    this.expand1x1 = conv(4 * squeezed, 1);
    this.expand3x3 = conv(4 * squeezed, 3, { padding: 1 });
  }

  override get kind(): string {
    return "fire";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const s = this.squeeze_activation.call(this.squeeze.call(x, mode), mode);
    const one = this.expand1x1_activation.call(this.expand1x1.call(s, mode), mode);
    const three = this.expand3x3_activation.call(this.expand3x3.call(s, mode), mode);
    return this.concat.call(one, three, mode);
  }
}

const pool = () => maxPool2d({ kernel: 3, stride: 2, ceilMode: true });

export class SqueezeNet extends Module {
  // 1.0: 224×224×3 → 109×109×96 → 54×54 → 54×54×256 → 27×27 → 27×27×512 → 13×13 → 13×13×classes → classes
  features;
  classifier;

  constructor(name: keyof typeof versions, classes: number, dropRate: number) {
    super();
    const { width, kernel, fires } = versions[name];
    this.features = sequential(
      conv(width, kernel, { stride: 2 }),
      relu(),
      ...fires.map((fire) => (fire === "pool" ? pool() : new Fire(fire))),
    );
    this.classifier = sequential(
      dropout(dropRate),
      conv2d(classes, { kernel: 1, weightInit: normal(0, 0.01), biasInit: zeros() }),
      relu(),
      globalAvgPool2d(),
    );
  }

  override get kind(): string {
    return "squeezeNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.classifier.call(this.features.call(x, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const name = info.name as keyof typeof versions;
  checkRequest(request, versions[name].smallest);
  const { classes, dropRate = 0.5 } = request;
  return { net: new SqueezeNet(name, classes, dropRate), notes: requestNotes(request, info) };
}
