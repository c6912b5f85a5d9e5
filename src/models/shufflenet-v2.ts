/**
 * ShuffleNet v2 (Ma, Zhang, Zheng and Sun 2018, arXiv:1807.11164, table 5): half of the channels pass a block as they are, the
 * other half goes through a 1×1, a depthwise 3×3 and a 1×1; then both are shuffled. States are torchvision's.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalAvgPool2d } from "../nn/pooling/global-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { channelShuffle } from "../nn/resampling/channel-shuffle.ts";
import { concat } from "../nn/structure/concat.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { LayersInOrder } from "./blocks/layers-in-order.ts";
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

// Table 5: channels of stages 2 to 4, of 4, 8 and 4 blocks, and of the last convolution. Top-1 are torchvision's,
// and the size that pictures come to before their middle is taken.
// biome-ignore format: a table
const variants = [
  // name                 stages           last   parameters  macs          top1    resized
  ["shufflenet_v2_x0_5",  [ 48,  96, 192], 1024,  1_366_792,   40_476_448,  60.552, 256],
  ["shufflenet_v2_x1_0",  [116, 232, 464], 1024,  2_278_604,  144_907_992,  69.362, 256],
  ["shufflenet_v2_x1_5",  [176, 352, 704], 1024,  3_503_624,  295_759_392,  72.996, 232],
  ["shufflenet_v2_x2_0",  [244, 488, 976], 2048,  7_393_996,  583_253_464,  76.230, 232],
] as const;

type Variant = (typeof variants)[number];

const STEM_WIDTH = 24;

export const infos: readonly ModelInfo[] = /* @__PURE__ */ variants.map(
  ([name, , , parameters, macs, top1, resized]) => ({
    name,
    title: `ShuffleNet v2, width ${name.slice(-3).replace("_", ".")}`,
    inputShape: [3, 224, 224],
    classes: 1000,
    parameters,
    macs,
    source: "Ma et al. 2018, arXiv:1807.11164, table 5",
    loss: "crossEntropy",
    accuracy: { top1, source: "torchvision 0.14, IMAGENET1K_V1" },
    pictures: { cropPct: 224 / resized },
  }),
);

const conv1x1 = (out: number) => conv2d(out, { kernel: 1, bias: false });
const conv3x3 = (out: number, stride: number, groups = 1) =>
  conv2d(out, { kernel: 3, stride, padding: 1, groups, bias: false });

/** Figure 3 (c), and (d) with a stride, where both halves are computed from all channels. */
class InvertedResidual extends Module {
  branch1;
  branch2;
  concat = concat();
  shuffle = channelShuffle(2);

  constructor(inputs: number, width: number, stride: number) {
    super();
    const half = width / 2;
    this.branch1 =
      stride === 1
        ? undefined
        : sequential(
            conv3x3(inputs, stride, inputs),
            batchNorm2d(),
            conv1x1(half),
            batchNorm2d(),
            relu(),
          );
    this.branch2 = sequential(
      conv1x1(half),
      batchNorm2d(),
      relu(),
      conv3x3(half, stride, half),
      batchNorm2d(),
      conv1x1(half),
      batchNorm2d(),
      relu(),
    );
  }

  override get kind(): string {
    return "invertedResidual";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const half = x.shape[1] / 2;
    const [left, right] = this.branch1
      ? [this.branch1.call(x, mode), x]
      : [x.slice(1, 0, half), x.slice(1, half)];
    return this.shuffle.call(this.concat.call(left, this.branch2.call(right, mode), mode), mode);
  }
}

const stage = (inputs: number, width: number, count: number) =>
  sequential(
    ...Array.from({ length: count }, (_, i) =>
      i === 0 ? new InvertedResidual(inputs, width, 2) : new InvertedResidual(width, width, 1),
    ),
  );

export class ShuffleNetV2 extends LayersInOrder {
  // 224×224×3 → 112×112×24 → 56 → stages at 28, 14, 7 → classes
  conv1;
  maxpool;
  stage2;
  stage3;
  stage4;
  conv5;
  avgpool = globalAvgPool2d();
  fc;

  constructor([, [w2, w3, w4], last]: Variant, request: ModelRequest) {
    super();
    const isSmall = stemOf(request) === "cifar";
    this.conv1 = sequential(conv3x3(STEM_WIDTH, isSmall ? 1 : 2), batchNorm2d(), relu());
    this.maxpool = isSmall ? undefined : maxPool2d({ kernel: 3, stride: 2, padding: 1 });
    this.stage2 = stage(STEM_WIDTH, w2, 4);
    this.stage3 = stage(w2, w3, 8);
    this.stage4 = stage(w3, w4, 4);
    this.conv5 = sequential(conv1x1(last), batchNorm2d(), relu());
    this.fc = linear(request.classes);
  }

  override get kind(): string {
    return "shuffleNetV2";
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const notes = requestNotes(request, info);
  if (stemOf(request) === "cifar") notes.push(stemNote(info.name));
  return { net: new ShuffleNetV2(variants[infos.indexOf(info)], request), notes };
}
