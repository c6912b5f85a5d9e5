/**
 * VGG (Simonyan and Zisserman 2014, arXiv:1409.1556): 3×3 convolutions only, two or more between pools. Configurations A, B, D
 * and E with and without batch norm as torchvision has them; A-LRN and C, which only the paper has, in the same names. An
 * adaptive pool before the classifier lets it take any size.
 */
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { localResponseNorm } from "../nn/normalization/local-response-norm.ts";
import { adaptiveAvgPool2d } from "../nn/pooling/adaptive-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { flatten } from "../nn/structure/flatten.ts";
import { sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

// Table 1 of the paper: the kernels of the convolutions in each of the five groups.
// biome-ignore format: a table
const configurations = {
  A: [[3],    [3],    [3, 3],       [3, 3],       [3, 3]],
  B: [[3, 3], [3, 3], [3, 3],       [3, 3],       [3, 3]],
  C: [[3, 3], [3, 3], [3, 3, 1],    [3, 3, 1],    [3, 3, 1]],
  D: [[3, 3], [3, 3], [3, 3, 3],    [3, 3, 3],    [3, 3, 3]],
  E: [[3, 3], [3, 3], [3, 3, 3, 3], [3, 3, 3, 3], [3, 3, 3, 3]],
} as const;
const widths = [64, 128, 256, 512, 512] as const;

const v1 = "torchvision 0.14, IMAGENET1K_V1";
const table3 = "Simonyan and Zisserman 2014, arXiv:1409.1556, table 3: images of 256 pixels, dense";

// biome-ignore format: a table
const variants = [
  // name       config. norm      parameters    macs           top1    measured
  ["vgg11",     "A",    "none",  132_863_336,  7_609_090_048, 69.020, v1],
  ["vgg11_bn",  "A",    "batch", 132_868_840,  7_609_090_048, 70.370, v1],
  ["vgg11_lrn", "A",    "lrn",   132_863_336,  7_609_090_048,   70.3, table3],
  ["vgg13",     "B",    "none",  133_047_848, 11_308_466_176, 69.928, v1],
  ["vgg13_bn",  "B",    "batch", 133_053_736, 11_308_466_176, 71.586, v1],
  ["vgg16_c",   "C",    "none",  133_638_952, 11_770_888_192,   71.9, table3],
  ["vgg16",     "D",    "none",  138_357_544, 15_470_264_320, 71.592, v1],
  ["vgg16_bn",  "D",    "batch", 138_365_992, 15_470_264_320, 73.360, v1],
  ["vgg19",     "E",    "none",  143_667_240, 19_632_062_464, 72.376, v1],
  ["vgg19_bn",  "E",    "batch", 143_678_248, 19_632_062_464, 74.218, v1],
] as const;

type Variant = (typeof variants)[number];

const norms = { none: "", batch: ", batch norm", lrn: ", LRN after the first convolution" };

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, configuration, norm, parameters, macs, top1, measured]) => ({
    name,
    title: `VGG-${/\d+/.exec(name)}: configuration ${configuration}${norms[norm]}`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Simonyan and Zisserman 2014, arXiv:1409.1556, table 1",
    loss: "crossEntropy",
    accuracy: { top1, source: measured },
  }),
);

const convInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut", nonlinearity: "relu" });
const biasInit = /* @__PURE__ */ zeros();

const conv = (width: number, kernel: number) =>
  conv2d(width, { kernel, padding: (kernel - 1) / 2, weightInit: convInit, biasInit });

const dense = (width: number) => linear(width, { weightInit: normal(0, 0.01), biasInit });

/** Groups of convolutions, each with a pool at its end. */
function makeFeatures([, configuration, norm]: Variant) {
  const layers = configurations[configuration].flatMap((kernels, i) => {
    const convolutions = kernels.flatMap((kernel): Module[] => {
      const layer = conv(widths[i], kernel);
      return norm === "batch" ? [layer, batchNorm2d(), relu()] : [layer, relu()];
    });
    return [...convolutions, maxPool2d(2)];
  });
  // Section 2.1: with the parameters of AlexNet's.
  if (norm === "lrn") layers.splice(2, 0, localResponseNorm(5, { alpha: 5e-4, k: 2 }));
  return sequential(...layers);
}

export class Vgg extends Module {
  // 224×224×3 → 112×112×64 → 56×56×128 → 28×28×256 → 14×14×512 → 7×7×512 → 4096 → 4096 → classes
  features;
  avgpool = adaptiveAvgPool2d(7);
  flatten = flatten();
  classifier;

  constructor(variant: Variant, classes: number, dropRate: number) {
    super();
    this.features = makeFeatures(variant);
    const hidden = () => [dense(4096), relu(), dropout(dropRate)];
    this.classifier = sequential(...hidden(), ...hidden(), dense(classes));
  }

  override get kind(): string {
    return "vgg";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const f = this.avgpool.call(this.features.call(x, mode), mode);
    return this.classifier.call(this.flatten.call(f, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 32);
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  const { classes, dropRate = 0.5 } = request;
  return { net: new Vgg(variant, classes, dropRate), notes: requestNotes(request, info) };
}

/** timm's classifier is a 7×7 and a 1×1 convolution, of the same values. */
export const timmKey = (_name: string, key: string): string =>
  key
    .replace("classifier.0.", "pre_logits.fc1.")
    .replace("classifier.3.", "pre_logits.fc2.")
    .replace("classifier.6.", "head.fc.");

export function timmShape(_name: string, key: string, shape: Shape): Shape {
  if (key === "classifier.0.weight") return [shape[0], shape[1] / 49, 7, 7];
  return key === "classifier.3.weight" ? [...shape, 1, 1] : shape;
}
