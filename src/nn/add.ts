/** a + b as a layer, so that a residual sum has its line in summaries. */
import type { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";

export class Add extends Module<readonly [Tensor, Tensor]> {
  override get kind(): string {
    return "add";
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }
}

export const add = (): Add => new Add();
