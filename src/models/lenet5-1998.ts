/**
 * LeNet-5 as published (LeCun, Bottou, Bengio and Haffner 1998, Proc. IEEE 86(11), section II.B): subsampling with a coefficient
 * and a bias for each map, a table of connections, scaled tanh, and an output of distances to a picture of each class. Exactly
 * 60,000 trainable parameters. Scores are −0.1 times the distances, so that cross-entropy of them is the paper's discriminative
 * loss (equation 9) without its constant e^(−j); without the 0.1, with distances of tens, it learned less in the same time.
 */
import { sizeOf } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { scaledTanh } from "../nn/activation/scaled-tanh.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { lenet5Table, partialConv2d } from "../nn/convolution/partial-conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import type { Init } from "../nn/init/initializer.ts";
import { uniform } from "../nn/init/uniform.ts";
import { digitBitmaps } from "../nn/linear/digit-bitmaps.ts";
import { linear } from "../nn/linear/linear.ts";
import { rbf } from "../nn/linear/rbf.ts";
import type { Mode } from "../nn/module.ts";
import { trainableSubsampling2d } from "../nn/pooling/trainable-subsampling2d.ts";
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
  name: "lenet5_1998",
  title: "LeNet-5 as published: partial connections, trained subsampling, distances to digits",
  inputShape: [1, 32, 32],
  classes: 10,
  parameters: 60_000,
  // As it is done here: C3 densely, 240,000 instead of 150,000, and its weights put in place, 144,000.
  macs: 559_680,
  source: "LeCun et al. 1998, Proc. IEEE 86(11), section II.B",
  loss: "crossEntropy",
};

export const infos: readonly ModelInfo[] = [info];

/** U(±2.4/F), F the inputs of a unit (appendix A). */
const byInputs = (inputs: number): Init => uniform(-2.4 / inputs, 2.4 / inputs);
const weightInit: Init = (shape, random) => byInputs(sizeOf(shape.slice(1)))(shape, random);
const tableInit: Init = (shape, random) => {
  const window = shape.slice(1);
  const fans = lenet5Table.flatMap((maps) => maps.map(() => maps.length * sizeOf(window)));
  return fans.flatMap((fan) => Array.from(byInputs(fan)(window, random)));
};
const start = { weightInit, biasInit: /* @__PURE__ */ zeros() };

export class LeNet5Of1998 extends Sequential {
  // 32×32 → C1 28×28×6 → S2 14×14×6 → C3 10×10×16 → S4 5×5×16 → C5 120 → F6 84 → classes
  constructor(classes: number, padding: readonly number[]) {
    super({
      c1: conv2d(6, { kernel: 5, padding, ...start }),
      squash1: scaledTanh(),
      s2: trainableSubsampling2d(2),
      squash2: scaledTanh(),
      c3: partialConv2d(lenet5Table, { kernel: 5, ...start, weightInit: tableInit }),
      squash3: scaledTanh(),
      s4: trainableSubsampling2d(2),
      squash4: scaledTanh(),
      c5: conv2d(120, { kernel: 5, ...start }),
      squash5: scaledTanh(),
      flatten: flatten(),
      f6: linear(84, start),
      squash6: scaledTanh(),
      output: rbf(classes, classes === 10 ? { centers: digitBitmaps } : {}),
    });
  }

  override get kind(): string {
    return "leNet5Of1998";
  }

  override forward(x: Tensor, mode: Mode): Tensor {
    return super.forward(x, mode).mul(-0.1);
  }
}

const FRAME = 32;

export function make(request: ModelRequest): MadeModel {
  const { inputShape, classes } = request;
  // Of smaller ones the frame would be the larger part.
  checkRequest(request, FRAME / 2);
  const { name } = info;
  const notes = requestNotes(request, info);
  const padding = inputShape.slice(1).flatMap((size) => {
    const lacks = Math.max(0, FRAME - size);
    return [lacks >> 1, lacks - (lacks >> 1)];
  });
  if (padding.some((side) => side > 0)) {
    notes.push(`${name}: first convolution padded by ${padding.join(", ")} to a frame of 32×32`);
  }
  const [rows, columns] = inputShape.slice(1).map(mapsOfC5);
  if (rows !== 1 || columns !== 1) {
    notes.push(
      `${name}: ${rows}×${columns}×120 before f6, which takes ${rows * columns * 120} inputs instead of 120`,
    );
  }
  if (classes !== 10) {
    notes.push(`${name}: centres of random ±1, as there are pictures of ten digits only`);
  }
  return { net: new LeNet5Of1998(classes, padding), notes };
}

/** What three convolutions by 5 and two poolings by 2 leave of a side. */
function mapsOfC5(size: number): number {
  const halved = (side: number) => Math.floor((side - 4) / 2);
  return halved(halved(Math.max(FRAME, size))) - 4;
}
