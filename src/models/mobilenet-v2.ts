/**
 * MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov and Chen 2018, arXiv:1801.04381): inverted residuals, which are wide inside and
 * have no activation at their end. States are torchvision's, which has one width; the others' names are timm's
 * (`mobilenetv2_035`).
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu6 } from "../nn/activation/relu6.ts";
import { zeros } from "../nn/init/constant.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
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
} from "./model.ts";

const authors = "the authors' published weights, tensorflow/models";

// The width multiplier, of which 1 and 1.4 stand in table 4 of the paper.
// biome-ignore format: a table
const variants = [
  // name              width  parameters   macs         top1    source
  ["mobilenetv2_035",  0.35, 1_677_128,  59_285_808,   60.3,   authors],
  ["mobilenetv2_050",  0.5,  1_968_680,  97_131_840,   65.4,   authors],
  ["mobilenetv2_075",  0.75, 2_636_424, 209_069_792,   69.8,   authors],
  ["mobilenet_v2",     1,    3_504_872, 300_774_272,   71.878, "torchvision 0.14, IMAGENET1K_V1"],
  ["mobilenetv2_140",  1.4,  6_108_776, 582_195_824,   74.7,   "Sandler et al. 2018, arXiv:1801.04381, table 4"],
] as const;

// Table 2: expansion t, channels c, blocks n, stride s of the first.
// biome-ignore format: a table
const stages = [
  // t    c  n  s
  [1,  16, 1, 1],
  [6,  24, 2, 2],
  [6,  32, 3, 2],
  [6,  64, 4, 2],
  [6,  96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, width, parameters, macs, top1, source]) => ({
    name,
    title: `MobileNetV2, width ${width}`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Sandler et al. 2018, arXiv:1801.04381, table 2",
    loss: "crossEntropy",
    accuracy: { top1, source },
  }),
);

/** 1×1 to t times the channels, depthwise 3×3, 1×1 without activation (table 1); x is added where sizes agree. */
class InvertedResidual extends Module {
  conv;
  add;

  constructor(inputs: number, width: number, stride: number, t: number) {
    super();
    const inner = inputs * t;
    const activation = relu6;
    // The last convolution and its norm are children of their own.
    const [project, norm] = convNormActivation(width).layers;
    this.conv = sequential(
      ...(t === 1 ? [] : [convNormActivation(inner, { activation })]),
      convNormActivation(inner, { kernel: 3, stride, groups: inner, activation }),
      project,
      norm,
    );
    this.add = stride === 1 && inputs === width ? add() : undefined;
  }

  override get kind(): string {
    return "invertedResidual";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.conv.call(x, mode);
    return this.add ? this.add.call(x, h, mode) : h;
  }
}

export class MobileNetV2 extends Module {
  // 224×224×3 → 112×112×16 → 56×56×24 → 28×28×32 → 14×14×96 → 7×7×320 → 1280 → classes
  features;
  avgpool = globalAvgPool2d();
  classifier;

  constructor(multiplier: number, request: ModelRequest) {
    super();
    let inputs = makeDivisible(32 * multiplier);
    const last = makeDivisible(1280 * Math.max(1, multiplier));
    const stride = stemOf(request) === "cifar" ? 1 : 2;
    const stem = convNormActivation(inputs, { kernel: 3, stride, activation: relu6 });
    const blocks = stages.flatMap(([t, c, n, s]) =>
      Array.from({ length: n }, (_, i) => {
        const width = makeDivisible(c * multiplier);
        const block = new InvertedResidual(inputs, width, i === 0 ? s : 1, t);
        inputs = width;
        return block;
      }),
    );
    this.features = sequential(stem, ...blocks, convNormActivation(last, { activation: relu6 }));
    this.classifier = sequential(
      dropout(request.dropRate ?? 0.2),
      linear(request.classes, { weightInit: normal(0, 0.01), biasInit: zeros() }),
    );
  }

  override get kind(): string {
    return "mobileNetV2";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.classifier.call(this.avgpool.call(this.features.call(x, mode), mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const [, multiplier] = variants[infos.indexOf(info)];
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  return { net: new MobileNetV2(multiplier, request), notes };
}

/** timm's blocks, `blocks.stage.block`, in the order of torchvision's `features.1` to `features.17`. */
const timmBlocks = /* @__PURE__ */ stages.flatMap(([, , n], stage) =>
  Array.from({ length: n }, (_, block) => `blocks.${stage}.${block}`),
);

/** Of torchvision's layers in a block: the first has no expansion. */
// biome-ignore format: a table
const timmLayers = {
  separable: { "conv.0.0": "conv_dw", "conv.0.1": "bn1", "conv.1": "conv_pw", "conv.2": "bn2" },
  inverted: {
    "conv.0.0": "conv_pw", "conv.0.1": "bn1", "conv.1.0": "conv_dw", "conv.1.1": "bn2", "conv.2": "conv_pwl", "conv.3": "bn3",
  },
} as const;

const timmEnds: Readonly<Record<string, string>> = {
  "features.0.0": "conv_stem",
  "features.0.1": "bn1",
  "features.18.0": "conv_head",
  "features.18.1": "bn2",
  "classifier.1": "classifier",
};

export function timmKey(_name: string, key: string): string {
  const dot = key.lastIndexOf(".");
  const [layer, state] = [key.slice(0, dot), key.slice(dot)];
  if (layer in timmEnds) return timmEnds[layer] + state;
  const [, index, inner] = /^features\.(\d+)\.(.+)$/.exec(layer) as RegExpExecArray;
  const layers: Readonly<Record<string, string>> =
    index === "1" ? timmLayers.separable : timmLayers.inverted;
  return `${timmBlocks[Number(index) - 1]}.${layers[inner]}${state}`;
}
