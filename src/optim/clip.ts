/**
 * Gradient clipping, as torch.nn.utils.clip_grad_norm_ and clip_grad_value_ do it: by value first, then
 * g ← g·min(1, c/(‖g‖ + 10⁻⁶)) with the norm over all parameters together (Pascanu et al. 2012).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";

export interface ClipOptions {
  /** Largest norm of all gradients together. */
  readonly clipNorm?: number;
  /** Largest absolute value of any gradient. */
  readonly clipValue?: number;
}

export const globalNorm = (gradients: readonly Tensor[]): Tensor =>
  gradients
    .map((g) => g.square().sum())
    .reduce((sum, part) => sum.add(part))
    .sqrt();

export function clip(
  gradients: readonly Tensor[],
  norm: Tensor,
  { clipNorm, clipValue }: ClipOptions,
): readonly Tensor[] {
  for (const limit of [clipNorm, clipValue]) {
    if (limit !== undefined && !(limit > 0)) {
      throw new ConvkitError(
        "clip",
        `gradients cannot be clipped at ${limit} — give a limit above 0`,
      );
    }
  }
  const bounded =
    clipValue === undefined
      ? gradients
      : gradients.map((g) => g.builder.apply("clamp", [g], { min: -clipValue, max: clipValue }));
  if (clipNorm === undefined) return bounded;
  const present = clipValue === undefined ? norm : globalNorm(bounded);
  const limit = present.builder.constant(clipNorm, present.dtype);
  const scale = limit.div(present.add(1e-6)).minimum(1);
  return bounded.map((g) => g.mul(scale));
}
