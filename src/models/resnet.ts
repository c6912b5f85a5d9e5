/**
 * Residual networks for ImageNet (He, Zhang, Ren and Sun 2015, arXiv:1512.03385), with the wide ones of Zagoruyko and
 * Komodakis (2016, arXiv:1605.07146) and the ResNeXt of Xie et al. (2016, arXiv:1611.05431), as torchvision has them: the
 * stride stands in the 3×3 convolution of a bottleneck, not in its first ("v1.5", Goyal et al. 2017, arXiv:1706.02677).
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
  type Stem,
  stemNote,
  stemOf,
} from "./model.ts";

// Table 1 of the paper: blocks in the stages conv2_x to conv5_x, whose maps are 56, 28, 14 and 7 pixels wide with 64, 128, 256
// and 512 channels (4 times as many after a bottleneck). ResNeXt: groups and channels of a group at the first stage (table 1);
// wide: 128 inner channels instead of 64. Top-1 are those of torchvision's first weights.
// biome-ignore format: a table
const variants = [
  // name                block         stages           groups  width  parameters    macs            top1
  ["resnet18",          "basic",      [2, 2,  2, 2],    1,      64,    11_689_512,  1_814_073_344,  69.758],
  ["resnet34",          "basic",      [3, 4,  6, 3],    1,      64,    21_797_672,  3_663_761_408,  73.314],
  ["resnet50",          "bottleneck", [3, 4,  6, 3],    1,      64,    25_557_032,  4_089_184_256,  76.130],
  ["resnet101",         "bottleneck", [3, 4, 23, 3],    1,      64,    44_549_160,  7_801_405_440,  77.374],
  ["resnet152",         "bottleneck", [3, 8, 36, 3],    1,      64,    60_192_808, 11_513_626_624,  78.312],
] as const;

type Variant = (typeof variants)[number];

const title = ([name, , stages]: Variant): string =>
  `ResNet-${name.slice(6)}: stages of ${stages.join(", ")} blocks`;

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map((variant) => ({
  name: variant[0],
  title: title(variant),
  inputShape: [3, 224, 224],
  classes: 1000,
  parameters: variant[5],
  macs: variant[6],
  source: "He et al. 2015, arXiv:1512.03385, table 1",
  loss: "crossEntropy",
  accuracy: { top1: variant[7], source: "torchvision 0.14, IMAGENET1K_V1" },
}));

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });

const conv = (width: number, kernel: number, stride = 1, groups = 1) =>
  conv2d(width, { kernel, stride, padding: (kernel - 1) / 2, groups, bias: false, weightInit });

/** What brings the input to a block's size, where the two differ. */
const downsampleTo = (width: number, stride: number) =>
  sequential(conv(width, 1, stride), batchNorm2d());

/** x + F(x), F two 3×3 convolutions (figure 5, left). */
class BasicBlock extends Module {
  conv1;
  bn1 = batchNorm2d();
  relu = relu();
  conv2;
  bn2 = batchNorm2d();
  downsample;
  add = add();
  relu2 = relu();

  constructor(width: number, stride: number, changes: boolean) {
    super();
    this.conv1 = conv(width, 3, stride);
    this.conv2 = conv(width, 3);
    this.downsample = changes ? downsampleTo(width, stride) : undefined;
  }

  override get kind(): string {
    return "basicBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const f = this.bn2.call(this.conv2.call(h, mode), mode);
    const shortcut = this.downsample ? this.downsample.call(x, mode) : x;
    return this.relu2.call(this.add.call(f, shortcut, mode), mode);
  }
}

/** x + F(x), F a 1×1, a 3×3 and a 1×1 convolution (figure 5, right). */
class Bottleneck extends Module {
  conv1;
  bn1 = batchNorm2d();
  relu1 = relu();
  conv2;
  bn2 = batchNorm2d();
  relu2 = relu();
  conv3;
  bn3 = batchNorm2d();
  downsample;
  add = add();
  relu3 = relu();

  constructor(inner: number, width: number, stride: number, groups: number, changes: boolean) {
    super();
    this.conv1 = conv(inner, 1);
    this.conv2 = conv(inner, 3, stride, groups);
    this.conv3 = conv(width, 1);
    this.downsample = changes ? downsampleTo(width, stride) : undefined;
  }

  override get kind(): string {
    return "bottleneck";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    let h = this.relu1.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    h = this.relu2.call(this.bn2.call(this.conv2.call(h, mode), mode), mode);
    h = this.bn3.call(this.conv3.call(h, mode), mode);
    const shortcut = this.downsample ? this.downsample.call(x, mode) : x;
    return this.relu3.call(this.add.call(h, shortcut, mode), mode);
  }
}

/** Stage i of 0 to 3: the first block halves the size (but for stage 0) and changes the channels. */
function stage([, block, stages, groups, widthPerGroup]: Variant, i: number) {
  const width = 64 * 2 ** i;
  const blocks = Array.from({ length: stages[i] }, (_, j) => {
    const stride = i > 0 && j === 0 ? 2 : 1;
    if (block === "basic") return new BasicBlock(width, stride, i > 0 && j === 0);
    const inner = Math.floor((width * widthPerGroup) / 64) * groups;
    return new Bottleneck(inner, 4 * width, stride, groups, j === 0);
  });
  return sequential(...blocks);
}

export class ResNet extends Module {
  // 224×224×3 → 112×112×64 → 56×56 → stages at 56, 28, 14, 7 → classes
  conv1;
  bn1 = batchNorm2d();
  relu = relu();
  maxpool;
  layer1;
  layer2;
  layer3;
  layer4;
  avgpool = globalAvgPool2d();
  fc;

  constructor(variant: Variant, classes: number, stem: Stem) {
    super();
    this.conv1 = stem === "cifar" ? conv(64, 3) : conv(64, 7, 2);
    this.maxpool = stem === "cifar" ? undefined : maxPool2d({ kernel: 3, stride: 2, padding: 1 });
    this.layer1 = stage(variant, 0);
    this.layer2 = stage(variant, 1);
    this.layer3 = stage(variant, 2);
    this.layer4 = stage(variant, 3);
    this.fc = linear(classes);
  }

  override get kind(): string {
    return "resNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    let f = this.maxpool ? this.maxpool.call(h, mode) : h;
    for (const layer of [this.layer1, this.layer2, this.layer3, this.layer4])
      f = layer.call(f, mode);
    return this.fc.call(this.avgpool.call(f, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  const stem = stemOf(request);
  const notes = requestNotes(request, info);
  if (stem === "cifar") notes.push(stemNote(info.name));
  return { net: new ResNet(variant, request.classes, stem), notes };
}
