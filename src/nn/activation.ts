/** Layers of one op without parameters: activations over elements, softmax over an axis. */
import type { Attrs } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";

export class Activation extends Module {
  readonly op: string;
  readonly attrs: Attrs;

  constructor(op: string, attrs: Attrs = {}) {
    super();
    this.op = op;
    this.attrs = attrs;
  }

  override get kind(): string {
    return this.op;
  }

  forward(x: Tensor): Tensor {
    return x.builder.apply(this.op, [x], this.attrs);
  }
}

/** ln(1 + e^(βx))/β: the larger β, the nearer to ReLU. */
export class Softplus extends Module {
  readonly beta: number;

  constructor(beta: number) {
    super();
    this.beta = beta;
  }

  override get kind(): string {
    return "softplus";
  }

  forward(x: Tensor): Tensor {
    const { beta } = this;
    const softplusOf = (t: Tensor) => t.builder.apply("softplus", [t]);
    return beta === 1 ? softplusOf(x) : softplusOf(x.mul(beta)).div(beta);
  }
}

export const relu = (): Activation => new Activation("relu");
export const leakyRelu = (negativeSlope = 0.01): Activation =>
  new Activation("leakyRelu", { negativeSlope });
export const sigmoid = (): Activation => new Activation("sigmoid");
export const tanh = (): Activation => new Activation("tanh");
export const softplus = (beta = 1): Softplus => new Softplus(beta);
export const gelu = (options: { approximate?: "none" | "tanh" } = {}): Activation =>
  new Activation("gelu", { approximate: options.approximate ?? "none" });
export const silu = (): Activation => new Activation("silu");
export const softmax = (axis = 1): Activation => new Activation("softmax", { axis });
export const logSoftmax = (axis = 1): Activation => new Activation("logSoftmax", { axis });
