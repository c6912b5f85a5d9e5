/**
 * L = the mean over classes of the Lovász extension of the Jaccard loss, at errors |g − p| with p the softmax of the
 * logits: a surrogate of the mean intersection over union (Berman et al. 2018, arXiv:1705.08790).
 */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { acrossImages } from "./across-images.ts";
import { constants } from "./class-labels.ts";
import { eachReduction, type LossSpec } from "./loss-spec.ts";
import { lovaszExtension } from "./lovasz-extension.ts";
import { type Reduction, reduce } from "./reduction.ts";
import { readSegmentation, type SegmentationOptions } from "./segmentation.ts";

export interface LovaszSoftmaxOptions extends SegmentationOptions {
  /** Classes of the mean: those present in the truth (by default), all, or these. */
  readonly classes?: "present" | "all" | readonly number[];
  /** False by default: one Jaccard index for the batch; else one for each image. */
  readonly perImage?: boolean;
  /** Over images, where each has its own; "mean" by default. */
  readonly reduction?: Reduction;
}

/**
 * Logits (or probabilities) N×C(×…) and labels N(×…) as i32. The pixels of each class are sorted, which takes time, and
 * more for the batch as a whole than image by image.
 */
export function lovaszSoftmax(
  scores: Tensor,
  target: Tensor,
  options: LovaszSoftmaxOptions = {},
): Tensor {
  const { classes = "present", perImage = false, reduction = "mean" } = options;
  if (target.dtype !== "i32") {
    throw new ConvkitError("lovaszSoftmax", `takes i32 labels, got ${target.dtype}`);
  }
  const { predicted, actual } = readSegmentation("lovaszSoftmax", scores, target, options);
  const arrange = perImage ? (t: Tensor) => t : acrossImages;
  const truth = arrange(actual);
  const losses = lovaszExtension(arrange(actual.sub(predicted).abs()), truth);
  const last = losses.rank - 1;
  const counted = countedClasses(truth, classes);
  const sum = counted.where(losses, 0).sum(last);
  return reduce(sum.div(counted.to(sum.dtype).sum(last).maximum(1)), reduction);
}

/** …×C, from the truth …×C×P. */
function countedClasses(
  truth: Tensor,
  classes: NonNullable<LovaszSoftmaxOptions["classes"]>,
): Tensor {
  const total = truth.sum(truth.rank - 1);
  if (classes === "present") return total.gt(0);
  const [count] = total.shape.slice(-1);
  const wanted = classes === "all" ? Array.from({ length: count }, (_, c) => c) : classes;
  if (wanted.length === 0 || !wanted.every((c) => Number.isInteger(c) && c >= 0 && c < count)) {
    throw new ConvkitError("lovaszSoftmax", `classes ${wanted} are not some of 0 … ${count - 1}`);
  }
  const flags = Array.from({ length: count }, (_, c) => (wanted.includes(c) ? 1 : 0));
  const { builder, shape, batched } = total;
  return builder.apply("broadcastTo", [constants(total, flags)], { shape, batched }).gt(0);
}

export const lovaszSoftmaxSpec: LossSpec = {
  name: "lovaszSoftmax",
  formula: "L = mean_c Δ̄_c(|g_c − p_c|), Δ̄ the Lovász extension of 1 − |A ∩ B|/|A ∪ B|",
  shapes: "x N×C(×…), y N(×…) → scalar",
  source: "Berman et al. 2018, arXiv:1705.08790",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "batch", inputs: [{ shape: [3, 3, 3], low: -3, high: 3 }, { shape: [3, 3], dtype: "i32", low: 0, high: 2 }], run: (x, y) => lovaszSoftmax(x, y), torch: "lambda x, y: lovasz_softmax(x, y)" },
    { name: "batch, all classes, some ignored", inputs: [{ shape: [4, 7], low: -3, high: 3 }, { shape: [7], dtype: "i32", low: -1, high: 1 }], run: (x, y) => lovaszSoftmax(x, y, { classes: "all", ignoreIndex: -1 }), torch: "lambda x, y: lovasz_softmax(x, y, classes=range(4), ignore=-1)" },
    /* @__PURE__ */ eachReduction((reduction) => ({ name: "images", inputs: [{ shape: [3, 2, 2], low: -3, high: 3 }, { shape: [2, 2], dtype: "i32", low: 0, high: 2 }], run: (x, y) => lovaszSoftmax(x, y, { perImage: true, reduction }), torch: `lambda x, y: lovasz_softmax_images(x, y, reduction="${reduction}")` })),
    { name: "images of probabilities, two classes of three, some ignored", inputs: [{ shape: [3, 2, 3], low: 0, high: 1 }, { shape: [2, 3], dtype: "i32", low: 0, high: 2 }], run: (x, y) => lovaszSoftmax(x, y, { perImage: true, fromLogits: false, classes: [0, 2], ignoreIndex: 1 }), torch: 'lambda x, y: lovasz_softmax_images(x, y, classes=[0, 2], ignore=1, from_logits=False, reduction="mean")' },
    { name: "one pixel an image", inputs: [{ shape: [3], low: -3, high: 3 }, { shape: [], dtype: "i32", low: 0, high: 2 }], run: (x, y) => lovaszSoftmax(x, y), torch: "lambda x, y: lovasz_softmax(x, y)" },
  ],
};
