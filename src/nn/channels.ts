/** One value for each channel, shaped to meet the channels of a tensor. */
import type { Tensor } from "../graph/tensor.ts";

/** `values` of shape C as C×1×…, so that arithmetic with `x` goes along its axis `axis`. */
export const perChannel = (values: Tensor, x: Tensor, axis = 1): Tensor =>
  values.reshape(values.size, ...x.shape.slice(axis + 1).map(() => 1));
