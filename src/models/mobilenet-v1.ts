/**
 * MobileNet (Howard et al. 2017, arXiv:1704.04861, table 1): a 3×3 convolution, then pairs of a depthwise 3×3 and a 1×1, in four
 * widths. torchvision does not have it; names of models and states are timm's (`mobilenetv1_100`). As in the authors' code, and
 * in timm, the activation is ReLU6, where the paper says ReLU.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu6 } from "../nn/activation/relu6.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { kaimingNormal } from "../nn/init/kaiming.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { sequential } from "../nn/structure/sequential.ts";
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

// Tables 6 and 8 of the paper: the width multiplier α.
// biome-ignore format: a table
const variants = [
  // name              α     parameters   macs         top1
  ["mobilenetv1_025",  0.25,   470_072,  41_030_272,   50.6],
  ["mobilenetv1_050",  0.5,  1_331_592, 149_497_088,   63.7],
  ["mobilenetv1_075",  0.75, 2_585_560, 325_400_448,   68.4],
  ["mobilenetv1_100",  1,    4_231_976, 568_740_352,   70.6],
] as const;

// Table 1: channels and number of the pairs of each size, the first of which halves it, but for the first size.
// biome-ignore format: a table
const stages = [[64, 1], [128, 2], [256, 2], [512, 6], [1024, 2]] as const;

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, alpha, parameters, macs, top1]) => ({
    name,
    title: `MobileNet v1, width ${alpha}`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Howard et al. 2017, arXiv:1704.04861, table 1",
    loss: "crossEntropy",
    accuracy: { top1, source: "Howard et al. 2017, arXiv:1704.04861, table 6" },
    pictures: toPlusMinusOne,
  }),
);

const weightInit = /* @__PURE__ */ kaimingNormal({ mode: "fanOut" });

const conv3x3 = (out: number, stride: number, groups = 1) =>
  conv2d(out, { kernel: 3, stride, padding: 1, groups, bias: false, weightInit });

/** Figure 3, right: a depthwise 3×3 and a 1×1, batch norm and ReLU6 after each. */
class DepthwiseSeparable extends Module {
  conv_dw;
  bn1 = batchNorm2d();
  act1 = relu6();
  conv_pw;
  bn2 = batchNorm2d();
  act2 = relu6();

  constructor(inputs: number, width: number, stride: number) {
    super();
    this.conv_dw = conv3x3(inputs, stride, inputs);
    this.conv_pw = conv2d(width, { kernel: 1, bias: false, weightInit });
  }

  override get kind(): string {
    return "depthwiseSeparable";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.act1.call(this.bn1.call(this.conv_dw.call(x, mode), mode), mode);
    return this.act2.call(this.bn2.call(this.conv_pw.call(h, mode), mode), mode);
  }
}

export class MobileNetV1 extends Module {
  // 224×224×3 → 112×112×32 → 112×112×64 → 56×56×128 → 28×28×256 → 14×14×512 → 7×7×1024 → classes
  conv_stem;
  bn1 = batchNorm2d();
  act1 = relu6();
  blocks;
  global_pool = globalAvgPool2d();
  dropout;
  classifier;

  constructor(alpha: number, request: ModelRequest) {
    super();
    let inputs = makeDivisible(32 * alpha);
    this.conv_stem = conv3x3(inputs, stemOf(request) === "cifar" ? 1 : 2);
    const blocks = stages.map(([channels, count], i) => {
      const width = makeDivisible(channels * alpha);
      const pairs = Array.from({ length: count }, (_, j) => {
        const pair = new DepthwiseSeparable(inputs, width, i > 0 && j === 0 ? 2 : 1);
        inputs = width;
        return pair;
      });
      return sequential(...pairs);
    });
    this.blocks = sequential(...blocks);
    this.dropout = dropout(request.dropRate ?? 0);
    this.classifier = linear(request.classes, { weightInit: normal(0, 0.01), biasInit: zeros() });
  }

  override get kind(): string {
    return "mobileNetV1";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const stem = this.act1.call(this.bn1.call(this.conv_stem.call(x, mode), mode), mode);
    const features = this.global_pool.call(this.blocks.call(stem, mode), mode);
    return this.classifier.call(this.dropout.call(features, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const [, alpha] = variants[infos.indexOf(info)];
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  return { net: new MobileNetV1(alpha, request), notes };
}

/** timm has the same names. */
export const timmKey = (_name: string, key: string): string => key;
