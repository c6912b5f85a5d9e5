/**
 * The network of Zhifei Zhang's "Derivation of Backpropagation in Convolutional Neural Network" (2016): true
 * convolution, sigmoids, mean pooling, and L = ½Σ(ŷ − y)² over one-hot labels, with the note's initial values.
 */
import type { Tensor } from "../graph/tensor.ts";
import { sigmoid } from "../nn/activation/sigmoid.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { xavierUniform } from "../nn/init/xavier.ts";
import { linear } from "../nn/linear/linear.ts";
import { type Mode, Module } from "../nn/module.ts";
import { avgPool2d } from "../nn/pooling/avg-pool2d.ts";
import { flatten } from "../nn/structure/flatten.ts";
import {
  checkRequest,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  requestNotes,
} from "./model.ts";

const info: ModelInfo = {
  name: "zhang",
  title: "Zhang's derivation: true convolution, sigmoid, mean pooling, squared error",
  inputShape: [1, 28, 28],
  classes: 10,
  parameters: 3_898,
  macs: 203_520,
  source: "Zhang 2016, University of Tennessee, Knoxville",
  loss: "squaredError",
};

export const infos: readonly ModelInfo[] = [info];

// U(±√(6/((in + out)·5²))) for kernels, U(±√(6/(in + out))) for W: Glorot's bound; biases start at 0.
const start = { weightInit: xavierUniform(), biasInit: zeros() };

export class Zhang extends Module {
  // 28×28 → C1 24×24×6 → S1 12×12×6 → C2 8×8×12 → S2 4×4×12 → f 192 → ŷ
  c1 = conv2d(6, { kernel: 5, flip: true, ...start });
  sigmoid1 = sigmoid();
  s1 = avgPool2d(2);
  c2 = conv2d(12, { kernel: 5, flip: true, ...start });
  sigmoid2 = sigmoid();
  s2 = avgPool2d(2);
  flatten = flatten();
  fc;
  sigmoid3 = sigmoid();

  constructor(classes = 10) {
    super();
    this.fc = linear(classes, start);
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const h = this.s1.call(this.sigmoid1.call(this.c1.call(x, mode), mode), mode);
    const g = this.s2.call(this.sigmoid2.call(this.c2.call(h, mode), mode), mode);
    return this.sigmoid3.call(this.fc.call(this.flatten.call(g, mode), mode), mode);
  }
}

export function make(request: ModelRequest): MadeModel {
  const { inputShape, classes } = request;
  // 16 → 12 → 6 → 2 → 1
  checkRequest(request, 16);
  const notes = requestNotes(request, info);
  const [rows, columns] = inputShape.slice(1).map((size) => pooled(pooled(size)));
  if (rows !== 4 || columns !== 4) {
    const inputs = rows * columns * 12;
    notes.push(
      `zhang: ${rows}×${columns}×12 before fc, which takes ${inputs} inputs instead of 192`,
    );
  }
  return { net: new Zhang(classes), notes };
}

/** A convolution by 5, then pooling by 2. */
const pooled = (size: number): number => Math.floor((size - 4) / 2);
