/**
 * y = g(s(x) + f(x)): a block learns what to add to its input (He et al. 2015). s is the identity, or a projection where
 * f changes the shape; g, where there is one, follows the sum. Parameters are `body.…` and `shortcut.…`.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { relu } from "../activation/relu.ts";
import { conv2d } from "../convolution/conv2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import { type Mode, Module } from "../module.ts";

export interface ResidualOptions {
  readonly shortcut?: Module;
  readonly activation?: Module;
}

export class Residual extends Module {
  readonly body: Module;
  readonly shortcut: Module | undefined;
  readonly activation: Module | undefined;

  constructor(body: Module, { shortcut, activation }: ResidualOptions) {
    super();
    this.body = body;
    this.shortcut = shortcut;
    this.activation = activation;
  }

  override get kind(): string {
    return "residual";
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const change = this.body.call(x, mode);
    const kept = this.shortcut?.call(x, mode) ?? x;
    if (!sameShape(change.shape, kept.shape)) {
      throw new ConvkitError(
        "residual",
        `the body gives ${formatShape(change.shape)}, the shortcut ${formatShape(kept.shape)} — ` +
          "give a shortcut of the body's stride and channels, such as a 1×1 convolution",
      );
    }
    const y = kept.add(change);
    return this.activation?.call(y, mode) ?? y;
  }
}

export const residual = (body: Module, options: ResidualOptions = {}): Residual =>
  new Residual(body, options);

const projected = (): Residual =>
  residual(conv2d(3, { kernel: 3, stride: 2, padding: 1 }), {
    shortcut: conv2d(3, { kernel: 1, stride: 2, bias: false }),
    activation: relu(),
  });

export const residualSpec: LayerSpec = {
  name: "residual",
  formula: "y = g(s(x) + f(x))",
  shapes: "as its body has it",
  source: "He et al. 2015, arXiv:1512.03385, equations 1 and 2",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "identity", make: () => residual(linear(3)), inputs: [{ shape: [3] }], output: [3], states: { "body.weight": [3, 3], "body.bias": [3] }, torch: "Residual(nn.Linear(3, 3))" },
    { name: "projection and activation", make: projected, inputs: [{ shape: [2, 5, 4] }], output: [3, 3, 2], states: { "body.weight": [3, 2, 3, 3], "body.bias": [3], "shortcut.weight": [3, 2, 1, 1] }, torch: "Residual(nn.Conv2d(2, 3, 3, 2, 1), nn.Conv2d(2, 3, 1, 2, bias=False), nn.ReLU())" },
  ],
};
