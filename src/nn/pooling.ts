/** Layers that take the largest value or the mean of windows, or of whole images. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Attrs } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";
import { type Pair, pair } from "./pair.ts";

export interface MaxPool2dOptions {
  readonly kernel: Pair;
  /** The kernel's size when left out. */
  readonly stride?: Pair;
  readonly padding?: number | readonly number[];
  readonly dilation?: Pair;
  readonly ceilMode?: boolean;
}

export interface AvgPool2dOptions extends Omit<MaxPool2dOptions, "dilation"> {
  /** Whether padded zeros count into the mean. */
  readonly countIncludePad?: boolean;
}

export class Pool2d extends Module {
  readonly op: "maxPool2d" | "avgPool2d";
  readonly attrs: Attrs;

  constructor(op: Pool2d["op"], options: Pair | MaxPool2dOptions | AvgPool2dOptions) {
    super();
    this.op = op;
    const given = isPair(options) ? { kernel: options } : options;
    const { kernel, stride = kernel, ...others } = given;
    const dilation = "dilation" in others && others.dilation ? pair(others.dilation) : undefined;
    this.attrs = {
      ...others,
      kernel: pair(kernel),
      stride: pair(stride),
      ...(dilation && { dilation }),
    };
  }

  override get kind(): string {
    return this.op;
  }

  forward(x: Tensor): Tensor {
    return x.builder.apply(this.op, [x], this.attrs);
  }
}

const isPair = (value: Pair | object): value is Pair =>
  typeof value === "number" || Array.isArray(value);

/** `maxPool2d(2)`: the largest value of each 2×2 window, stride 2. */
export const maxPool2d = (options: Pair | MaxPool2dOptions): Pool2d =>
  new Pool2d("maxPool2d", options);

export const avgPool2d = (options: Pair | AvgPool2dOptions): Pool2d =>
  new Pool2d("avgPool2d", options);

/** N×C×H×W → N×C. */
export class GlobalPool2d extends Module {
  readonly op: "mean" | "reduceMax";

  constructor(op: GlobalPool2d["op"]) {
    super();
    this.op = op;
  }

  override get kind(): string {
    return this.op === "mean" ? "globalAvgPool2d" : "globalMaxPool2d";
  }

  forward(x: Tensor): Tensor {
    if (x.rank !== 4) {
      throw new ConvkitError(this.kind, `takes images N×C×H×W, got ${formatShape(x.shape)}`);
    }
    return this.op === "mean" ? x.mean([2, 3]) : x.amax([2, 3]);
  }
}

export const globalAvgPool2d = (): GlobalPool2d => new GlobalPool2d("mean");
export const globalMaxPool2d = (): GlobalPool2d => new GlobalPool2d("reduceMax");
