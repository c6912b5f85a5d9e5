/**
 * U-Net (Ronneberger, Fischer and Brox 2015, arXiv:1505.04597): a path that contracts, one that expands, and at each size
 * the features of the first beside those of the second; score maps N×K×H×W. `unet` is what the field means by the name:
 * convolutions padded, so that maps are as large as the image, and normalised; states are named as in the much used
 * milesial/Pytorch-UNet; `unet_s` has 16 channels in place of 64 at the first size and a sixteenth of the work, for processors. `unet_valid` is the paper's: no padding, so that 572×572 pixels give scores of the inner 388×388.
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { convTranspose2d } from "../nn/convolution/conv-transpose2d.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
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

const common = {
  classes: 2,
  source: "Ronneberger et al. 2015, arXiv:1505.04597, figure 1",
  loss: "crossEntropy",
  task: "segmentation",
} as const;

export const infos: readonly ModelInfo[] = [
  {
    ...common,
    name: "unet",
    title: "U-Net: padded, with batch normalisation",
    inputShape: [1, 512, 512],
    parameters: 31_036_546,
    macs: 192_384_335_872,
  },
  {
    ...common,
    name: "unet_s",
    title: "U-Net: a quarter as wide",
    inputShape: [1, 512, 512],
    parameters: 1_942_306,
    macs: 12_058_624_000,
  },
  {
    ...common,
    name: "unet_valid",
    title: "U-Net as published: 572×572 pixels give 388×388",
    inputShape: [1, 572, 572],
    parameters: 31_030_658,
    macs: 150_428_424_448,
  },
];

// Section 3: a Gaussian of variance 2/N, N the values that come into a unit.
const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanIn", nonlinearity: "relu" });

/** Twice a 3×3 convolution and a ReLU; padded ones are normalised in between. */
function doubleConv(width: number, padded: boolean) {
  const layers = () => [
    conv2d(width, { kernel: 3, padding: padded ? 1 : 0, bias: !padded, weightInit }),
    ...(padded ? [batchNorm2d()] : []),
    relu(),
  ];
  return sequential({ double_conv: sequential(...layers(), ...layers()) });
}

const down = (width: number, padded: boolean) =>
  sequential({ maxpool_conv: sequential(maxPool2d(2), doubleConv(width, padded)) });

/** Twice the size and half the channels, beside the contracting path's features, cut to the same size. */
class Up extends Module<readonly [Tensor, Tensor]> {
  up;
  concat = concat();
  conv;

  constructor(width: number, padded: boolean) {
    super();
    const up = { kernel: 2, stride: 2, weightInit: normal(0, Math.sqrt(1 / width)) };
    this.up = convTranspose2d(width, up);
    this.conv = doubleConv(width, padded);
  }

  override get kind(): string {
    return "up";
  }

  forward(x: Tensor, features: Tensor, mode: Mode): Tensor {
    const grown = this.up.call(x, mode);
    const [, , h, w] = grown.shape;
    const joined = this.concat.call(centre(features, h, w), grown, mode);
    return this.conv.call(joined, mode);
  }
}

/** The inner h×w of the maps. */
function centre(x: Tensor, h: number, w: number): Tensor {
  const [top, left] = [(x.shape[2] - h) / 2, (x.shape[3] - w) / 2];
  return x.slice(2, top, top + h).slice(3, left, left + w);
}

export class UNet extends Module {
  inc;
  down1;
  down2;
  down3;
  down4;
  dropout;
  up1;
  up2;
  up3;
  up4;
  outc;

  /** `width` channels at the first size, twice as many at each one after it. */
  constructor(width: number, classes: number, padded: boolean, dropRate: number) {
    super();
    this.inc = doubleConv(width, padded);
    this.down1 = down(2 * width, padded);
    this.down2 = down(4 * width, padded);
    this.down3 = down(8 * width, padded);
    this.down4 = down(16 * width, padded);
    this.dropout = dropout(dropRate);
    this.up1 = new Up(8 * width, padded);
    this.up2 = new Up(4 * width, padded);
    this.up3 = new Up(2 * width, padded);
    this.up4 = new Up(width, padded);
    this.outc = sequential({ conv: conv2d(classes, { kernel: 1, weightInit }) });
  }

  override get kind(): string {
    return "uNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const x1 = this.inc.call(x, mode);
    const x2 = this.down1.call(x1, mode);
    const x3 = this.down2.call(x2, mode);
    const x4 = this.down3.call(x3, mode);
    const x5 = this.dropout.call(this.down4.call(x4, mode), mode);
    let y = this.up1.call(x5, x4, mode);
    y = this.up2.call(y, x3, mode);
    y = this.up3.call(y, x2, mode);
    y = this.up4.call(y, x1, mode);
    return this.outc.call(y, mode);
  }
}

/** Without padding all maps that are pooled have even sides where the image's are 12 more than a multiple of 16. */
function checkTile({ name, inputShape }: ModelRequest): void {
  const [, h, w] = inputShape;
  const fitting = [h, w].map((side) => Math.ceil((side - 12) / 16) * 16 + 12);
  if (fitting[0] === h && fitting[1] === w) return;
  throw new ConvkitError(
    name,
    `${h}×${w} images do not halve evenly without padding — resize them to ${fitting.join("×")}`,
  );
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const padded = info.name !== "unet_valid";
  const width = info.name === "unet_s" ? 16 : 64;
  checkRequest(request, padded ? 16 : 188, padded ? 16 : 1);
  if (!padded) checkTile(request);
  const { classes, dropRate = padded ? 0 : 0.5 } = request;
  return { net: new UNet(width, classes, padded, dropRate), notes: requestNotes(request, info) };
}
