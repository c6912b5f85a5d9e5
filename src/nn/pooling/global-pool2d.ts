/** One value for each channel of an image: what the two global pooling layers share. */
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { Module } from "../module.ts";

export interface GlobalPool2dOptions {
  /** N×C×1×1 instead of N×C. */
  readonly keepDims?: boolean;
}

export class GlobalPool2d extends Module {
  readonly op: "mean" | "reduceMax";
  readonly options: GlobalPool2dOptions;

  constructor(op: GlobalPool2d["op"], options: GlobalPool2dOptions = {}) {
    super();
    this.op = op;
    this.options = options;
  }

  override get kind(): string {
    return this.op === "mean" ? "globalAvgPool2d" : "globalMaxPool2d";
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    const { keepDims = false } = this.options;
    return this.op === "mean" ? x.mean([2, 3], keepDims) : x.amax([2, 3], keepDims);
  }
}
