/**
 * Wide residual networks for CIFAR (Zagoruyko and Komodakis 2016, arXiv:1605.07146): pre-activation blocks, few and k times as wide.
 * `dropRate` is that of the dropout between the two convolutions of a block (section 2.4), which the paper sets to 0 or 0.3.
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
import { dropout } from "../nn/regularization/dropout.ts";
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

// Table 4: depth, which is 6 blocks of each stage's and 4 more, and the factor of the widths 16, 32 and 64.
// biome-ignore format: a table
const variants = [
  // name      depth  k   parameters  macs
  ["wrn_40_1",  40,   1,     563_930,    83_280_512],
  ["wrn_40_2",  40,   2,   2_243_546,   327_599_360],
  ["wrn_40_4",  40,   4,   8_949_210, 1_298_582_016],
  ["wrn_40_8",  40,   8,  35_748_314, 5_172_024_320],
  ["wrn_28_10", 28,  10,  36_479_194, 5_243_328_768],
  ["wrn_28_12", 28,  12,  52_517_850, 7_543_905_792],
  ["wrn_22_8",  22,   8,  17_158_106, 2_454_115_328],
  ["wrn_22_10", 22,  10,  26_797_914, 3_827_751_168],
  ["wrn_16_4",  16,   4,   2_748_890,   392_612_352],
  ["wrn_16_8",  16,   8,  10_961_370, 1_548_145_664],
  ["wrn_16_10", 16,  10,  17_116_634, 2_412_173_568],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, depth, k, parameters, macs]) => ({
    name,
    title: `WRN-${depth}-${k} for CIFAR: ${depth} layers, ${k} times as wide`,
    inputShape: [3, 32, 32],
    classes: 10,
    parameters,
    macs,
    source: "Zagoruyko and Komodakis 2016, arXiv:1605.07146, table 4",
    loss: "crossEntropy",
  }),
);

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });

const conv = (width: number, kernel: number, stride = 1) =>
  conv2d(width, { kernel, stride, padding: (kernel - 1) / 2, bias: false, weightInit });

interface BlockOptions {
  readonly width: number;
  readonly stride: number;
  /** Whether the result differs from the input in size or channels. */
  readonly changes: boolean;
  readonly dropRate: number;
  readonly dropPathRate: number;
}

/** x + F(x), F two of norm – ReLU – 3×3; where x changes, the shortcut convolves what the first ReLU gives (figure 1d). */
class WideBlock extends Module {
  bn1 = batchNorm2d();
  relu1 = relu();
  conv1;
  bn2 = batchNorm2d();
  relu2 = relu();
  dropout;
  conv2;
  dropPath;
  shortcut;
  add = add();

  constructor({ width, stride, changes, dropRate, dropPathRate }: BlockOptions) {
    super();
    this.conv1 = conv(width, 3, stride);
    this.dropout = dropRate > 0 ? dropout(dropRate) : undefined;
    this.conv2 = conv(width, 3);
    this.dropPath = dropPathRate > 0 ? dropPath(dropPathRate) : undefined;
    this.shortcut = changes ? conv(width, 1, stride) : undefined;
  }

  override get kind(): string {
    return "wideBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const active = this.relu1.call(this.bn1.call(x, mode), mode);
    const h = this.relu2.call(this.bn2.call(this.conv1.call(active, mode), mode), mode);
    const f = this.conv2.call(this.dropout?.call(h, mode) ?? h, mode);
    const branch = this.dropPath?.call(f, mode) ?? f;
    return this.add.call(branch, this.shortcut?.call(active, mode) ?? x, mode);
  }
}

export class WideResNet extends Module {
  // 32×32×3 → 32×32×16 → 32×32×16k → 16×16×32k → 8×8×64k → classes
  conv1 = conv(16, 3);
  layer1;
  layer2;
  layer3;
  bn1 = batchNorm2d();
  relu = relu();
  pool = globalAvgPool2d();
  linear;

  constructor([, depth, k]: Variant, { classes, dropRate = 0, dropPathRate = 0 }: ModelRequest) {
    super();
    const n = (depth - 4) / 6;
    const stage = (i: number) => {
      const blocks = Array.from({ length: n }, (_, j) => {
        const stride = i > 0 && j === 0 ? 2 : 1;
        const changes = j === 0 && (i > 0 || k > 1);
        const rate = (dropPathRate * (i * n + j)) / (3 * n - 1);
        return new WideBlock({
          width: 16 * k * 2 ** i,
          stride,
          changes,
          dropRate,
          dropPathRate: rate,
        });
      });
      return sequential(...blocks);
    };
    this.layer1 = stage(0);
    this.layer2 = stage(1);
    this.layer3 = stage(2);
    this.linear = linear(classes);
  }

  override get kind(): string {
    return "wideResNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    let h = this.conv1.call(x, mode);
    for (const layer of [this.layer1, this.layer2, this.layer3]) h = layer.call(h, mode);
    h = this.relu.call(this.bn1.call(h, mode), mode);
    return this.linear.call(this.pool.call(h, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  return { net: new WideResNet(variant, request), notes: requestNotes(request, info) };
}
