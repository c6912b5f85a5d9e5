/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition",
 * figure 2) in today's usual form: ReLU, max pooling, all maps connected, a linear classifier.
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
  name: "lenet5",
  title: "LeNet-5 with ReLU and max pooling",
  inputShape: [1, 32, 32],
  classes: 10,
  parameters: 61_706,
  macs: 416_520,
  source: "LeCun et al. 1998, Proc. IEEE 86(11)",
  loss: "crossEntropy",
};

export const infos: readonly ModelInfo[] = [info];

export class LeNet5 extends Module {
  // 32×32 → 28×28×6 → 14×14×6 → 10×10×16 → 5×5×16 → 120 → 84 → classes
  conv1;
  relu1 = relu();
  pool1 = maxPool2d(2);
  conv2 = conv2d(16, { kernel: 5 });
  relu2 = relu();
  pool2 = maxPool2d(2);
  flatten = flatten();
  fc1 = linear(120);
  relu3 = relu();
  fc2 = linear(84);
  relu4 = relu();
  fc3;

  constructor(classes = 10, padding: readonly [rows: number, columns: number] = [0, 0]) {
    super();
    this.conv1 = conv2d(6, { kernel: 5, padding });
    this.fc3 = linear(classes);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    let h = this.pool1.call(this.relu1.call(this.conv1.call(x, mode), mode), mode);
    h = this.pool2.call(this.relu2.call(this.conv2.call(h, mode), mode), mode);
    h = this.relu3.call(this.fc1.call(this.flatten.call(h, mode), mode), mode);
    return this.fc3.call(this.relu4.call(this.fc2.call(h, mode), mode), mode);
  }
}

/** Images of up to 28 pixels are padded by 2, as the paper's 32×32 frame does with MNIST's digits. */
const paddingFor = (size: number): number => (size <= 28 ? 2 : 0);

export function make(request: ModelRequest): MadeModel {
  const { inputShape, classes } = request;
  // 12 + 2·2 → 12 → 6 → 2 → 1
  checkRequest(request, 12);
  const [, h, w] = inputShape;
  const padding = [paddingFor(h), paddingFor(w)] as const;
  const notes = requestNotes(request, info);
  if (padding[0] || padding[1]) {
    notes.push(`lenet5: first convolution padded by ${padText(padding)}`);
  }
  const rows = left(h);
  const columns = left(w);
  if (rows !== 5 || columns !== 5) {
    notes.push(
      `lenet5: ${rows}×${columns}×16 before fc1, which takes ${rows * columns * 16} inputs instead of 400`,
    );
  }
  return { net: new LeNet5(classes, padding), notes };
}

const padText = ([a, b]: readonly [number, number]): string => (a === b ? `${a}` : `${a}×${b}`);

/** What two rounds of convolution by 5 and pooling by 2 leave of a side. */
const left = (size: number): number =>
  Math.floor((Math.floor((size + 2 * paddingFor(size) - 4) / 2) - 4) / 2);
