/**
 * L = the Lovász extension of the Jaccard loss at hinge errors max(0, 1 − s·x), s = ±1 the label's sign: a surrogate of
 * the intersection over union of one class against the rest (Berman et al. 2018, arXiv:1705.08790).
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { acrossImages } from "./across-images.ts";
import { IGNORE_INDEX } from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { lovaszExtension } from "./lovasz-extension.ts";
import { type Reduction, reduce } from "./reduction.ts";

export interface LovaszHingeOptions {
  /** True by default: one Jaccard index for each image; else one for the batch. */
  readonly perImage?: boolean;
  /** Pixels of this label count for nothing; −100 by default. */
  readonly ignoreIndex?: number;
  /** Over images, where each has its own; "mean" by default. */
  readonly reduction?: Reduction;
}

/** Logits and labels 0 or 1 as i32, both N(×…). */
export function lovaszHinge(
  logits: Tensor,
  target: Tensor,
  { perImage = true, ignoreIndex = IGNORE_INDEX, reduction = "mean" }: LovaszHingeOptions = {},
): Tensor {
  if (logits.rank < 1 || target.dtype !== "i32" || !sameShape(logits.shape, target.shape)) {
    throw new ConvkitError(
      "lovaszHinge",
      `logits ${formatShape(logits.shape)} go with i32 labels of the same shape, got ` +
        `${target.dtype} ${formatShape(target.shape)}`,
    );
  }
  const isTrue = target.eq(1);
  const errors = logits.builder.apply("relu", [isTrue.where(logits.neg(), logits).add(1)]);
  const isValid = target.ne(ignoreIndex);
  const pixels = (t: Tensor) => {
    const flat = isValid.where(t, 0).reshape(t.shape[0], 1, -1);
    return perImage ? flat : acrossImages(flat);
  };
  const loss = lovaszExtension(pixels(errors), pixels(isTrue.to(logits.dtype)));
  return reduce(loss.sum(loss.rank - 1), reduction);
}

export const lovaszHingeSpec: LossSpec = {
  name: "lovaszHinge",
  formula: "L = Δ̄(max(0, 1 − s·x)), Δ̄ the Lovász extension of 1 − |A ∩ B|/|A ∪ B|",
  shapes: "x, y N(×…) → scalar",
  source: "Berman et al. 2018, arXiv:1705.08790",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "images", inputs: [{ shape: [3, 4], low: -3, high: 3 }, { shape: [3, 4], dtype: "i32", low: 0, high: 1 }], run: (x, y) => lovaszHinge(x, y, { reduction }), torch: `lambda x, y: lovasz_hinge_images(x, y, reduction="${reduction}")` })),
    { name: "batch, some ignored", inputs: [{ shape: [7], low: -3, high: 3 }, { shape: [7], dtype: "i32", low: -1, high: 1 }], run: (x, y) => lovaszHinge(x, y, { perImage: false, ignoreIndex: -1 }), torch: "lambda x, y: lovasz_hinge(x, y, ignore=-1)" },
    { name: "extreme logits", inputs: [{ shape: [3], values: [100, -100, 5, 1e4, -1e4, 0.5, -1e4, 1e4, 100, 0.1, 0.2, 0.3, -100, -101, -1e4] }, { shape: [3], dtype: "i32", values: [1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1] }], run: (x, y) => lovaszHinge(x, y), torch: 'lambda x, y: lovasz_hinge_images(x, y, reduction="mean")' },
  ],
};
