/**
 * AlexNet (Krizhevsky, Sutskever and Hinton 2012, NIPS 25): as published, two halves with local response normalisation, and as
 * torchvision has it, the single column of "One weird trick" (Krizhevsky 2014, arXiv:1404.5997). The names of the states are
 * Caffe's for the former, torchvision's for the latter. An adaptive pool before the classifier lets either take any size.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { constant } from "../nn/init/constant.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { localResponseNorm } from "../nn/normalization/local-response-norm.ts";
import { adaptiveAvgPool2d } from "../nn/pooling/adaptive-avg-pool2d.ts";
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
    name: "alexnet_2012",
    title: "AlexNet as published: two groups, local response normalisation",
    // The paper says 224; 55×55 positions of an 11×11 window with stride 4 take 227.
    inputShape: [3, 227, 227],
    classes: 1000,
    parameters: 60_965_224,
    macs: 724_406_816,
    source: "Krizhevsky, Sutskever and Hinton 2012, NIPS 25, figure 2",
    loss: "crossEntropy",
    accuracy: { top1: 57.1, source: "Caffe's model zoo, bvlc_alexnet" },
  },
  {
    name: "alexnet",
    title: "AlexNet in one column",
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters: 61_100_840,
    macs: 714_188_480,
    source: "Krizhevsky 2014, arXiv:1404.5997; torchvision's",
    loss: "crossEntropy",
    accuracy: { top1: 56.522, source: "torchvision 0.14, IMAGENET1K_V1" },
  },
];

const pool = () => maxPool2d({ kernel: 3, stride: 2 });

/** torchvision's. */
export class AlexNet extends Module {
  // 224×224×3 → 55×55×64 → 27×27 → 27×27×192 → 13×13 → 384, 256, 256 → 6×6 → 4096 → 4096 → classes
  features = sequential(
    conv2d(64, { kernel: 11, stride: 4, padding: 2 }),
    relu(),
    pool(),
    conv2d(192, { kernel: 5, padding: 2 }),
    relu(),
    pool(),
    conv2d(384, { kernel: 3, padding: 1 }),
    relu(),
    conv2d(256, { kernel: 3, padding: 1 }),
    relu(),
    conv2d(256, { kernel: 3, padding: 1 }),
    relu(),
    pool(),
  );
  avgpool = adaptiveAvgPool2d(6);
  flatten = flatten();
  classifier;

  constructor(classes: number, dropRate: number) {
    super();
    const hidden = () => [dropout(dropRate), linear(4096), relu()];
    this.classifier = sequential(...hidden(), ...hidden(), linear(classes));
  }

  override get kind(): string {
    return "alexNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const f = this.avgpool.call(this.features.call(x, mode), mode);
    return this.classifier.call(this.flatten.call(f, mode), mode);
  }
}

/** Section 5: weights N(0, 0.01²); biases 1 in layers 2, 4 and 5 and in the hidden dense ones, else 0. */
const start = (bias: 0 | 1) => ({ weightInit: normal(0, 0.01), biasInit: constant(bias) });

/** Section 3.3. PyTorch's α is divided by the five channels. */
const norm = () => localResponseNorm(5, { alpha: 5e-4, k: 2 });

/** The published one. Layers 2, 4 and 5 see only the maps on their own GPU, which are groups here. */
export class AlexNet2012 extends Sequential {
  // 227×227×3 → 55×55×96 → 27×27 → 27×27×256 → 13×13 → 384, 384, 256 → 6×6 → 4096 → 4096 → classes
  constructor(classes: number, dropRate: number) {
    super({
      conv1: conv2d(96, { kernel: 11, stride: 4, ...start(0) }),
      relu1: relu(),
      norm1: norm(),
      pool1: pool(),
      conv2: conv2d(256, { kernel: 5, padding: 2, groups: 2, ...start(1) }),
      relu2: relu(),
      norm2: norm(),
      pool2: pool(),
      conv3: conv2d(384, { kernel: 3, padding: 1, ...start(0) }),
      relu3: relu(),
      conv4: conv2d(384, { kernel: 3, padding: 1, groups: 2, ...start(1) }),
      relu4: relu(),
      conv5: conv2d(256, { kernel: 3, padding: 1, groups: 2, ...start(1) }),
      relu5: relu(),
      pool5: pool(),
      avgpool: adaptiveAvgPool2d(6),
      flatten: flatten(),
      fc6: linear(4096, start(1)),
      relu6: relu(),
      drop6: dropout(dropRate),
      fc7: linear(4096, start(1)),
      relu7: relu(),
      drop7: dropout(dropRate),
      fc8: linear(classes, start(0)),
    });
  }

  override get kind(): string {
    return "alexNet2012";
  }
}

export function make(request: ModelRequest): MadeModel {
  // The last pool needs 3×3: 3 → 7 → 15 positions of the first window.
  checkRequest(request, request.name === "alexnet" ? 63 : 67);
  const { classes, dropRate = 0.5 } = request;
  const info = infoOf(infos, request.name);
  const net =
    info.name === "alexnet" ? new AlexNet(classes, dropRate) : new AlexNet2012(classes, dropRate);
  return { net, notes: requestNotes(request, info) };
}
