/**
 * Residual networks with identity mappings (He, Zhang, Ren and Sun 2016, arXiv:1603.05027): norm and ReLU come before the
 * convolutions, so that nothing stands on the path of the sums. For CIFAR as in the paper, for ImageNet as timm has them, and with
 * timm's names for the states of both. The stride stands in the 3×3 convolution of a bottleneck, as in resnet.ts; the authors have it in
 * the first.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { add } from "../nn/structure/add.ts";
import { flatten } from "../nn/structure/flatten.ts";
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
  toPlusMinusOne,
} from "./model.ts";
import { ShortcutA } from "./resnet-cifar.ts";

const he = "He et al. 2016, arXiv:1603.05027";

// Blocks in each stage, whose widths are 1, 2, 4 and 8 times the first, and 4 times as many after a bottleneck.
// biome-ignore format: a table
const variants = [
  // name                size  classes block         stages             first  parameters   macs   source
  ["preact_resnet110",   32,     10, "basic",      [ 18,  18,  18],    16,  1_727_962,    252_887_680, `${he}, table 3`],
  ["preact_resnet164",   32,     10, "bottleneck", [ 18,  18,  18],    16,  1_703_258,    247_646_720, `${he}, table 3`],
  ["preact_resnet1001",  32,     10, "bottleneck", [111, 111, 111],    16, 10_327_706,  1_490_995_712, `${he}, table 3`],
  ["resnetv2_50",       224,   1000, "bottleneck", [3, 4,  6, 3],      64, 25_549_352,  4_089_184_256, `${he}; timm's`],
  ["resnetv2_101",      224,   1000, "bottleneck", [3, 4, 23, 3],      64, 44_541_480,  7_801_405_440, `${he}; timm's`],
  ["resnetv2_152",      224,   1000, "bottleneck", [3, 8, 36, 3],      64, 60_185_128, 11_513_626_624, `${he}; timm's`],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, size, classes, block, stages, , parameters, macs, source]) => ({
    name,
    title: `Pre-activation ResNet-${/\d+$/.exec(name)}: stages of ${stages.join(", ")} ${block} blocks`,
    inputShape: [3, size, size],
    classes,
    parameters,
    macs,
    source,
    loss: "crossEntropy",
    ...(size === 224 && {
      pictures: { ...toPlusMinusOne, cropPct: 0.95, interpolation: "bicubic" },
    }),
  }),
);

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });

const conv = (width: number, kernel: number, stride = 1) =>
  conv2d(width, { kernel, stride, padding: (kernel - 1) / 2, bias: false, weightInit });

/**
 * x + F(x) (figure 1b). The first block of a stage has a shortcut that takes what the first ReLU gives, since it is where the
 * network's first ReLU stands too (section 4.2); the others add x as it is.
 */
class Block extends Module {
  norm1 = batchNorm2d();
  relu1 = relu();
  conv1;
  norm2 = batchNorm2d();
  relu2 = relu();
  conv2;
  norm3;
  relu3;
  conv3;
  dropPath;
  downsample;
  add = add();

  constructor(
    block: Variant[3],
    base: number,
    stride: number,
    isFirst: boolean,
    dropPathRate: number,
  ) {
    super();
    const isBasic = block === "basic";
    this.conv1 = isBasic ? conv(base, 3, stride) : conv(base, 1);
    this.conv2 = isBasic ? conv(base, 3) : conv(base, 3, stride);
    this.norm3 = isBasic ? undefined : batchNorm2d();
    this.relu3 = isBasic ? undefined : relu();
    this.conv3 = isBasic ? undefined : conv(4 * base, 1);
    this.dropPath = dropPathRate > 0 ? dropPath(dropPathRate) : undefined;
    const shortcut = () =>
      isBasic ? new ShortcutA(base, stride) : sequential({ conv: conv(4 * base, 1, stride) });
    this.downsample = isFirst ? shortcut() : undefined;
  }

  override get kind(): string {
    return "preactBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const active = this.relu1.call(this.norm1.call(x, mode), mode);
    let f = this.relu2.call(this.norm2.call(this.conv1.call(active, mode), mode), mode);
    f = this.conv2.call(f, mode);
    for (const layer of [this.norm3, this.relu3, this.conv3]) f = layer?.call(f, mode) ?? f;
    const branch = this.dropPath?.call(f, mode) ?? f;
    return this.add.call(branch, this.downsample?.call(active, mode) ?? x, mode);
  }
}

export class PreactResNet extends Module {
  // resnetv2: 224×224×3 → 112×112×64 → 56×56 → stages at 56, 28, 14, 7 → classes
  stem;
  stages;
  norm = batchNorm2d();
  relu = relu();
  head;

  constructor([, , , block, stages, first]: Variant, stem: Stem, request: ModelRequest) {
    super();
    const { classes, dropPathRate = 0 } = request;
    this.stem =
      stem === "cifar"
        ? sequential({ conv: conv(first, 3) })
        : sequential({
            conv: conv(first, 7, 2),
            pool: maxPool2d({ kernel: 3, stride: 2, padding: 1 }),
          });
    const last = stages.reduce((sum: number, count) => sum + count, 0) - 1;
    let place = 0;
    const parts = stages.map((count, i) => {
      const blocks = Array.from({ length: count }, (_, j) => {
        const stride = i > 0 && j === 0 ? 2 : 1;
        const rate = (dropPathRate * place++) / last;
        return new Block(block, first * 2 ** i, stride, j === 0, rate);
      });
      return sequential({ blocks: sequential(...blocks) });
    });
    this.stages = sequential(...parts);
    this.head = sequential({
      pool: globalAvgPool2d({ keepDims: true }),
      fc: conv2d(classes, { kernel: 1, weightInit: normal(0, 0.01), biasInit: zeros() }),
      flatten: flatten(),
    });
  }

  override get kind(): string {
    return "preactResNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const f = this.stages.call(this.stem.call(x, mode), mode);
    return this.head.call(this.relu.call(this.norm.call(f, mode), mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  const notes = requestNotes(request, info);
  const isForCifar = variant[1] === 32;
  const stem = isForCifar ? "cifar" : stemOf(request);
  if (stem === "cifar" && !isForCifar) notes.push(stemNote(info.name));
  return { net: new PreactResNet(variant, stem, request), notes };
}

/** timm has the same names. */
export const timmKey = (_name: string, key: string): string => key;
