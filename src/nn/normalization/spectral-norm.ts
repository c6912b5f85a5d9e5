/**
 * w = w₀/σ(w₀), σ the largest singular value of the weights W as a matrix with a row for each output: W/σ makes no
 * vector longer, which keeps discriminators smooth (Miyato, Kataoka, Koyama and Yoshida 2018, arXiv:1802.05957,
 * algorithm 1). σ ≈ uᵀ·W·v by the power method, which each call in training takes further:
 *
 *     v ← Wᵀu/‖Wᵀu‖,   u ← Wv/‖Wv‖
 *
 * The gradient goes through W, with u and v held. Names and options are those of PyTorch's
 * torch.nn.utils.spectral_norm.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { convTranspose2d } from "../convolution/conv-transpose2d.ts";
import { conv2d } from "../convolution/conv2d.ts";
import type { Init } from "../init/initializer.ts";
import { normal } from "../init/normal.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { linear } from "../linear/linear.ts";
import type { AnyModule } from "../module.ts";
import { parametrize } from "../parametrize.ts";

export interface SpectralNormOptions {
  /** The parameter: `weight` becomes `weight_orig`, with the buffers `weight_u` and `weight_v`; "weight" by default. */
  readonly name?: string;
  /** Steps of the power method for each call in training; 1 by default. */
  readonly nPowerIterations?: number;
  /** Least length that a vector is divided by; 1e-12 by default. */
  readonly eps?: number;
  /** The axis of the outputs; by default 1 for transposed convolutions, else 0. */
  readonly axis?: number;
}

/** Gives the layer back, its parameter normalised from the next trace on, until `removeParametrization`. */
export function spectralNorm<M extends AnyModule>(layer: M, options: SpectralNormOptions = {}): M {
  const { name = "weight", nPowerIterations: steps = 1, eps = 1e-12 } = options;
  const { axis = layer.kind.startsWith("convTranspose") ? 1 : 0 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ConvkitError("spectralNorm", `${steps} power iterations — at least one is needed`);
  }
  return parametrize(layer, name, ({ mode, param, buffer, updateBuffer }, shape, init) => {
    const w = param(`${name}_orig`, shape, init);
    const matrix = asMatrix(w, axis);
    const [rows, columns] = matrix.shape;
    let u = buffer(`${name}_u`, [rows], direction);
    let v = buffer(`${name}_v`, [columns], direction);
    if (mode.training) {
      const held = w.builder.apply("stopGradient", [matrix]);
      for (let i = 0; i < steps; i++) {
        v = unit(held.mul(u.reshape(rows, 1)).sum(0), eps);
        u = unit(held.mul(v).sum(1), eps);
      }
      updateBuffer(`${name}_u`, u);
      updateBuffer(`${name}_v`, v);
    }
    const sigma = matrix.mul(v).sum(1).mul(u).sum();
    return w.div(sigma);
  });
}

/** The weight with axis `axis` as rows and all others as columns. */
function asMatrix(w: Tensor, axis: number): Tensor {
  if (!(axis >= 0 && axis < w.rank)) {
    throw new ConvkitError(
      "spectralNorm",
      `axis ${axis} of a weight of ${formatShape(w.shape)} — name one of its axes`,
    );
  }
  const others = w.shape.map((_, i) => i).filter((i) => i !== axis);
  const first = axis === 0 ? w : w.transpose(axis, ...others);
  return first.reshape(w.shape[axis], -1);
}

const unit = (t: Tensor, eps: number): Tensor => t.div(t.square().sum().sqrt().maximum(eps));

/** A random vector of length 1. */
const direction: Init = (shape: Shape, random) => {
  const values = Float64Array.from(normal()(shape, random));
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
};

const near = { low: 0.2, high: 1 } as const;
const draw = { weight_orig: near, weight_u: near, weight_v: near } as const;

export const spectralNormSpec: LayerSpec = {
  name: "spectralNorm",
  formula: "w = w₀/(uᵀ·W₀·v), in training after v ← Wᵀu/‖Wᵀu‖, u ← Wv/‖Wv‖",
  shapes: "a layer → the same layer",
  source: "Miyato, Kataoka, Koyama and Yoshida 2018, arXiv:1802.05957, algorithm 1",
  torch: "nn.utils.spectral_norm",
  // biome-ignore format: one case a line
  samples: [
    { name: "linear in training", make: () => spectralNorm(linear(4)), inputs: [{ shape: [5] }], output: [4], states: { weight_orig: [4, 5], bias: [4], weight_u: [4], weight_v: [5] }, draw, torch: "nn.utils.spectral_norm(nn.Linear(5, 4))", training: true },
    { name: "linear in evaluation", make: () => spectralNorm(linear(4)), inputs: [{ shape: [5] }], output: [4], states: { weight_orig: [4, 5], bias: [4], weight_u: [4], weight_v: [5] }, draw, torch: "nn.utils.spectral_norm(nn.Linear(5, 4))" },
    { name: "convolution, three iterations", make: () => spectralNorm(conv2d(3, { kernel: 2, bias: false }), { nPowerIterations: 3 }), inputs: [{ shape: [2, 4, 3] }], output: [3, 3, 2], states: { weight_orig: [3, 2, 2, 2], weight_u: [3], weight_v: [8] }, torch: "nn.utils.spectral_norm(nn.Conv2d(2, 3, 2, bias=False), n_power_iterations=3)", training: true },
    { name: "transposed convolution", make: () => spectralNorm(convTranspose2d(3, { kernel: 2, stride: 2 })), inputs: [{ shape: [2, 3, 2] }], output: [3, 6, 4], states: { weight_orig: [2, 3, 2, 2], bias: [3], weight_u: [3], weight_v: [8] }, torch: "nn.utils.spectral_norm(nn.ConvTranspose2d(2, 3, 2, 2))", training: true },
  ],
};
