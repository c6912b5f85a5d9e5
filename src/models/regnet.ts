/**
 * RegNet (Radosavovic, Kosaraju, Girshick, He and Dollár 2020, arXiv:2003.13678): bottlenecks without a bottleneck, of group
 * convolutions, in four stages whose widths lie on a quantised line; Y has squeeze-and-excitation besides. Names and states
 * are torchvision's.
 *
 * torchvision rounds a width to a multiple of the groups' so that it loses less than a tenth. That makes its 800MF and 8GF
 * wider than the paper's, and it has no 4GF: these three stand here as published too, under timm's names.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { squeezeExcitation } from "../nn/attention/squeeze-excitation.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { convNormActivation } from "./blocks/conv-norm-activation.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
  stemNote,
  stemOf,
} from "./model.ts";

// Blocks and channels of the four stages, and channels of a group. Top-1 are those of torchvision's first weights, else of
// the authors'.
// biome-ignore format: a table
const variants = [
  // name             blocks           channels                group  parameters     macs            top1
  ["regnet_y_400mf",  [1, 3,  6,  6],  [ 48, 104,  208,  440],    8,   4_344_144,    401_842_848, 74.046],
  ["regnet_y_800mf",  [1, 3,  8,  2],  [ 64, 144,  320,  784],   16,   6_432_512,    833_856_256, 76.420],
  ["regnet_y_1_6gf",  [2, 6, 17,  2],  [ 48, 120,  336,  888],   24,  11_202_430,  1_612_076_160, 77.950],
  ["regnet_y_3_2gf",  [2, 5, 13,  1],  [ 72, 216,  576, 1512],   24,  19_436_338,  3_176_482_752, 78.948],
  ["regnet_y_8gf",    [2, 4, 10,  1],  [224, 448,  896, 2016],   56,  39_381_472,  8_473_070_592, 80.032],
  ["regnet_y_16gf",   [2, 4, 11,  1],  [224, 448, 1232, 3024],  112,  83_590_140, 15_911_510_272, 80.424],
  ["regnet_y_32gf",   [2, 5, 12,  1],  [232, 696, 1392, 3712],  232, 145_046_770, 32_279_552_832, 80.878],
  ["regnety_008",     [1, 3,  8,  2],  [ 64, 128,  320,  768],   16,   6_263_168,    797_176_832, 76.3],
  ["regnety_040",     [2, 6, 12,  2],  [128, 192,  512, 1088],   64,  20_646_656,  3_973_288_448, 79.4],
  ["regnety_080",     [2, 4, 10,  1],  [168, 448,  896, 2016],   56,  39_180_068,  7_963_057_312, 79.9],
  ["regnet_x_400mf",  [1, 2,  7, 12],  [ 32,  64,  160,  400],   16,   5_495_976,    413_812_608, 72.834],
  ["regnet_x_800mf",  [1, 3,  7,  5],  [ 64, 128,  288,  672],   16,   7_259_656,    799_699_712, 75.212],
  ["regnet_x_1_6gf",  [2, 4, 10,  2],  [ 72, 168,  408,  912],   24,   9_190_136,  1_602_849_792, 77.040],
  ["regnet_x_3_2gf",  [2, 6, 15,  2],  [ 96, 192,  432, 1008],   48,  15_296_552,  3_176_621_952, 78.364],
  ["regnet_x_8gf",    [2, 5, 15,  1],  [ 80, 240,  720, 1920],  120,  39_572_648,  7_995_132_416, 79.344],
  ["regnet_x_16gf",   [2, 6, 13,  1],  [256, 512,  896, 2048],  128,  54_278_536, 15_940_755_456, 80.058],
  ["regnet_x_32gf",   [2, 7, 13,  1],  [336, 672, 1344, 2520],  168, 107_811_560, 31_735_929_792, 80.622],
] as const;

type Variant = (typeof variants)[number];

const STEM_WIDTH = 32;

/** Y, with gates. */
const isY = (name: string): boolean => /^regnet_?y/.test(name);

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map((variant) => {
  const [name, , widths, , parameters, macs, top1] = variant;
  const isTimm = name.startsWith("regnety_");
  const size = isTimm
    ? `${Number(name.slice("regnety_".length)) / 10}GF`
    : name.slice("regnet_y_".length).replace("_", ".").toUpperCase();
  return {
    name,
    title: `RegNet${isY(name) ? "Y" : "X"}-${size}: stages of ${widths.join(", ")} channels`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Radosavovic et al. 2020, arXiv:2003.13678",
    loss: "crossEntropy",
    accuracy: { top1, source: isTimm ? "pycls, model zoo" : "torchvision 0.14, IMAGENET1K_V1" },
  };
});

interface BlockSizes {
  readonly input: number;
  readonly width: number;
  readonly stride: number;
  readonly groupWidth: number;
  readonly gated: boolean;
}

/** A 1×1 and a 3×3 convolution in groups, the gates, and a 1×1 convolution. */
function transform({ input, width, stride, groupWidth, gated }: BlockSizes) {
  const weightInit = kaimingNormal({ mode: "fanOut" });
  const groups = width / groupWidth;
  return sequential({
    a: convNormActivation(width, { activation: relu }),
    b: convNormActivation(width, { kernel: 3, stride, groups, activation: relu }),
    ...(gated && { se: squeezeExcitation(width, Math.round(input / 4), { weightInit }) }),
    c: convNormActivation(width),
  });
}

/** x + F(x), or a 1×1 convolution of x in its place where the size changes. */
class ResBottleneckBlock extends Module {
  proj;
  f;
  dropPath;
  add = add();
  activation = relu();

  constructor(sizes: BlockSizes, dropPathRate: number) {
    super();
    const { input, width, stride } = sizes;
    const changes = input !== width || stride !== 1;
    this.proj = changes ? convNormActivation(width, { stride }) : undefined;
    this.f = transform(sizes);
    this.dropPath = dropPath(dropPathRate);
  }

  override get kind(): string {
    return "resBottleneckBlock";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const shortcut = this.proj ? this.proj.call(x, mode) : x;
    const change = this.dropPath.call(this.f.call(x, mode), mode);
    return this.activation.call(this.add.call(shortcut, change, mode), mode);
  }
}

/** The four stages, `block1` to `block4`, of blocks `block1-0`, `block1-1`, …. */
function trunk(variant: Variant, dropPathRate: number) {
  const [name, depths, widths, groupWidth] = variant;
  const last = depths.reduce((sum: number, depth) => sum + depth, 0) - 1;
  let input = STEM_WIDTH;
  let place = 0;
  const stages = widths.map((width, i) => {
    const blocks = Array.from({ length: depths[i] }, (_, j) => {
      const sizes = {
        input,
        width,
        stride: j === 0 ? 2 : 1,
        groupWidth: Math.min(groupWidth, width),
        gated: isY(name),
      };
      input = width;
      const block = new ResBottleneckBlock(sizes, (dropPathRate * place++) / last);
      return [`block${i + 1}-${j}`, block] as const;
    });
    return [`block${i + 1}`, sequential(Object.fromEntries(blocks))] as const;
  });
  return sequential(Object.fromEntries(stages));
}

export class RegNet extends Module {
  // 224×224×3 → 112×112×32 → stages at 56, 28, 14, 7 → classes
  stem;
  trunk_output;
  avgpool = globalAvgPool2d();
  dropout;
  fc;

  constructor(variant: Variant, request: ModelRequest) {
    super();
    const { classes, dropRate = 0, dropPathRate = 0 } = request;
    const stride = stemOf(request) === "cifar" ? 1 : 2;
    this.stem = convNormActivation(STEM_WIDTH, { kernel: 3, stride, activation: relu });
    this.trunk_output = trunk(variant, dropPathRate);
    this.dropout = dropout(dropRate);
    this.fc = linear(classes, { weightInit: normal(0, 0.01), biasInit: zeros() });
  }

  override get kind(): string {
    return "regNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const features = this.trunk_output.call(this.stem.call(x, mode), mode);
    const pooled = this.dropout.call(this.avgpool.call(features, mode), mode);
    return this.fc.call(pooled, mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  return { net: new RegNet(variants[infos.indexOf(info)], request), notes };
}

/** timm's name for a state: `s1.b1.conv1.conv.weight` is `trunk_output.block1.block1-0.f.a.0.weight`. */
export function timmKey(_name: string, key: string): string {
  const parts = {
    "f.a": "conv1",
    "f.b": "conv2",
    "f.c": "conv3",
    "f.se": "se",
    proj: "downsample",
  };
  return key
    .replace(/^fc\./, "head.fc.")
    .replace(/^trunk_output\.block(\d)\.block\d-(\d+)\.(f\.\w+|proj)/, (_, stage, block, part) => {
      return `s${stage}.b${Number(block) + 1}.${parts[part as keyof typeof parts]}`;
    })
    .replace(/(?<=^stem|conv\d|downsample)\.0\./, ".conv.")
    .replace(/(?<=^stem|conv\d|downsample)\.1\./, ".bn.");
}
