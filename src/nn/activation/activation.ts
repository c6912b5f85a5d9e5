/** A layer without states that is one function of a tensor: most activations. Its kind is the name of its factory. */
import type { Tensor } from "../../graph/tensor.ts";
import { Module } from "../module.ts";

export class Activation extends Module {
  readonly #kind: string;
  readonly #of: (x: Tensor) => Tensor;

  constructor(kind: string, of: (x: Tensor) => Tensor) {
    super();
    this.#kind = kind;
    this.#of = of;
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor): Tensor {
    return this.#of(x);
  }
}
