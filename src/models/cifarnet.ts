/**
 * A fast network for CIFAR-10 of the project's own benchmarks: a stem, three stages of two convolutions with
 * batch norm, the largest value of each map, a linear classifier.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { globalMaxPool2d } from "../nn/pooling/global-max-pool2d.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import {
  checkRequest,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const info: ModelInfo = {
  name: "cifarnet",
  title: "A stem and three stages of two convolutions with batch norm",
  inputShape: [3, 32, 32],
  classes: 10,
  parameters: 1_997_322,
  macs: 171_641_344,
  source: "this project",
  loss: "crossEntropy",
};

export const infos: readonly ModelInfo[] = [info];

const widths = [64, 256, 256] as const;

const conv3x3 = (width: number, bias: boolean) => conv2d(width, { kernel: 3, padding: 1, bias });

/** conv – norm – pool by 2 – ReLU – conv – norm – ReLU. */
class Stage extends Module {
  conv1;
  bn1 = batchNorm2d();
  pool = maxPool2d(2);
  relu1 = relu();
  conv2;
  bn2 = batchNorm2d();
  relu2 = relu();

  constructor(width: number) {
    super();
    this.conv1 = conv3x3(width, false);
    this.conv2 = conv3x3(width, false);
  }

  override get kind(): string {
    return "stage";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.pool.call(this.bn1.call(this.conv1.call(x, mode), mode), mode);
    const g = this.conv2.call(this.relu1.call(h, mode), mode);
    return this.relu2.call(this.bn2.call(g, mode), mode);
  }
}

export class CifarNet extends Module {
  // 32×32×3 → 32×32×64 → 16×16×64 → 8×8×256 → 4×4×256 → 256 → classes
  stem = conv3x3(64, true);
  relu = relu();
  stage1 = new Stage(widths[0]);
  stage2 = new Stage(widths[1]);
  stage3 = new Stage(widths[2]);
  pool = globalMaxPool2d();
  linear;

  constructor(classes = 10) {
    super();
    this.linear = linear(classes);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.stage1.call(this.relu.call(this.stem.call(x, mode), mode), mode);
    const g = this.stage3.call(this.stage2.call(h, mode), mode);
    return this.linear.call(this.pool.call(g, mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 8);
  return { net: new CifarNet(request.classes), notes: requestNotes(request, info) };
}
