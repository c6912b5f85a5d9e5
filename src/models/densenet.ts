/**
 * DenseNet-BC (Huang, Liu, van der Maaten and Weinberger 2016, arXiv:1608.06993): every layer reads what all layers of its block
 * before it gave. "B": a 1×1 convolution to 4k channels before each 3×3; "C": transitions halve the channels. States are
 * torchvision's (`features.denseblock1.denselayer1.norm1`), and timm's are the same; in torchvision's published files `norm1`,
 * `conv1`, … are still called `norm.1`, `conv.1`, ….
 *
 * For CIFAR (section 3, `densenet_bc100_12`) the first convolution is 3×3 without stride, norm or pool: the stem "cifar".
 */
import type { StoredTensors } from "../formats/stored-tensors.ts";
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { linear } from "../nn/linear/linear.ts";
import { type AnyModule, type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { concat } from "../nn/structure/concat.ts";
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

// Table 1 of the paper: growth rate k and layers of the dense blocks; the first convolution has 2k channels.
// biome-ignore format: a table
const variants = [
  // name                 k   blocks            side  classes  parameters  macs            top1
  ["densenet121",        32, [6, 12, 24, 16],   224,    1000,   7_978_856, 2_834_161_664,  74.434],
  ["densenet161",        48, [6, 12, 36, 24],   224,    1000,  28_681_000, 7_727_907_072,  77.138],
  ["densenet169",        32, [6, 12, 32, 32],   224,    1000,  14_149_480, 3_359_843_328,  75.600],
  ["densenet201",        32, [6, 12, 48, 32],   224,    1000,  20_013_928, 4_291_365_888,  76.896],
  ["densenet_bc100_12",  12, [16, 16, 16],       32,      10,     769_162,   287_929_692,  undefined],
] as const;

type Variant = (typeof variants)[number];

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, k, blocks, side, classes, parameters, macs, top1]) => ({
    name,
    title: `DenseNet-BC, k = ${k}: blocks of ${blocks.join(", ")} layers`,
    inputShape: [3, side, side],
    classes,
    parameters,
    macs,
    source: `Huang et al. 2016, arXiv:1608.06993, table ${top1 ? 1 : 2}`,
    loss: "crossEntropy",
    accuracy: top1 ? { top1, source: "torchvision 0.14, IMAGENET1K_V1" } : undefined,
  }),
);

const weightInit = /* @__PURE__ */ kaimingNormal();

const conv = (out: number, kernel: number, stride = 1) =>
  conv2d(out, { kernel, stride, padding: (kernel - 1) / 2, bias: false, weightInit });

/** k new channels: norm, ReLU, 1×1 to 4k, norm, ReLU, 3×3. */
const denseLayer = (k: number, dropRate: number) =>
  sequential({
    norm1: batchNorm2d(),
    relu1: relu(),
    conv1: conv(4 * k, 1),
    norm2: batchNorm2d(),
    relu2: relu(),
    conv2: conv(k, 3),
    dropout: dropout(dropRate),
  });

class DenseBlock extends Module {
  readonly #layers: readonly Module[];
  concat = concat();

  constructor(k: number, count: number, dropRate: number) {
    super();
    this.#layers = Array.from({ length: count }, () => denseLayer(k, dropRate));
  }

  override get kind(): string {
    return "denseBlock";
  }

  override namedChildren(): [string, AnyModule][] {
    const layers = this.#layers.map((layer, i): [string, Module] => [`denselayer${i + 1}`, layer]);
    return [...layers, ["concat", this.concat]];
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.#layers.reduce((h, layer) => this.concat.call(h, layer.call(h, mode), mode), x);
  }
}

const transition = (out: number) =>
  sequential({ norm: batchNorm2d(), relu: relu(), conv: conv(out, 1), pool: avgPool2d(2) });

function featuresOf([, k, blocks]: Variant, stem: Stem, dropRate: number) {
  const layers: Record<string, Module> =
    stem === "cifar"
      ? { conv0: conv(2 * k, 3) }
      : {
          conv0: conv(2 * k, 7, 2),
          norm0: batchNorm2d(),
          relu0: relu(),
          pool0: maxPool2d({ kernel: 3, stride: 2, padding: 1 }),
        };
  let channels = 2 * k;
  for (const [i, count] of blocks.entries()) {
    if (i > 0) {
      channels = Math.floor(channels / 2);
      layers[`transition${i}`] = transition(channels);
    }
    layers[`denseblock${i + 1}`] = new DenseBlock(k, count, dropRate);
    channels += count * k;
  }
  return sequential({ ...layers, norm5: batchNorm2d() });
}

export class DenseNet extends Module {
  // 224×224×3 → 112 → blocks at 56, 28, 14, 7 → classes
  features;
  relu = relu();
  avgpool = globalAvgPool2d();
  classifier;

  constructor(variant: Variant, stem: Stem, { classes, dropRate = 0 }: ModelRequest) {
    super();
    this.features = featuresOf(variant, stem, dropRate);
    this.classifier = linear(classes, { biasInit: zeros() });
  }

  override get kind(): string {
    return "denseNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const features = this.relu.call(this.features.call(x, mode), mode);
    return this.classifier.call(this.avgpool.call(features, mode), mode);
  }
}

/** torchvision's files are older than its names: `denselayer1.norm.1.weight` is `denselayer1.norm1.weight` today. */
const adapt = ({ tensors, ...file }: StoredTensors): StoredTensors => ({
  ...file,
  tensors: new Map(
    [...tensors].map(([key, stored]) => [
      key.replace(/(?<=denselayer\d+\.)(norm|conv)\.(?=[12]\.)/, "$1"),
      stored,
    ]),
  ),
});

/** `dropRate` is that of the dropout after each layer's 3×3 convolution, 0 by default; the classifier has none. */
export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const variant = variants[infos.indexOf(info)];
  const [, , blocks, side] = variant;
  const published: Stem = side === 32 ? "cifar" : "imagenet";
  const stem = published === "cifar" ? (request.stem ?? published) : stemOf(request);
  const transitions = blocks.length - 1;
  checkRequest(request, stem === "cifar" ? 2 ** transitions : 2 ** (transitions + 2) - 3);
  const notes = requestNotes(request, info);
  if (stem !== published) {
    const { name } = info;
    notes.push(
      stem === "cifar" ? stemNote(name) : `${name}: first layers as for ImageNet's pictures`,
    );
  }
  return { net: new DenseNet(variant, stem, request), notes, adapt };
}

/** timm has the same names. */
export const timmKey = (_name: string, key: string): string => key;
