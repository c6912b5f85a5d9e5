/**
 * The Lovász extension of the Jaccard loss: a convex function of errors m that equals the Jaccard loss where they are 0
 * and 1 (Berman et al. 2018, arXiv:1705.08790). With the errors in falling order it is Σ m_k·(J_k − J_{k−1}),
 * J_k the Jaccard loss when the k largest are wrong; the weights J_k − J_{k−1} are its gradient (algorithm 1).
 */

import type { Tensor } from "../graph/tensor.ts";
import { cumsum } from "../ops/cumsum.ts";
import { gather } from "../ops/gather.ts";
import { sort } from "../ops/sort.ts";

/**
 * Errors …×P and truth (0 or 1) of the same shape, P pixels → …; an axis before the last is needed. Equal errors share
 * their weight evenly, so that the gradient does not depend on the order of a sort.
 */
export function lovaszExtension(errors: Tensor, truth: Tensor): Tensor {
  const stop = (t: Tensor) => t.builder.apply("stopGradient", [t]);
  const weights = stop(jaccardSteps(stop(errors), truth));
  return errors.mul(weights).sum(errors.rank - 1);
}

/** The weight of each error, where it stands: a search in the sorted errors takes the place of sorting back. */
function jaccardSteps(errors: Tensor, truth: Tensor): Tensor {
  const { builder, shape } = errors;
  const last = errors.rank - 1;
  const row = (t: Tensor) => t.reshape(...shape.slice(0, -1), 1, shape[last]);
  const both = builder.apply("concat", [errors, truth].map(row), { axis: last });
  const sorted = builder.apply(sort, [both], { descending: true });
  const [keys, labels] = [0, 1].map((r) => sorted.slice(last, r, r + 1).reshape(...shape));
  // Element k is the number of true pixels among the k of largest error.
  const counts = builder.apply("pad", [builder.apply(cumsum, [labels])], {
    before: shape.map((_, axis) => (axis === last ? 1 : 0)),
  });
  const before = countAbove(keys, errors, "gt");
  const upTo = countAbove(keys, errors, "ge").maximum(before.add(1));
  const found = (k: Tensor) => builder.apply(gather, [counts, k], { axis: last });
  // J_k = k/(G + k − F_k) with G true pixels, F_k of them among the first k. From a to b = a + d of them, f true,
  // J_b − J_a = (d·(G − F_a) + a·f)/(U_a·U_b), U = G + k − F_k, in which nothing cancels.
  const total = truth.sum(last, true);
  const a = before.to(errors.dtype);
  const d = upTo.sub(before).to(errors.dtype);
  const falseLeft = total.sub(found(before));
  const f = found(upTo).sub(found(before));
  const unionA = falseLeft.add(a);
  const unionB = unionA.add(d).sub(f);
  const step = falseLeft.add(a.mul(f).div(d)).div(unionA.maximum(1).mul(unionB.maximum(1)));
  // Where nothing is true the first wrong pixel makes the loss 1.
  return unionA.eq(0).where(builder.constant(1, errors.dtype).div(d), step);
}

/** How many of the falling `keys` are greater than each value, or at least as great, by halving. */
function countAbove(keys: Tensor, values: Tensor, compare: "gt" | "ge"): Tensor {
  const { builder, shape, batched } = values;
  const last = values.rank - 1;
  const size = shape[last];
  let count = builder.apply("broadcastTo", [builder.constant(0, "i32")], { shape, batched });
  for (let by = 2 ** Math.ceil(Math.log2(size)); by >= 1; by /= 2) {
    // Behind the last key `gather` reads the last again; what that adds too much is cut off below.
    const key = builder.apply(gather, [keys, count.add(by - 1)], { axis: last });
    count = key[compare](values).where(count.add(by), count);
  }
  return count.minimum(size);
}
