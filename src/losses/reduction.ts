/** How the losses of single examples become one number. */
import type { Tensor } from "../graph/tensor.ts";

export type Reduction = "mean" | "sum" | "none";

/** `mean` and `sum` look at the images of the run only, however many the program has room for. */
export function reduce(perExample: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return perExample;
  return reduction === "mean" ? perExample.mean() : perExample.sum();
}
