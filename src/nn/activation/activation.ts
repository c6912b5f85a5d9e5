/** Layers of one op without parameters: activations over elements, softmax over an axis. */
import type { Attrs } from "../../graph/node.ts";
import type { AnyOp } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { gelu as geluOp } from "../../ops/gelu.ts";
import { leakyRelu as leakyReluOp } from "../../ops/leaky-relu.ts";
import { silu as siluOp } from "../../ops/silu.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Module } from "../module.ts";

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

export const reluSpec: LayerSpec = {
  name: "relu",
  formula: "y = max(x, 0)",
  shapes: "any → the same",
  source: "Nair and Hinton 2010, ICML",
  torch: "nn.ReLU",
  samples: [
    {
      name: "rows",
      make: () => relu(),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.ReLU()",
    },
  ],
};

export const leakyReluSpec: LayerSpec = {
  name: "leakyRelu",
  formula: "y = x where x > 0, else negativeSlope·x",
  shapes: "any → the same",
  source: "Maas, Hannun and Ng 2013, ICML",
  torch: "nn.LeakyReLU",
  samples: [
    {
      name: "rows",
      make: () => leakyRelu(0.2),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.LeakyReLU(0.2)",
    },
  ],
};

export const sigmoidSpec: LayerSpec = {
  name: "sigmoid",
  formula: "y = 1/(1 + e^(−x))",
  shapes: "any → the same",
  source: "Verhulst 1845; Rumelhart et al. 1986",
  torch: "nn.Sigmoid",
  samples: [
    {
      name: "rows",
      make: () => sigmoid(),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.Sigmoid()",
    },
  ],
};

export const tanhSpec: LayerSpec = {
  name: "tanh",
  formula: "y = (e^x − e^(−x))/(e^x + e^(−x))",
  shapes: "any → the same",
  source: "LeCun et al. 1998, “Efficient BackProp”",
  torch: "nn.Tanh",
  samples: [
    {
      name: "rows",
      make: () => tanh(),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.Tanh()",
    },
  ],
};

export const softplusSpec: LayerSpec = {
  name: "softplus",
  formula: "y = ln(1 + e^(β·x))/β",
  shapes: "any → the same",
  source: "Dugas et al. 2000, NIPS 13",
  torch: "nn.Softplus",
  samples: [
    {
      name: "rows",
      make: () => softplus(3),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.Softplus(3, threshold=1000)",
    },
  ],
};

export const geluSpec: LayerSpec = {
  name: "gelu",
  formula: "y = x·Φ(x)",
  shapes: "any → the same",
  source: "Hendrycks and Gimpel 2016, arXiv:1606.08415",
  torch: "nn.GELU",
  // biome-ignore format: one case a line
  samples: [
    { name: "exact", make: () => gelu(), inputs: [{ shape: [3, 2], low: -3, high: 3 }], output: [3, 2], torch: "nn.GELU()" },
    { name: "tanh", make: () => gelu({ approximate: "tanh" }), inputs: [{ shape: [3, 2], low: -3, high: 3 }], output: [3, 2], torch: "nn.GELU('tanh')" },
  ],
};

export const siluSpec: LayerSpec = {
  name: "silu",
  formula: "y = x·σ(x)",
  shapes: "any → the same",
  source: "Elfwing, Uchibe and Doya 2017, arXiv:1702.03118",
  torch: "nn.SiLU",
  samples: [
    {
      name: "rows",
      make: () => silu(),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.SiLU()",
    },
  ],
};

export const softmaxSpec: LayerSpec = {
  name: "softmax",
  formula: "yᵢ = e^(xᵢ)/Σⱼ e^(xⱼ)",
  shapes: "any → the same",
  source: "Bridle 1990, NIPS 2",
  torch: "nn.Softmax",
  samples: [
    {
      name: "rows",
      make: () => softmax(-1),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.Softmax(-1)",
    },
  ],
};

export const logSoftmaxSpec: LayerSpec = {
  name: "logSoftmax",
  formula: "yᵢ = xᵢ − ln Σⱼ e^(xⱼ)",
  shapes: "any → the same",
  source: "Bridle 1990, NIPS 2",
  torch: "nn.LogSoftmax",
  samples: [
    {
      name: "rows",
      make: () => logSoftmax(),
      inputs: [{ shape: [3, 2], low: -3, high: 3 }],
      output: [3, 2],
      torch: "nn.LogSoftmax(1)",
    },
  ],
};
