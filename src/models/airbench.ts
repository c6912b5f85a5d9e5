/**
 * Networks that learn CIFAR-10 in minutes, after airbench (Jordan 2024, arXiv:2404.00498, section 3) and the speed runs before it
 * (Page 2019, "How to train your ResNet"): a frozen first layer that whitens patches, three stages of two convolutions that begin as
 * identities, the largest value of each map, and a linear classifier of a ninth of these.
 *
 * They differ from airbench where the engine is faster for it: the first layer has 32 filters of 3×3 with padding in place of 24 of
 * 2×2 without, so that maps are 32×32, and no bias, so that no gradient goes through it; ReLU stands for GELU; and stages are
 * narrower. Scales of norms are trained.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d, convolve } from "../nn/convolution/conv2d.ts";
import { dirac } from "../nn/init/dirac.ts";
import { defaultWeight } from "../nn/init/layer-default.ts";
import { type ImageArray, whitening } from "../nn/init/whitening.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalMaxPool2d } from "../nn/pooling/global-max-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

interface Size {
  readonly widths: readonly [number, number, number];
  readonly parameters: number;
  readonly macs: number;
}

const sizes: Readonly<Record<string, Size>> = {
  airbench_xs: { widths: [16, 32, 64], parameters: 77_120, macs: 9_732_736 },
  airbench_s: { widths: [32, 128, 128], parameters: 500_096, macs: 43_353_344 },
  airbench_m: { widths: [64, 128, 256], parameters: 1_165_568, macs: 85_821_952 },
  airbench_l: { widths: [64, 256, 256], parameters: 1_977_088, macs: 151_882_240 },
};

export const infos: readonly ModelInfo[] = Object.entries(sizes).map(
  ([name, { widths, parameters, macs }]): ModelInfo => ({
    name,
    title: `Whitened patches and three stages of ${widths.join(", ")} maps that begin as identities`,
    inputShape: [3, 32, 32],
    classes: 10,
    parameters,
    macs,
    source: "after Jordan 2024, arXiv:2404.00498",
    loss: "crossEntropy",
  }),
);

/** At most as many as twice the values of a grey patch. */
const filtersOf = (channels: number): number => Math.min(32, 2 * channels * 9);

/** A convolution of 3×3 whose filters do not learn: a buffer. */
class Whitening extends Module {
  override get kind(): string {
    return "whitening";
  }

  forward(x: Tensor): Tensor {
    const [, channels] = x.shape;
    const weight = this.buffer("weight", [filtersOf(channels), channels, 3, 3], defaultWeight());
    return convolve(this.kind, x, weight, 1, { padding: 1 });
  }

  /** Gives it the filters that whiten the patches of these images. */
  fit(images: ImageArray): void {
    for (const { parameter } of this.ownStates.values()) {
      parameter.write(whitening(images)(parameter.shape));
    }
  }
}

const conv3x3 = (width: number) =>
  conv2d(width, {
    ...{ kernel: 3, padding: 1, bias: false },
    weightInit: dirac({ rest: defaultWeight() }),
  });

/** conv – pool by 2 – norm – ReLU – conv – norm – ReLU. */
class Stage extends Module {
  conv1;
  pool = maxPool2d(2);
  norm1 = batchNorm2d();
  relu1 = relu();
  conv2;
  norm2 = batchNorm2d();
  relu2 = relu();

  constructor(width: number) {
    super();
    this.conv1 = conv3x3(width);
    this.conv2 = conv3x3(width);
  }

  override get kind(): string {
    return "stage";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.norm1.call(this.pool.call(this.conv1.call(x, mode), mode), mode);
    const g = this.conv2.call(this.relu1.call(h, mode), mode);
    return this.relu2.call(this.norm2.call(g, mode), mode);
  }
}

export class Airbench extends Module {
  // 32×32×3 → 32×32×32 → 16×16 → 8×8 → 4×4 → 1×1 → classes
  whiten = new Whitening();
  relu = relu();
  stages;
  pool = globalMaxPool2d();
  head;

  constructor(widths: readonly number[], classes = 10) {
    super();
    this.stages = widths.map((width) => new Stage(width));
    this.head = linear(classes, { bias: false });
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const first = this.relu.call(this.whiten.call(x, mode), mode);
    const last = this.stages.reduce((h, stage) => stage.call(h, mode), first);
    return this.head.call(this.pool.call(last, mode).mul(1 / 9), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 8);
  const { name, classes } = request;
  const net = new Airbench(sizes[name].widths, classes);
  return {
    net,
    notes: requestNotes(request, infoOf(infos, name)),
    initializeFrom: (images) => net.whiten.fit(images),
  };
}
