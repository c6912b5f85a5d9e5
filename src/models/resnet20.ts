/**
 * ResNet-20 for CIFAR (He, Zhang, Ren and Sun 2015, arXiv:1512.03385, section 4.2): 6n + 2 layers with n = 3,
 * and shortcuts of option A, which skip pixels and pad channels with zeros instead of learning.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { add } from "../nn/structure/add.ts";
import { Sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const info: ModelInfo = {
  name: "resnet20",
  title: "ResNet-20 for CIFAR, shortcuts of option A",
  inputShape: [3, 32, 32],
  classes: 10,
  parameters: 269_722,
  macs: 40_551_040,
  source: "He et al. 2015, arXiv:1512.03385, section 4.2",
  loss: "crossEntropy",
};

export const infos: readonly ModelInfo[] = [info];

// The table of section 4.2: output 32×32, 16×16, 8×8 with 16, 32, 64 filters, 2n layers each (the first
// layer besides); w width, s stride of the first block.
// prettier-ignore
const rows = [
  [16, 1],
  [32, 2],
  [64, 2],
] as const;
const n = 3;

/** A 3×3 convolution without bias, with He's initial values (arXiv:1502.01852), as section 4.2 says. */
const conv3x3 = (width: number, stride = 1) =>
  conv2d(width, {
    kernel: 3,
    stride,
    padding: 1,
    bias: false,
    weightInit: kaimingNormal({ nonlinearity: "relu" }),
  });

/** Option A: every second pixel, and zeros for the new channels, half before and half after. */
class ShortcutA extends Module {
  readonly width: number;
  readonly stride: number;

  constructor(width: number, stride: number) {
    super();
    this.width = width;
    this.stride = stride;
  }

  override get kind(): string {
    return "shortcutA";
  }

  forward(x: Tensor): Tensor {
    const { width, stride } = this;
    const fewer =
      stride === 1 ? x : x.slice(2, 0, undefined, stride).slice(3, 0, undefined, stride);
    const lacks = width - x.shape[1];
    if (lacks === 0) return fewer;
    const before = [0, Math.floor(lacks / 2), 0, 0];
    const after = [0, lacks - before[1], 0, 0];
    return x.builder.apply("pad", [fewer], { before, after });
  }
}

/** x + F(x), F two 3×3 convolutions with batch norm. */
export class BasicBlock extends Module {
  conv1;
  bn1 = batchNorm2d();
  relu1 = relu();
  conv2;
  bn2 = batchNorm2d();
  shortcut;
  add = add();
  relu2 = relu();

  constructor(width: number, stride: number) {
    super();
    this.conv1 = conv3x3(width, stride);
    this.conv2 = conv3x3(width);
    this.shortcut = new ShortcutA(width, stride);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu1.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const f = this.bn2.call(this.conv2.call(h, mode), mode);
    return this.relu2.call(this.add.call(f, this.shortcut.call(x, mode), mode), mode);
  }

  override get kind(): string {
    return "basicBlock";
  }
}

const layer = ([w, s]: readonly [w: number, s: number]) =>
  new Sequential(Array.from({ length: n }, (_, i) => new BasicBlock(w, i === 0 ? s : 1)));

export class ResNet20 extends Module {
  conv1 = conv3x3(16);
  bn1 = batchNorm2d();
  relu = relu();
  layer1 = layer(rows[0]);
  layer2 = layer(rows[1]);
  layer3 = layer(rows[2]);
  pool = globalAvgPool2d();
  linear;

  constructor(classes = 10) {
    super();
    const weightInit = kaimingNormal({ nonlinearity: "relu" });
    this.linear = linear(classes, { weightInit });
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const g = this.layer3.call(this.layer2.call(this.layer1.call(h, mode), mode), mode);
    return this.linear.call(this.pool.call(g, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  return { net: new ResNet20(request.classes), notes: requestNotes(request, info) };
}
