/** All axes from `start` on become one; the batch axis stays. */
import type { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";

export class Flatten extends Module {
  readonly start: number;

  constructor(start: number) {
    super();
    this.start = start;
  }

  override get kind(): string {
    return "flatten";
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start);
  }
}

export const flatten = (start = 1): Flatten => new Flatten(start);
