/**
 * The network of ConvNetJS's CIFAR-10 page (Karpathy 2014): three rounds of convolution by 5, ReLU and max
 * pooling, then a linear classifier. The page trains it with Adadelta, batch 4 and an L2 penalty of 1e-4.
 */
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../nn/activation/relu.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { maxPool2d } from "../nn/pooling/max-pool2d.ts";
import { flatten } from "../nn/structure/flatten.ts";
import {
  checkRequest,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const info: ModelInfo = {
  name: "convnetjs-cifar",
  title: "The CIFAR-10 page of ConvNetJS",
  inputShape: [3, 32, 32],
  classes: 10,
  parameters: 22_466,
  macs: 3_920_000,
  source: "Karpathy 2014, ConvNetJS CIFAR-10 demo",
  loss: "crossEntropy",
};

export const infos: readonly ModelInfo[] = [info];

/** A convolution by 5 that keeps the size, ReLU, and the larger of each 2×2. */
class Round extends Module {
  conv;
  relu = relu();
  pool = maxPool2d(2);

  constructor(width: number) {
    super();
    this.conv = conv2d(width, { kernel: 5, padding: 2 });
  }

  override get kind(): string {
    return "round";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.pool.call(this.relu.call(this.conv.call(x, mode), mode), mode);
  }
}

export class ConvNetJSCifar extends Module {
  // 32×32×3 → 16×16×16 → 8×8×20 → 4×4×20 → classes
  round1 = new Round(16);
  round2 = new Round(20);
  round3 = new Round(20);
  flatten = flatten();
  fc;

  constructor(classes = 10) {
    super();
    this.fc = linear(classes);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.round2.call(this.round1.call(x, mode), mode);
    return this.fc.call(this.flatten.call(this.round3.call(h, mode), mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  const { inputShape, classes } = request;
  checkRequest(request, 8);
  const notes = requestNotes(request, info);
  const [rows, columns] = inputShape.slice(1).map((size) => Math.floor(size / 8));
  if (rows !== 4 || columns !== 4) {
    const inputs = rows * columns * 20;
    notes.push(
      `convnetjs-cifar: ${rows}×${columns}×20 before fc, which takes ${inputs} inputs instead of 320`,
    );
  }
  return { net: new ConvNetJSCifar(classes), notes };
}
