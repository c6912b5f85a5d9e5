/**
 * MobileNetV3 (Howard et al. 2019, arXiv:1905.02244, tables 1 and 2), as torchvision has it: batch norm with ε = 1e-3 and a
 * momentum of 0.01 (the authors' 0.99 the other way round), hard-swish, squeeze-and-excitation with a hard sigmoid.
 * timm's `mobilenetv3_large_100` has the same layers, but ε = 1e-5, and its `tf_` form other padding: its files load, with a note.
 */
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { hardSigmoid } from "../nn/activation/hard-sigmoid.ts";
import { hardSwish } from "../nn/activation/hard-swish.ts";
import { relu } from "../nn/activation/relu.ts";
import { squeezeExcitation } from "../nn/attention/squeeze-excitation.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { add } from "../nn/structure/add.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  type ConvNormActivationOptions,
  convNormActivation,
} from "./blocks/conv-norm-activation.ts";
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
import { noteTimmEps } from "./timm-note.ts";

type Row = readonly [
  kernel: 3 | 5,
  expanded: number,
  out: number,
  gate: boolean,
  activation: "relu" | "hardSwish",
  stride: 1 | 2,
];

// biome-ignore format: a table
const large: readonly Row[] = [
  // table 1: kernel, channels inside and out, squeeze-and-excitation, activation, stride
  [3,  16,  16, false, "relu",      1],
  [3,  64,  24, false, "relu",      2],
  [3,  72,  24, false, "relu",      1],
  [5,  72,  40, true,  "relu",      2],
  [5, 120,  40, true,  "relu",      1],
  [5, 120,  40, true,  "relu",      1],
  [3, 240,  80, false, "hardSwish", 2],
  [3, 200,  80, false, "hardSwish", 1],
  [3, 184,  80, false, "hardSwish", 1],
  [3, 184,  80, false, "hardSwish", 1],
  [3, 480, 112, true,  "hardSwish", 1],
  [3, 672, 112, true,  "hardSwish", 1],
  [5, 672, 160, true,  "hardSwish", 2],
  [5, 960, 160, true,  "hardSwish", 1],
  [5, 960, 160, true,  "hardSwish", 1],
];

// biome-ignore format: a table
const small: readonly Row[] = [
  // table 2
  [3,  16,  16, true,  "relu",      2],
  [3,  72,  24, false, "relu",      2],
  [3,  88,  24, false, "relu",      1],
  [5,  96,  40, true,  "hardSwish", 2],
  [5, 240,  40, true,  "hardSwish", 1],
  [5, 240,  40, true,  "hardSwish", 1],
  [5, 120,  48, true,  "hardSwish", 1],
  [5, 144,  48, true,  "hardSwish", 1],
  [5, 288,  96, true,  "hardSwish", 2],
  [5, 576,  96, true,  "hardSwish", 1],
  [5, 576,  96, true,  "hardSwish", 1],
];

// Channels of the hidden linear layer. Top-1 are those of torchvision's first weights.
// biome-ignore format: a table
const variants = [
  // name                  rows   hidden  parameters   macs         top1
  ["mobilenet_v3_large",   large, 1280,    5_483_032, 216_589_760,   74.042],
  ["mobilenet_v3_small",   small, 1024,    2_542_856,  56_510_400,   67.668],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, , , parameters, macs, top1], i) => ({
    name,
    title: `MobileNetV3, ${name.slice(13)}`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: `Howard et al. 2019, arXiv:1905.02244, table ${i + 1}`,
    loss: "crossEntropy",
    accuracy: { top1, source: "torchvision 0.14, IMAGENET1K_V1" },
  }),
);

const activations = { relu, hardSwish };

const convNorm = (out: number, options: ConvNormActivationOptions = {}) =>
  convNormActivation(out, { ...options, norm: { eps: 1e-3, momentum: 0.01 } });

const gate = (channels: number) =>
  squeezeExcitation(channels, makeDivisible(Math.floor(channels / 4)), {
    scaleActivation: hardSigmoid,
    weightInit: kaimingNormal({ mode: "fanOut" }),
    biasInit: zeros(),
  });

/** Figure 4: 1×1, depthwise, gate, 1×1; x is added where sizes agree. */
class InvertedResidual extends Module {
  block;
  add;

  constructor(inputs: number, [kernel, expanded, out, isGated, name, stride]: Row) {
    super();
    const activation = activations[name];
    this.block = sequential(
      ...(expanded === inputs ? [] : [convNorm(expanded, { activation })]),
      convNorm(expanded, { kernel, stride, groups: expanded, activation }),
      ...(isGated ? [gate(expanded)] : []),
      convNorm(out),
    );
    this.add = stride === 1 && inputs === out ? add() : undefined;
  }

  override get kind(): string {
    return "invertedResidual";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.block.call(x, mode);
    return this.add ? this.add.call(h, x, mode) : h;
  }
}

export class MobileNetV3 extends Module {
  // large: 224×224×3 → 112×112×16 → 56×56×24 → 28×28×40 → 14×14×112 → 7×7×160 → 960 → 1280 → classes
  features;
  avgpool = globalAvgPool2d();
  classifier;

  constructor([, rows, hidden]: Variant, request: ModelRequest) {
    super();
    const stride = stemOf(request) === "cifar" ? 1 : 2;
    const last = 6 * rows[rows.length - 1][2];
    this.features = sequential(
      convNorm(16, { kernel: 3, stride, activation: hardSwish }),
      ...rows.map((row, i) => new InvertedResidual(i === 0 ? 16 : rows[i - 1][2], row)),
      convNorm(last, { activation: hardSwish }),
    );
    const init = { weightInit: normal(0, 0.01), biasInit: zeros() };
    this.classifier = sequential(
      linear(hidden, init),
      hardSwish(),
      dropout(request.dropRate ?? 0.2),
      linear(request.classes, init),
    );
  }

  override get kind(): string {
    return "mobileNetV3";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.classifier.call(this.avgpool.call(this.features.call(x, mode), mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  const net = new MobileNetV3(variants[infos.indexOf(info)], request);
  return { net, notes, adapt: noteTimmEps(info.name) };
}

/** Blocks of timm's stages, before the last one, which is the last convolution. */
const timmStages = { mobilenet_v3_large: [1, 2, 3, 4, 2, 3], mobilenet_v3_small: [1, 2, 3, 2, 3] };

/** Of a block's layers: its parts without and with an expansion, in their order, and those of a convolution with its norm. */
const timmParts = {
  separable: [
    ["conv_dw", "bn1"],
    ["conv_pw", "bn2"],
  ],
  inverted: [
    ["conv_pw", "bn1"],
    ["conv_dw", "bn2"],
    ["conv_pwl", "bn3"],
  ],
} as const;

/** timm's name for a state: `blocks.1.0.conv_pw.weight` is `features.2.block.0.0.weight`. */
export function timmKey(name: string, key: string): string {
  const stages = timmStages[name as keyof typeof timmStages];
  const blocks = stages.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => `${stage}.${i}`),
  );
  const isLarge = name === "mobilenet_v3_large";
  return key
    .replace(/^classifier\.0/, "conv_head")
    .replace(/^classifier\.3/, "classifier")
    .replace(/^features\.(\d+)\.([01])\./, (_, at, part) =>
      at === "0"
        ? ["conv_stem.", "bn1."][part]
        : `blocks.${stages.length}.0.${["conv.", "bn1."][part]}`,
    )
    .replace(/^features\.(\d+)\.block\.(\d)\.([01]|fc[12])/, (_, at, layer, part) => {
      const block = `blocks.${blocks[at - 1]}`;
      if (part.startsWith("fc")) return `${block}.se.conv_${part === "fc1" ? "reduce" : "expand"}`;
      const [, , , gated] = (isLarge ? large : small)[at - 1];
      const parts = timmParts[at === "1" ? "separable" : "inverted"];
      const place = gated && Number(layer) === parts.length ? parts.length - 1 : Number(layer);
      return `${block}.${parts[place][part]}`;
    });
}

/** timm's hidden layer is a 1×1 convolution. */
export const timmShape = (_name: string, key: string, shape: Shape): Shape =>
  key === "classifier.0.weight" ? [...shape, 1, 1] : shape;
