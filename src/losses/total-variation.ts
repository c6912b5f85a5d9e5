/**
 * L = Σ |x[i+1, j] − x[i, j]| + |x[i, j+1] − x[i, j]| over rows, columns and channels of an image: smooth pictures have
 * little of it (Rudin, Osher and Fatemi 1992). Isotropic: Σ √(dᵢ² + dⱼ²), with differences of 0 at the border.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { safeSqrt } from "./safe-sqrt.ts";

export interface TotalVariationOptions {
  /** False by default. */
  readonly isotropic?: boolean;
  /** Over images; within one it is always the sum. The mean by default. */
  readonly reduction?: Reduction;
}

/** Images N×C×H×W; without a reduction N. */
export function totalVariation(
  x: Tensor,
  { isotropic = false, reduction = "mean" }: TotalVariationOptions = {},
): Tensor {
  const [, , height, width] = x.shape;
  if (x.rank !== 4 || height < 2 || width < 2) {
    throw new ConvkitError(
      "totalVariation",
      `takes images N×C×H×W of 2×2 pixels at least, got ${formatShape(x.shape)}`,
    );
  }
  const down = x.slice(2, 1).sub(x.slice(2, 0, height - 1));
  const right = x.slice(3, 1).sub(x.slice(3, 0, width - 1));
  const inner = [1, 2, 3];
  if (!isotropic) return reduce(down.abs().sum(inner).add(right.abs().sum(inner)), reduction);
  const pad = (t: Tensor, after: number[]) => t.builder.apply("pad", [t], { after });
  const squares = pad(down.square(), [0, 0, 1, 0]).add(pad(right.square(), [0, 0, 0, 1]));
  return reduce(safeSqrt(squares).sum(inner), reduction);
}

export const totalVariationSpec: LossSpec = {
  name: "totalVariation",
  formula: "L = Σ |dᵢ| + |dⱼ|, or Σ √(dᵢ² + dⱼ²)",
  shapes: "x N×C×H×W → scalar, or N without a reduction",
  source: "Rudin, Osher and Fatemi 1992, Physica D 60",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "anisotropic", inputs: [{ shape: [2, 3, 4] }], run: (x) => totalVariation(x, { reduction }), torch: `lambda x: total_variation(x, False, reduction="${reduction}")` })),
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "isotropic", inputs: [{ shape: [2, 3, 4] }], run: (x) => totalVariation(x, { isotropic: true, reduction }), torch: `lambda x: total_variation(x, True, reduction="${reduction}")` })),
  ],
};
