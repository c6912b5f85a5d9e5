/**
 * λ·E (‖∇D(x̂)‖ − 1)² at points x̂ = ε·x + (1 − ε)·G(z) between real and generated images, ε uniform in [0, 1) for each
 * image: keeps a Wasserstein critic near slope 1 (Gulrajani et al. 2017, arXiv:1704.00028, equation 3). Its gradient is
 * of second order.
 */

import { grad } from "../../autodiff/grad.ts";
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { randomUniform } from "../../ops/random-uniform.ts";
import type { LossSpec } from "../loss-spec.ts";
import { safeSqrt } from "../safe-sqrt.ts";

export interface GradientPenaltyOptions {
  /** 10 by default. */
  readonly lambda?: number;
  /** Tells penalties apart that share a key; "gradientPenalty" by default. */
  readonly salt?: string;
}

/**
 * `critic` gives the scores of images; each image's score must depend on that image alone, so no batch norm. `key` is
 * the step's random key, i32[2].
 */
export function gradientPenalty(
  critic: (x: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
  key: Tensor,
  { lambda = 10, salt = "gradientPenalty" }: GradientPenaltyOptions = {},
): Tensor {
  if (!sameShape(real.shape, fake.shape) || real.rank < 2) {
    throw new ConvkitError(
      "gan.gradientPenalty",
      `takes real and generated images of one shape N×…, got ${formatShape(real.shape)} and ` +
        `${formatShape(fake.shape)}`,
    );
  }
  const shape = real.shape.map((dim, axis) => (axis === 0 ? dim : 1));
  const { builder, batched } = real;
  const epsilon = builder.apply(randomUniform, [key], { shape, salt, batched });
  return slopePenalty(critic, fake.add(real.sub(fake).mul(epsilon))).mul(lambda);
}

/** E (‖∇D(x)‖ − 1)² at the given images. */
function slopePenalty(critic: (x: Tensor) => Tensor, x: Tensor): Tensor {
  // The images' scores are added up, and each depends on its image alone: the gradient holds that of every image.
  const [slope] = grad(critic(x).sum(), [x]);
  const inner = x.shape.map((_, axis) => axis).slice(1);
  return safeSqrt(slope.square().sum(inner)).sub(1).square().mean();
}

export const gradientPenaltySpec: LossSpec = {
  name: "gan.gradientPenalty",
  formula: "L = λ·E (‖∇D(x̂)‖ − 1)², x̂ = ε·x + (1 − ε)·G(z), ε ~ U[0, 1)",
  shapes: "critic, x, G(z) N×…, key → scalar",
  source: "Gulrajani et al. 2017, arXiv:1704.00028, equation 3",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "two linear layers, points given", inputs: [{ shape: [6] }, { shape: [6, 5], static: true }, { shape: [5, 1], static: true }], run: (x, v, w) => slopePenalty((t) => t.builder.apply("tanh", [t.matmul(v)]).matmul(w), x), torch: "lambda x, v, w: slope_penalty(lambda t: torch.tanh(t @ v) @ w, x)" },
    { name: "convolutions, points given", inputs: [{ shape: [2, 5, 5] }, { shape: [3, 2, 3, 3], static: true }, { shape: [1, 3, 2, 2], static: true }], run: (x, v, w) => slopePenalty((t) => convolved(convolved(t, v).square(), w), x), torch: "lambda x, v, w: slope_penalty(lambda t: F.conv2d(F.conv2d(t, v).square(), w), x)" },
  ],
};

const convolved = (x: Tensor, w: Tensor): Tensor => x.builder.apply("conv2d", [x, w]);
