/**
 * Network in network (Lin, Chen and Yan 2013, arXiv:1312.4400): a small network of 1×1 convolutions over every position of a
 * window, and the mean of each class's map in place of dense layers. For CIFAR as published (section 4.2), for ImageNet with the
 * windows of AlexNet, the widths of the authors' own model. Pools of the latter round down, as most have it; Caffe's rounded up.
 */
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { flatten } from "../nn/structure/flatten.ts";
import { Sequential, sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

export const infos: readonly ModelInfo[] = [
  {
    name: "nin_cifar",
    title: "Network in network for CIFAR: three networks over windows",
    inputShape: [3, 32, 32],
    classes: 10,
    parameters: 966_986,
    macs: 222_486_528,
    source: "Lin, Chen and Yan 2013, arXiv:1312.4400, section 4.2; widths of the authors' model",
    loss: "crossEntropy",
  },
  {
    name: "nin",
    title: "Network in network for ImageNet: four networks over windows",
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters: 7_595_176,
    macs: 969_460_864,
    source: "Lin, Chen and Yan 2013, arXiv:1312.4400; the authors' model for ImageNet",
    loss: "crossEntropy",
  },
];

interface MlpConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** The paper sets its initial weights by hand and gives no numbers; these are He's (arXiv:1502.01852). */
const start = () => ({
  weightInit: kaimingNormal({ nonlinearity: "relu" }),
  biasInit: zeros(),
});

/** A convolution and two of 1×1, each with a ReLU (figure 1b). */
const mlpConv = ([first, second, third]: readonly number[], options: MlpConvOptions) =>
  sequential(
    conv2d(first, { ...options, ...start() }),
    relu(),
    conv2d(second, { kernel: 1, ...start() }),
    relu(),
    conv2d(third, { kernel: 1, ...start() }),
    relu(),
  );

export class Nin extends Sequential {
  // 224×224×3 → 54×54×96 → 26×26 → 26×26×256 → 12×12 → 12×12×384 → 5×5 → 5×5×classes → classes
  constructor(classes: number, dropRate: number) {
    const pool = () => maxPool2d({ kernel: 3, stride: 2 });
    super({
      mlpconv1: mlpConv([96, 96, 96], { kernel: 11, stride: 4 }),
      pool1: pool(),
      mlpconv2: mlpConv([256, 256, 256], { kernel: 5, padding: 2 }),
      pool2: pool(),
      mlpconv3: mlpConv([384, 384, 384], { kernel: 3, padding: 1 }),
      pool3: pool(),
      drop: dropout(dropRate),
      mlpconv4: mlpConv([1024, 1024, classes], { kernel: 3, padding: 1 }),
      avgpool: globalAvgPool2d({ keepDims: true }),
      flatten: flatten(),
    });
  }

  override get kind(): string {
    return "nin";
  }
}

export class NinCifar extends Sequential {
  // 32×32×3 → 32×32×96 → 16×16 → 16×16×192 → 8×8 → 8×8×classes → classes
  constructor(classes: number, dropRate: number) {
    const window = { kernel: 3, stride: 2, ceilMode: true };
    super({
      mlpconv1: mlpConv([192, 160, 96], { kernel: 5, padding: 2 }),
      pool1: maxPool2d(window),
      drop1: dropout(dropRate),
      mlpconv2: mlpConv([192, 192, 192], { kernel: 5, padding: 2 }),
      pool2: avgPool2d(window),
      drop2: dropout(dropRate),
      mlpconv3: mlpConv([192, 192, classes], { kernel: 3, padding: 1 }),
      avgpool: globalAvgPool2d({ keepDims: true }),
      flatten: flatten(),
    });
  }

  override get kind(): string {
    return "ninCifar";
  }
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const isCifar = info.name === "nin_cifar";
  checkRequest(request, isCifar ? 4 : 67);
  const { classes, dropRate = 0.5 } = request;
  const net = isCifar ? new NinCifar(classes, dropRate) : new Nin(classes, dropRate);
  return { net, notes: requestNotes(request, info) };
}
