/**
 * Residual networks for CIFAR (He, Zhang, Ren and Sun 2015, arXiv:1512.03385, section 4.2): 6n + 2 layers, and shortcuts of
 * option A, which skip pixels and pad channels with zeros instead of learning.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
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

// Table 6: n blocks in each of the three stages.
// biome-ignore format: a table
const variants = [
  // name         n   parameters   macs
  ["resnet20",    3,    269_722,    40_551_040],
  ["resnet32",    5,    464_154,    68_862_592],
  ["resnet44",    7,    658_586,    97_174_144],
  ["resnet56",    9,    853_018,   125_485_696],
  ["resnet110",  18,  1_727_962,   252_887_680],
] as const;

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, , parameters, macs]) => ({
    name,
    title: `ResNet-${name.slice(6)} for CIFAR, shortcuts of option A`,
    inputShape: [3, 32, 32],
    classes: 10,
    parameters,
    macs,
    source: "He et al. 2015, arXiv:1512.03385, section 4.2",
    loss: "crossEntropy",
  }),
);

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
export class ShortcutA extends Module {
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
class BasicBlock extends Module {
  conv1;
  bn1 = batchNorm2d();
  relu1 = relu();
  conv2;
  bn2 = batchNorm2d();
  dropPath;
  shortcut;
  add = add();
  relu2 = relu();

  constructor(width: number, stride: number, dropPathRate: number) {
    super();
    this.conv1 = conv3x3(width, stride);
    this.conv2 = conv3x3(width);
    this.dropPath = dropPathRate > 0 ? dropPath(dropPathRate) : undefined;
    this.shortcut = new ShortcutA(width, stride);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu1.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const f = this.bn2.call(this.conv2.call(h, mode), mode);
    const branch = this.dropPath?.call(f, mode) ?? f;
    return this.relu2.call(this.add.call(branch, this.shortcut.call(x, mode), mode), mode);
  }

  override get kind(): string {
    return "basicBlock";
  }
}

export class ResNetCifar extends Module {
  // 32×32×3 → 32×32×16 → 16×16×32 → 8×8×64 → classes
  conv1 = conv3x3(16);
  bn1 = batchNorm2d();
  relu = relu();
  layer1;
  layer2;
  layer3;
  pool = globalAvgPool2d();
  linear;

  constructor(n: number, classes: number, dropPathRate: number) {
    super();
    const stage = (i: number) => {
      const blocks = Array.from({ length: n }, (_, j) => {
        const stride = i > 0 && j === 0 ? 2 : 1;
        return new BasicBlock(16 * 2 ** i, stride, (dropPathRate * (i * n + j)) / (3 * n - 1));
      });
      return sequential(...blocks);
    };
    this.layer1 = stage(0);
    this.layer2 = stage(1);
    this.layer3 = stage(2);
    this.linear = linear(classes, { weightInit: kaimingNormal({ nonlinearity: "relu" }) });
  }

  override get kind(): string {
    return "resNetCifar";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const g = this.layer3.call(this.layer2.call(this.layer1.call(h, mode), mode), mode);
    return this.linear.call(this.pool.call(g, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const [, n] = variants[infos.indexOf(info)];
  const { classes, dropPathRate = 0 } = request;
  return { net: new ResNetCifar(n, classes, dropPathRate), notes: requestNotes(request, info) };
}
