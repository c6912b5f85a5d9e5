/**
 * SRResNet (Ledig et al. 2016, arXiv:1609.04802, figure 4): an image four times as wide and high, by 16 residual blocks at the
 * small size and two pixel shuffles; the generator of SRGAN, trained on squared errors. Grey images give grey ones, colours
 * colours.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { prelu } from "../nn/activation/prelu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { pixelShuffle } from "../nn/resampling/pixel-shuffle.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const WIDTH = 64;
const BLOCKS = 16;

export const infos: readonly ModelInfo[] = [
  {
    name: "srresnet",
    title: "SRResNet: images four times as wide and high",
    // What it was trained on: crops of 96×96, made smaller.
    inputShape: [3, 24, 24],
    classes: 1,
    parameters: 1_547_350,
    macs: 1_277_669_376,
    source: "Ledig et al. 2016, arXiv:1609.04802, figure 4",
    loss: "squaredError",
    task: "superResolution",
  },
];

const conv = (width: number, kernel: number, bias = true) =>
  conv2d(width, { kernel, padding: (kernel - 1) / 2, bias });

/** x + F(x), without an activation after the sum. */
class ResidualBlock extends Module {
  conv1 = conv(WIDTH, 3, false);
  bn1 = batchNorm2d();
  prelu = prelu();
  conv2 = conv(WIDTH, 3, false);
  bn2 = batchNorm2d();
  add = add();

  override get kind(): string {
    return "residualBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.prelu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    return this.add.call(x, this.bn2.call(this.conv2.call(h, mode), mode), mode);
  }
}

/** Twice the size: four channels for each become a square of 2×2. */
const enlarge = () => sequential(conv(4 * WIDTH, 3), pixelShuffle(2), prelu());

export class SRResNet extends Module {
  conv1 = conv(WIDTH, 9);
  prelu = prelu();
  blocks = sequential(...Array.from({ length: BLOCKS }, () => new ResidualBlock()));
  conv2 = conv(WIDTH, 3, false);
  bn2 = batchNorm2d();
  add = add();
  upsample = sequential(enlarge(), enlarge());
  conv3;

  constructor(channels: number) {
    super();
    this.conv3 = conv(channels, 9);
  }

  override get kind(): string {
    return "srResNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const first = this.prelu.call(this.conv1.call(x, mode), mode);
    const h = this.conv2.call(this.blocks.call(first, mode), mode);
    const features = this.add.call(first, this.bn2.call(h, mode), mode);
    return this.conv3.call(this.upsample.call(features, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  checkRequest(request, 4);
  if (request.classes !== info.classes) {
    throw new ConvkitError(
      info.name,
      `${request.classes} classes, but it gives images — leave the classes out`,
    );
  }
  return { net: new SRResNet(request.inputShape[0]), notes: requestNotes(request, info) };
}
