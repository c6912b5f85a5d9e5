/** One value for each channel: what the global pooling layers of images and of sequences share. */
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages, checkSequences } from "../images.ts";
import { Module } from "../module.ts";

export interface GlobalPoolOptions {
  /** The axes stay, with one place each: N×C×1×1 or N×C×1 instead of N×C. */
  readonly keepDims?: boolean;
}

export class GlobalPool extends Module {
  readonly op: "Avg" | "Max";
  readonly dimensions: 1 | 2;
  readonly options: GlobalPoolOptions;

  constructor(op: GlobalPool["op"], dimensions: 1 | 2, options: GlobalPoolOptions) {
    super();
    this.op = op;
    this.dimensions = dimensions;
    this.options = options;
  }

  override get kind(): string {
    return `global${this.op}Pool${this.dimensions}d`;
  }

  forward(x: Tensor): Tensor {
    const check = this.dimensions === 2 ? checkImages : checkSequences;
    check(this.kind, x);
    const { keepDims = false } = this.options;
    const axes = this.dimensions === 2 ? [2, 3] : [2];
    return this.op === "Avg" ? x.mean(axes, keepDims) : x.amax(axes, keepDims);
  }
}
