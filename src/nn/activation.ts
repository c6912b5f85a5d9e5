/** Layers of one op without parameters: activations over elements, softmax over an axis. */
import type { Attrs } from "../graph/node.ts";
import type { AnyOp } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gelu as geluOp } from "../ops/gelu.ts";
import { leakyRelu as leakyReluOp } from "../ops/leaky-relu.ts";
import { silu as siluOp } from "../ops/silu.ts";
import { Module } from "./module.ts";

export class Activation extends Module {
  readonly op: string | AnyOp;
  readonly attrs: Attrs;

  constructor(op: string | AnyOp, attrs: Attrs = {}) {
    super();
    this.op = op;
    this.attrs = attrs;
  }

  override get kind(): string {
    return typeof this.op === "string" ? this.op : this.op.name;
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
  new Activation(leakyReluOp, { negativeSlope });
export const sigmoid = (): Activation => new Activation("sigmoid");
export const tanh = (): Activation => new Activation("tanh");
export const softplus = (beta = 1): Softplus => new Softplus(beta);
export const gelu = (options: { approximate?: "none" | "tanh" } = {}): Activation =>
  new Activation(geluOp, { approximate: options.approximate ?? "none" });
export const silu = (): Activation => new Activation(siluOp);
export const softmax = (axis = 1): Activation => new Activation("softmax", { axis });
export const logSoftmax = (axis = 1): Activation => new Activation("logSoftmax", { axis });
