/**
 * GoogLeNet, the first Inception network (Szegedy et al. 2014, arXiv:1409.4842), in two forms. `googlenet_2014` is the published
 * one: 5×5 convolutions in the third branch, biases, local response normalisation, no batch norm. `googlenet` is torchvision's:
 * batch norm, no LRN, and 3×3 where the paper has 5×5, as in the weights that it was ported with.
 *
 * Two auxiliary classifiers, over inception4a and 4d, are trained along with 0.3 times their loss (section 5) and are not there
 * in evaluation. The paper says nothing of LRN's numbers and initial values: they are those of Caffe's reference network.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { constant } from "../nn/init/constant.ts";
import { lecunUniform } from "../nn/init/lecun.ts";
import { truncNormal } from "../nn/init/trunc-normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { recordOutput } from "../nn/named-outputs.ts";
import { localResponseNorm } from "../nn/normalization/local-response-norm.ts";
import { adaptiveAvgPool2d } from "../nn/pooling/adaptive-avg-pool2d.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { flatten } from "../nn/structure/flatten.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { basicConv2d } from "./blocks/basic-conv2d.ts";
import { inceptionBlock } from "./blocks/inception-block.ts";
import {
  checkRequest,
  infoOf,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
  toPlusMinusOne,
} from "./model.ts";

// Table 1 of the paper: channels of the 1×1, of the 3×3 and what reduces its input, of the 5×5 alike, and after the pool.
// biome-ignore format: a table
const widths = {
  //    1×1  →3×3  3×3  →5×5  5×5  pool
  "3a": [ 64,   96, 128,   16,  32,   32],
  "3b": [128,  128, 192,   32,  96,   64],
  "4a": [192,   96, 208,   16,  48,   64],
  "4b": [160,  112, 224,   24,  64,   64],
  "4c": [128,  128, 256,   24,  64,   64],
  "4d": [112,  144, 288,   32,  64,   64],
  "4e": [256,  160, 320,   32, 128,  128],
  "5a": [256,  160, 320,   32, 128,  128],
  "5b": [384,  192, 384,   48, 128,  128],
} as const;

/** In what the two forms differ. */
interface Form {
  readonly norm: boolean;
  /** Of the third branch. */
  readonly kernel: 3 | 5;
  /** Of the last pool, before inception5a. */
  readonly lastPool: 2 | 3;
  readonly dropRate: number;
  /** Side of the smallest image whose maps the pools fit into. */
  readonly smallest: number;
}

const forms: readonly Form[] = [
  { norm: true, kernel: 3, lastPool: 2, dropRate: 0.2, smallest: 15 },
  { norm: false, kernel: 5, lastPool: 3, dropRate: 0.4, smallest: 31 },
];

const shared = {
  inputShape: [3, 224, 224],
  classes: 1000,
  source: "Szegedy et al. 2014, arXiv:1409.4842, table 1",
  loss: "crossEntropy",
} as const;

/** Parameters count the auxiliary classifiers: without them 6,624,904 and 6,998,552. */
export const infos: readonly ModelInfo[] = [
  {
    ...shared,
    name: "googlenet",
    title: "GoogLeNet in torchvision's form: batch norm, 3×3 for 5×5",
    parameters: 13_004_888,
    macs: 1_498_376_192,
    accuracy: { top1: 69.778, source: "torchvision 0.14, IMAGENET1K_V1" },
    pictures: toPlusMinusOne,
  },
  {
    ...shared,
    name: "googlenet_2014",
    title: "GoogLeNet as published: 5×5 branches, LRN, no batch norm",
    parameters: 13_378_280,
    macs: 1_582_671_872,
    accuracy: { top1: 71, source: "Szegedy et al. 2015, arXiv:1512.00567, table 3" },
  },
];

/** Convolutions and linear layers of a form, with its initial values. */
function layersOf({ norm }: Form) {
  const weightInit = norm ? truncNormal({ std: 0.01 }) : lecunUniform();
  const biasInit = norm ? undefined : constant(0.2);
  return {
    conv: (out: number, kernel: number, stride = 1) =>
      basicConv2d(out, {
        kernel,
        stride,
        padding: (kernel - 1) / 2,
        norm,
        weightInit,
        biasInit,
      }),
    linear: (out: number) => linear(out, { weightInit }),
  };
}

const pool = (kernel: number) => maxPool2d({ kernel, stride: 2, ceilMode: true });

function inception(name: keyof typeof widths, form: Form) {
  const { conv } = layersOf(form);
  const [c1, reduce3, c3, reduce5, c5, projection] = widths[name];
  return inceptionBlock({
    branch1: conv(c1, 1),
    branch2: sequential(conv(reduce3, 1), conv(c3, 3)),
    branch3: sequential(conv(reduce5, 1), conv(c5, form.kernel)),
    branch4: sequential(maxPool2d({ kernel: 3, stride: 1, padding: 1 }), conv(projection, 1)),
  });
}

/** A classifier in the middle of the network: 4×4 means of 14×14, a 1×1 convolution, two linear layers. */
class AuxiliaryClassifier extends Module {
  avgpool = avgPool2d({ kernel: 5, stride: 3 });
  adaptive = adaptiveAvgPool2d(4);
  conv;
  flatten = flatten();
  fc1;
  relu = relu();
  dropout;
  fc2;
  readonly #isPublished: boolean;

  constructor(form: Form, classes: number, dropRate: number) {
    super();
    const { conv, linear } = layersOf(form);
    this.#isPublished = !form.norm;
    this.conv = conv(128, 1);
    this.fc1 = linear(1024);
    this.dropout = dropout(dropRate);
    this.fc2 = linear(classes);
  }

  override get kind(): string {
    return "auxiliaryClassifier";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const [, , h, w] = x.shape;
    // The paper's windows, 5×5 by 3, suit 14×14 alone; torchvision's 4×4 suit any size.
    const pool = this.#isPublished && h === 14 && w === 14 ? this.avgpool : this.adaptive;
    const features = this.flatten.call(this.conv.call(pool.call(x, mode), mode), mode);
    const hidden = this.relu.call(this.fc1.call(features, mode), mode);
    return this.fc2.call(this.dropout.call(hidden, mode), mode);
  }
}

export class GoogLeNet extends Module {
  // 224×224×3 → 112 → 56×56×192 → 28×28×480 → 14×14×832 → 7×7×1024 → classes
  conv1;
  maxpool1 = pool(3);
  lrn1;
  conv2;
  conv3;
  lrn2;
  maxpool2 = pool(3);
  inception3a;
  inception3b;
  maxpool3 = pool(3);
  inception4a;
  inception4b;
  inception4c;
  inception4d;
  inception4e;
  maxpool4;
  inception5a;
  inception5b;
  aux1;
  aux2;
  avgpool = globalAvgPool2d();
  dropout;
  fc;

  constructor(form: Form, { classes, auxiliary = true, dropRate }: ModelRequest) {
    super();
    const { conv, linear } = layersOf(form);
    const auxiliaryClassifier = () =>
      auxiliary ? new AuxiliaryClassifier(form, classes, dropRate ?? 0.7) : undefined;
    this.conv1 = conv(64, 7, 2);
    this.lrn1 = form.norm ? undefined : localResponseNorm(5);
    this.conv2 = conv(64, 1);
    this.conv3 = conv(192, 3);
    this.lrn2 = form.norm ? undefined : localResponseNorm(5);
    this.inception3a = inception("3a", form);
    this.inception3b = inception("3b", form);
    this.inception4a = inception("4a", form);
    this.inception4b = inception("4b", form);
    this.inception4c = inception("4c", form);
    this.inception4d = inception("4d", form);
    this.inception4e = inception("4e", form);
    this.maxpool4 = pool(form.lastPool);
    this.inception5a = inception("5a", form);
    this.inception5b = inception("5b", form);
    this.aux1 = auxiliaryClassifier();
    this.aux2 = auxiliaryClassifier();
    this.dropout = dropout(dropRate ?? form.dropRate);
    this.fc = linear(classes);
  }

  override get kind(): string {
    return "googLeNet";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const through = (h: Tensor, ...layers: (Module | undefined)[]): Tensor =>
      layers.reduce((t, layer) => (layer ? layer.call(t, mode) : t), h);
    const stem = through(x, this.conv1, this.maxpool1, this.lrn1, this.conv2, this.conv3);
    const h2 = through(stem, this.lrn2, this.maxpool2);
    const h3 = through(h2, this.inception3a, this.inception3b, this.maxpool3);
    const h4a = this.inception4a.call(h3, mode);
    this.#record("aux1", h4a, mode);
    const h4d = through(h4a, this.inception4b, this.inception4c, this.inception4d);
    this.#record("aux2", h4d, mode);
    const h4 = through(h4d, this.inception4e, this.maxpool4);
    return through(h4, this.inception5a, this.inception5b, this.avgpool, this.dropout, this.fc);
  }

  #record(name: "aux1" | "aux2", x: Tensor, mode: Mode): void {
    const classifier = this[name];
    if (!classifier || !mode.training) return;
    recordOutput({ name, tensor: classifier.call(x, mode), lossWeight: 0.3 });
  }
}

export function make(request: ModelRequest): MadeModel {
  const info = infoOf(infos, request.name);
  const form = forms[infos.indexOf(info)];
  checkRequest(request, form.smallest);
  return { net: new GoogLeNet(form, request), notes: requestNotes(request, info) };
}
