/**
 * EfficientNet (Tan and Le 2019, arXiv:1905.11946): inverted residuals with squeeze-and-excitation, one network B0 whose
 * width, depth and input grow together up to B7; and EfficientNetV2 (Tan and Le 2021, arXiv:2104.00298), whose first stages
 * have one 3×3 convolution in place of a pointwise and a depthwise one. Names and states are torchvision's.
 * B5 to B7 and V2 have batch norms with ε = 1e-3 there, timm's have 1e-5 but for its `tf_` forms, which pad otherwise.
 */
import type { Tensor } from "../graph/tensor.ts";
import { silu } from "../nn/activation/silu.ts";
import { squeezeExcitation } from "../nn/attention/squeeze-excitation.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { uniform } from "../nn/init/uniform.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import type { BatchNormOptions } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropPath } from "../nn/regularization/drop-path.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { convNormActivation } from "./blocks/conv-norm-activation.ts";
import { makeDivisible } from "./blocks/make-divisible.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
  stemNote,
  stemOf,
  toPlusMinusOne,
} from "./model.ts";
import { noteTimmEps } from "./timm-note.ts";

interface Stage {
  readonly block: "mbconv" | "fused";
  readonly expand: number;
  readonly kernel: number;
  readonly stride: number;
  readonly input: number;
  readonly width: number;
  readonly layers: number;
}

type Row = readonly [
  block: Stage["block"],
  expand: number,
  kernel: number,
  stride: number,
  input: number,
  width: number,
  layers: number,
];

// Table 1 of the first paper, and table 4 of the second (S; M and L are those of its authors' code).
// biome-ignore format: tables
const stages: Readonly<Record<"b" | "s" | "m" | "l", readonly Row[]>> = {
  // block   expansion  kernel  stride  channels  layers
  b: [
    ["mbconv", 1, 3, 1,  32,  16,  1],
    ["mbconv", 6, 3, 2,  16,  24,  2],
    ["mbconv", 6, 5, 2,  24,  40,  2],
    ["mbconv", 6, 3, 2,  40,  80,  3],
    ["mbconv", 6, 5, 1,  80, 112,  3],
    ["mbconv", 6, 5, 2, 112, 192,  4],
    ["mbconv", 6, 3, 1, 192, 320,  1],
  ],
  s: [
    ["fused",  1, 3, 1,  24,  24,  2],
    ["fused",  4, 3, 2,  24,  48,  4],
    ["fused",  4, 3, 2,  48,  64,  4],
    ["mbconv", 4, 3, 2,  64, 128,  6],
    ["mbconv", 6, 3, 1, 128, 160,  9],
    ["mbconv", 6, 3, 2, 160, 256, 15],
  ],
  m: [
    ["fused",  1, 3, 1,  24,  24,  3],
    ["fused",  4, 3, 2,  24,  48,  5],
    ["fused",  4, 3, 2,  48,  80,  5],
    ["mbconv", 4, 3, 2,  80, 160,  7],
    ["mbconv", 6, 3, 1, 160, 176, 14],
    ["mbconv", 6, 3, 2, 176, 304, 18],
    ["mbconv", 6, 3, 1, 304, 512,  5],
  ],
  l: [
    ["fused",  1, 3, 1,  32,  32,  4],
    ["fused",  4, 3, 2,  32,  64,  7],
    ["fused",  4, 3, 2,  64,  96,  7],
    ["mbconv", 4, 3, 2,  96, 192, 10],
    ["mbconv", 6, 3, 1, 192, 224, 19],
    ["mbconv", 6, 3, 2, 224, 384, 25],
    ["mbconv", 6, 3, 1, 384, 640,  7],
  ],
};

const tensorflow = { eps: 1e-3, momentum: 0.01 } as const;

// Width and depth by which B0 grows, and the input's side, are the authors'. Top-1, and the
// side that pictures come to before their middle is taken, are those of torchvision's first weights.
// biome-ignore format: a table
const variants = [
  // name               stages  width  depth  side resized dropout batch norm     parameters   macs            top1
  ["efficientnet_b0",   "b",    1.0,   1.0,   224, 256,      0.2,     {},             5_288_548,    385_814_752, 77.692],
  ["efficientnet_b1",   "b",    1.0,   1.1,   240, 256,      0.2,     {},             7_794_184,    686_802_832, 78.642],
  ["efficientnet_b2",   "b",    1.1,   1.2,   260, 260,      0.3,     {},             9_109_994,    993_561_872, 80.608],
  ["efficientnet_b3",   "b",    1.2,   1.4,   300, 320,      0.3,     {},            12_233_232,  1_827_141_392, 82.008],
  ["efficientnet_b4",   "b",    1.4,   1.8,   380, 384,      0.4,     {},            19_341_616,  4_393_771_024, 83.384],
  ["efficientnet_b5",   "b",    1.6,   2.2,   456, 456,      0.4,     tensorflow,    30_389_784, 10_266_384_752, 83.444],
  ["efficientnet_b6",   "b",    1.8,   2.6,   528, 528,      0.5,     tensorflow,    43_040_704, 19_067_593_536, 84.008],
  ["efficientnet_b7",   "b",    2.0,   3.1,   600, 600,      0.5,     tensorflow,    66_347_960, 37_745_884_192, 84.122],
  ["efficientnet_v2_s", "s",    1.0,   1.0,   384, 384,      0.2,     { eps: 1e-3 }, 21_458_488,  8_365_617_152, 84.228],
  ["efficientnet_v2_m", "m",    1.0,   1.0,   480, 480,      0.3,     { eps: 1e-3 }, 54_139_356, 24_582_460_384, 85.112],
  ["efficientnet_v2_l", "l",    1.0,   1.0,   480, 480,      0.4,     { eps: 1e-3 }, 118_515_272, 56_079_699_008, 85.808],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map((variant) => {
  const [name, kind, , , side, resized, , , parameters, macs, top1] = variant;
  const size = name.split("_").at(-1)?.toUpperCase();
  const weights = "torchvision 0.14, IMAGENET1K_V1";
  return {
    name,
    title: kind === "b" ? `EfficientNet-${size}` : `EfficientNetV2-${size}`,
    inputShape: [3, side, side],
    classes: 1000,
    parameters,
    macs,
    source:
      kind === "b"
        ? "Tan and Le 2019, arXiv:1905.11946, table 1"
        : `Tan and Le 2021, arXiv:2104.00298, ${kind === "s" ? "table 4" : "the authors' code"}`,
    loss: "crossEntropy",
    accuracy: { top1, source: name === "efficientnet_b2" ? `${weights}, at 288×288` : weights },
    pictures: {
      cropPct: side / resized,
      ...(name !== "efficientnet_v2_s" &&
        name !== "efficientnet_v2_m" && { interpolation: "bicubic" }),
      ...(name === "efficientnet_v2_l" && toPlusMinusOne),
    },
  };
});

/** The stages of a variant, grown. */
function stagesOf([, kind, width, depth]: Variant): Stage[] {
  return stages[kind].map(([block, expand, kernel, stride, from, to, layers]) => ({
    block,
    expand,
    kernel,
    stride,
    input: makeDivisible(from * width),
    width: makeDivisible(to * width),
    layers: Math.ceil(layers * depth),
  }));
}

/** The gates of `channels` maps, by way of `squeezed` values. */
const gates = (channels: number, squeezed: number) =>
  squeezeExcitation(channels, squeezed, {
    activation: silu,
    weightInit: kaimingNormal({ mode: "fanOut" }),
    biasInit: zeros(),
  });

/** Widen, convolve each channel by itself, gate, narrow. */
function mbconv({ input, width, expand, kernel, stride }: Stage, norm: BatchNormOptions) {
  const inner = makeDivisible(input * expand);
  return sequential(
    ...(expand === 1 ? [] : [convNormActivation(inner, { norm, activation: silu })]),
    convNormActivation(inner, { kernel, stride, groups: inner, norm, activation: silu }),
    gates(inner, Math.floor(input / 4)),
    convNormActivation(width, { norm }),
  );
}

/** The same with one dense convolution, and no gates. */
function fused({ input, width, expand, kernel, stride }: Stage, norm: BatchNormOptions) {
  const dense = (out: number) =>
    convNormActivation(out, { kernel, stride, norm, activation: silu });
  if (expand === 1) return sequential(dense(width));
  return sequential(dense(makeDivisible(input * expand)), convNormActivation(width, { norm }));
}

/** x + F(x) where the shape stays, else F(x). */
class InvertedResidual extends Module {
  block;
  dropPath;
  add;

  constructor(stage: Stage, norm: BatchNormOptions, dropPathRate: number) {
    super();
    const isResidual = stage.stride === 1 && stage.input === stage.width;
    this.block = stage.block === "mbconv" ? mbconv(stage, norm) : fused(stage, norm);
    this.dropPath = dropPath(dropPathRate);
    this.add = isResidual ? add() : undefined;
  }

  override get kind(): string {
    return "invertedResidual";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const change = this.block.call(x, mode);
    return this.add ? this.add.call(this.dropPath.call(change, mode), x, mode) : change;
  }
}

export class EfficientNet extends Module {
  features;
  avgpool = globalAvgPool2d();
  classifier;

  constructor(variant: Variant, request: ModelRequest) {
    super();
    const [, kind, , , , , dropRate, norm] = variant;
    const rows = stagesOf(variant);
    const last = rows[rows.length - 1].width;
    const blocks = rows.reduce((sum, { layers }) => sum + layers, 0);
    const { classes, dropPathRate = 0.2 } = request;
    let place = 0;
    const grown = rows.map((row) =>
      sequential(
        ...Array.from({ length: row.layers }, (_, i) => {
          const stage = i === 0 ? row : { ...row, input: row.width, stride: 1 };
          return new InvertedResidual(stage, norm, (dropPathRate * place++) / blocks);
        }),
      ),
    );
    const stride = stemOf(request) === "cifar" ? 1 : 2;
    this.features = sequential(
      convNormActivation(rows[0].input, { kernel: 3, stride, norm, activation: silu }),
      ...grown,
      convNormActivation(kind === "b" ? 4 * last : 1280, { norm, activation: silu }),
    );
    const bound = 1 / Math.sqrt(classes);
    this.classifier = sequential(
      dropout(request.dropRate ?? dropRate),
      linear(classes, { weightInit: uniform(-bound, bound), biasInit: zeros() }),
    );
  }

  override get kind(): string {
    return "efficientNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const features = this.features.call(x, mode);
    return this.classifier.call(this.avgpool.call(features, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  const variant = variants[infos.indexOf(info)];
  const net = new EfficientNet(variant, request);
  const hasOtherEps = "eps" in variant[7];
  return { net, notes, ...(hasOtherEps && { adapt: noteTimmEps(info.name) }) };
}

/** timm's names for the parts of a block. */
// biome-ignore format: a table
const timmParts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "mbconv": { "0.0": "conv_pw", "0.1": "bn1", "1.0": "conv_dw", "1.1": "bn2", "2.fc1": "se.conv_reduce", "2.fc2": "se.conv_expand", "3.0": "conv_pwl", "3.1": "bn3" },
  "mbconv 1": { "0.0": "conv_dw", "0.1": "bn1", "1.fc1": "se.conv_reduce", "1.fc2": "se.conv_expand", "2.0": "conv_pw", "2.1": "bn2" },
  "fused": { "0.0": "conv_exp", "0.1": "bn1", "1.0": "conv_pwl", "1.1": "bn2" },
  "fused 1": { "0.0": "conv", "0.1": "bn1" },
};

/** timm's name for a state: `blocks.1.0.conv_dw.weight` is `features.2.0.block.1.0.weight`. */
export function timmKey(name: string, key: string): string {
  const rows = stages[variants[infos.indexOf(infoOf(infos, name))][1]];
  const head = `features.${rows.length + 1}`;
  const ends: Readonly<Record<string, string>> = {
    "features.0.0": "conv_stem",
    "features.0.1": "bn1",
    [`${head}.0`]: "conv_head",
    [`${head}.1`]: "bn2",
  };
  return key
    .replace(/^classifier\.1/, "classifier")
    .replace(/^features\.\d+\.\d+(?!.*block)/, (part) => ends[part])
    .replace(/^features\.(\d)\.(\d+)\.block\.(\d\.(?:\d|fc\d))/, (_, at, layer, part) => {
      const [block, expand] = rows[Number(at) - 1];
      return `blocks.${at - 1}.${layer}.${timmParts[expand === 1 ? `${block} 1` : block][part]}`;
    });
}
