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
  type Stem,
  stemNote,
  stemOf,
} from "./model.ts";

const he = "He et al. 2015, arXiv:1512.03385, table 1";
const xie = "Xie et al. 2016, arXiv:1611.05431, table 1";
const zagoruyko = "Zagoruyko and Komodakis 2016, arXiv:1605.07146, table 8";
const v1 = "torchvision 0.14, IMAGENET1K_V1";

// Blocks in the stages conv2_x to conv5_x, whose maps are 56, 28, 14 and 7 pixels wide with 64, 128, 256 and 512 channels (4
// times as many after a bottleneck). ResNeXt: groups and channels of a group at the first stage; wide: 128 inner channels there
// instead of 64.
// biome-ignore format: a table
const variants = [
  // name                title                  block         stages         gr. wid. parameters   macs            source     top1    measured
  ["resnet18",         "ResNet-18",           "basic",      [2, 2,  2, 2],  1,  64,  11_689_512,  1_814_073_344, he,        69.758, v1],
  ["resnet34",         "ResNet-34",           "basic",      [3, 4,  6, 3],  1,  64,  21_797_672,  3_663_761_408, he,        73.314, v1],
  ["resnet50",         "ResNet-50",           "bottleneck", [3, 4,  6, 3],  1,  64,  25_557_032,  4_089_184_256, he,        76.130, v1],
  ["resnet101",        "ResNet-101",          "bottleneck", [3, 4, 23, 3],  1,  64,  44_549_160,  7_801_405_440, he,        77.374, v1],
  ["resnet152",        "ResNet-152",          "bottleneck", [3, 8, 36, 3],  1,  64,  60_192_808, 11_513_626_624, he,        78.312, v1],
  ["resnext50_32x4d",  "ResNeXt-50 (32×4d)",  "bottleneck", [3, 4,  6, 3], 32,   4,  25_028_904,  4_230_479_872, xie,       77.618, v1],
  ["resnext101_32x4d", "ResNeXt-101 (32×4d)", "bottleneck", [3, 4, 23, 3], 32,   4,  44_177_704,  7_969_996_800, xie,         78.8, "Xie et al. 2016, arXiv:1611.05431, table 3"],
  ["resnext101_32x8d", "ResNeXt-101 (32×8d)", "bottleneck", [3, 4, 23, 3], 32,   8,  88_791_336, 16_414_015_488, xie,       79.312, v1],
  ["resnext101_64x4d", "ResNeXt-101 (64×4d)", "bottleneck", [3, 4, 23, 3], 64,   4,  83_455_272, 15_460_270_080, xie,       83.246, v1],
  ["wide_resnet50_2",  "Wide ResNet-50-2",    "bottleneck", [3, 4,  6, 3],  1, 128,  68_883_240, 11_398_021_120, zagoruyko, 78.468, v1],
  ["wide_resnet101_2", "Wide ResNet-101-2",   "bottleneck", [3, 4, 23, 3],  1, 128, 126_886_696, 22_753_050_624, zagoruyko, 78.848, v1],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, title, , stages, , , parameters, macs, source, top1, measuredBy]) => ({
    name,
    title: `${title}: stages of ${stages.join(", ")} blocks`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source,
    loss: "crossEntropy",
    accuracy: { top1, source: measuredBy },
    // The newest of these, with torchvision's later recipe.
    ...(name === "resnext101_64x4d" && { pictures: { cropPct: 224 / 232 } }),
  }),
);

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });

const conv = (width: number, kernel: number, stride = 1, groups = 1) =>
  conv2d(width, { kernel, stride, padding: (kernel - 1) / 2, groups, bias: false, weightInit });

/** What brings the input to a block's size, where the two differ. */
const downsampleTo = (width: number, stride: number) =>
  sequential(conv(width, 1, stride), batchNorm2d());

interface BlockOptions {
  /** Of the result. */
  readonly width: number;
  readonly stride: number;
  /** Whether the result differs from the input in size or channels. */
  readonly changes: boolean;
  readonly dropPathRate: number;
}

/** x + F(x), F two 3×3 convolutions (figure 5, left). */
class BasicBlock extends Module {
  conv1;
  bn1 = batchNorm2d();
  relu = relu();
  conv2;
  bn2 = batchNorm2d();
  downsample;
  dropPath;
  add = add();
  relu2 = relu();

  constructor({ width, stride, changes, dropPathRate }: BlockOptions) {
    super();
    this.conv1 = conv(width, 3, stride);
    this.conv2 = conv(width, 3);
    this.downsample = changes ? downsampleTo(width, stride) : undefined;
    this.dropPath = dropPathRate > 0 ? dropPath(dropPathRate) : undefined;
  }

  override get kind(): string {
    return "basicBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.relu.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const f = this.bn2.call(this.conv2.call(h, mode), mode);
    const branch = this.dropPath?.call(f, mode) ?? f;
    const shortcut = this.downsample?.call(x, mode) ?? x;
    return this.relu2.call(this.add.call(branch, shortcut, mode), mode);
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
  dropPath;
  add = add();
  relu3 = relu();

  constructor(
    { width, stride, changes, dropPathRate }: BlockOptions,
    inner: number,
    groups: number,
  ) {
    super();
    this.conv1 = conv(inner, 1);
    this.conv2 = conv(inner, 3, stride, groups);
    this.conv3 = conv(width, 1);
    this.downsample = changes ? downsampleTo(width, stride) : undefined;
    this.dropPath = dropPathRate > 0 ? dropPath(dropPathRate) : undefined;
  }

  override get kind(): string {
    return "bottleneck";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    let h = this.relu1.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    h = this.relu2.call(this.bn2.call(this.conv2.call(h, mode), mode), mode);
    const f = this.bn3.call(this.conv3.call(h, mode), mode);
    const branch = this.dropPath?.call(f, mode) ?? f;
    const shortcut = this.downsample?.call(x, mode) ?? x;
    return this.relu3.call(this.add.call(branch, shortcut, mode), mode);
  }
}

/** Stage i of 0 to 3: the first block halves the size (but for stage 0) and changes the channels. */
function stage([, , block, stages, groups, widthPerGroup]: Variant, i: number, lastRate: number) {
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  const [before, all] = [sum(stages.slice(0, i)), sum(stages)];
  const base = 64 * 2 ** i;
  const width = block === "basic" ? base : 4 * base;
  const inner = Math.floor((base * widthPerGroup) / 64) * groups;
  const blocks = Array.from({ length: stages[i] }, (_, j) => {
    const options = {
      width,
      stride: i > 0 && j === 0 ? 2 : 1,
      changes: j === 0 && !(block === "basic" && i === 0),
      dropPathRate: (lastRate * (before + j)) / (all - 1),
    };
    return block === "basic" ? new BasicBlock(options) : new Bottleneck(options, inner, groups);
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

  constructor(variant: Variant, stem: Stem, classes: number, dropPathRate: number) {
    super();
    this.conv1 = stem === "cifar" ? conv(64, 3) : conv(64, 7, 2);
    this.maxpool = stem === "cifar" ? undefined : maxPool2d({ kernel: 3, stride: 2, padding: 1 });
    this.layer1 = stage(variant, 0, dropPathRate);
    this.layer2 = stage(variant, 1, dropPathRate);
    this.layer3 = stage(variant, 2, dropPathRate);
    this.layer4 = stage(variant, 3, dropPathRate);
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
  return { net: new ResNet(variant, stem, request.classes, request.dropPathRate ?? 0), notes };
}

/** timm has the same names. */
export const timmKey = (_name: string, key: string): string => key;
