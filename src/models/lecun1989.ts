/**
 * The network of LeCun et al. 1989 (Neural Computation 1(4), handwritten zip codes) in a lecture note's simplified form: one map a
 * layer, softplus, subsampling by skipping, and a bias for each position,
 *
 *   Y¹ = B¹ + K¹ ⋆ Y⁰,  Y³ = S f(Y¹) Sᵀ,  Y⁴ = B⁴ + K⁴ ⋆ Y³,  Y⁶ = S f(Y⁴) Sᵀ,  y = f(Σ w·Y⁶),  H = ½Σ(y − t)²,
 *
 * with f(x) = ln(1 + e^(kx))/k and S, which keeps every second row; one output for each class.
 */
import type { Tensor } from "../graph/tensor.ts";
import { softplus } from "../nn/activation/softplus.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { zeros } from "../nn/init/constant.ts";
import { linear } from "../nn/linear/linear.ts";
import { Module } from "../nn/module.ts";
import type { Pair } from "../nn/pair.ts";
import { subsample } from "../nn/resampling/subsample.ts";
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
  name: "lecun1989",
  title: "LeCun's zip-code network simplified: one map a layer, softplus, skipping",
  inputShape: [1, 16, 16],
  classes: 10,
  parameters: 234,
  macs: 3_784,
  source: "after LeCun et al. 1989, Neural Computation 1(4), in a lecture note's form",
  loss: "squaredError",
};

export const infos: readonly ModelInfo[] = [info];

/** B: a bias for each position. */
class BiasMatrix extends Module {
  override get kind(): string {
    return "biasMatrix";
  }

  forward(x: Tensor): Tensor {
    return x.add(this.param("bias", x.shape.slice(1), zeros()));
  }
}

export interface Lecun1989Options {
  readonly classes?: number;
  /** Rows and columns of K¹ and K⁴; 5×5 and 3×3 by default. */
  readonly kernels?: readonly [k1: Pair, k4: Pair];
  /** Of the softplus: the larger, the nearer to a ReLU; 1 by default. */
  readonly k?: number;
}

export class Lecun1989 extends Sequential {
  // 16×16 → Y¹ 12×12 → Y³ 6×6 → Y⁴ 4×4 → Y⁶ 2×2 → classes
  constructor({ classes = 10, kernels = [5, 3], k = 1 }: Lecun1989Options = {}) {
    // No threshold, from which PyTorch's softplus is x itself.
    const f = () => softplus(k, Number.POSITIVE_INFINITY);
    super({
      c1: conv2d(1, { kernel: kernels[0], bias: false }),
      b1: new BiasMatrix(),
      f2: f(),
      s3: subsample(1),
      c4: conv2d(1, { kernel: kernels[1], bias: false }),
      b4: new BiasMatrix(),
      f5: f(),
      s6: subsample(1),
      flatten: flatten(),
      fc: linear(classes, { bias: false }),
      f7: f(),
    });
  }

  override get kind(): string {
    return "lecun1989";
  }
}

export function make(request: ModelRequest): MadeModel {
  const { inputShape, classes } = request;
  // 9 → 5 → 3 → 1 → 1
  checkRequest(request, 9);
  const notes = requestNotes(request, info);
  const [rows, columns] = inputShape.slice(1).map(left);
  if (rows !== 2 || columns !== 2) {
    notes.push(
      `lecun1989: ${rows}×${columns} before fc, which takes ${rows * columns} inputs instead of 4`,
    );
  }
  return { net: new Lecun1989({ classes }), notes };
}

/** What the convolutions and every second row leave of a side. */
const left = (size: number): number => Math.ceil((Math.ceil((size - 4) / 2) - 2) / 2);
