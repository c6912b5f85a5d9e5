/**
 * ZFNet (Zeiler and Fergus 2013, arXiv:1311.2901, figure 3): AlexNet in one column, with a 7×7 window of stride 2 in the first
 * layer and a stride of 2 in the second, which keep more of the picture. Pools round up, as the figure's sizes need. An adaptive
 * pool before the classifier lets it take any size.
 */
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { normal } from "../nn/init/normal.ts";
import { linear } from "../nn/linear/linear.ts";
import { localResponseNorm } from "../nn/normalization/local-response-norm.ts";
import { adaptiveAvgPool2d } from "../nn/pooling/adaptive-avg-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { dropout } from "../nn/regularization/dropout.ts";
import { flatten } from "../nn/structure/flatten.ts";
import { Sequential } from "../nn/structure/sequential.ts";
import {
  checkRequest,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const info: ModelInfo = {
  name: "zfnet",
  title: "ZFNet: AlexNet with a 7×7 first layer and smaller strides",
  inputShape: [3, 224, 224],
  classes: 1000,
  parameters: 62_357_608,
  macs: 1_168_032_896,
  source: "Zeiler and Fergus 2013, arXiv:1311.2901, figure 3",
  loss: "crossEntropy",
  accuracy: { top1: 61.6, source: "Zeiler and Fergus 2013, table 2: ten crops" },
};

export const infos: readonly ModelInfo[] = [info];

/** Section 3.1; the 10⁻² of all weights is read as their deviation. */
const start = () => ({ weightInit: normal(0, 0.01), biasInit: zeros() });
const pool = () => maxPool2d({ kernel: 3, stride: 2, ceilMode: true });
const norm = () => localResponseNorm(5, { alpha: 5e-4, k: 2 });

export class ZfNet extends Sequential {
  // 224×224×3 → 110×110×96 → 55×55 → 26×26×256 → 13×13 → 384, 384, 256 → 6×6 → 4096 → 4096 → classes
  constructor(classes: number, dropRate: number) {
    super({
      conv1: conv2d(96, { kernel: 7, stride: 2, padding: 1, ...start() }),
      relu1: relu(),
      pool1: pool(),
      norm1: norm(),
      conv2: conv2d(256, { kernel: 5, stride: 2, ...start() }),
      relu2: relu(),
      pool2: pool(),
      norm2: norm(),
      conv3: conv2d(384, { kernel: 3, padding: 1, ...start() }),
      relu3: relu(),
      conv4: conv2d(384, { kernel: 3, padding: 1, ...start() }),
      relu4: relu(),
      conv5: conv2d(256, { kernel: 3, padding: 1, ...start() }),
      relu5: relu(),
      pool5: pool(),
      avgpool: adaptiveAvgPool2d(6),
      flatten: flatten(),
      fc6: linear(4096, start()),
      relu6: relu(),
      drop6: dropout(dropRate),
      fc7: linear(4096, start()),
      relu7: relu(),
      drop7: dropout(dropRate),
      fc8: linear(classes, start()),
    });
  }

  override get kind(): string {
    return "zfNet";
  }
}

export function make(request: ModelRequest): MadeModel {
  // 47 → 22 → 11 → 4 → 2 → 1
  checkRequest(request, 47);
  const { classes, dropRate = 0.5 } = request;
  return { net: new ZfNet(classes, dropRate), notes: requestNotes(request, info) };
}
