/** log t, taken as 0 where t = 0: t·log t then has its limit, where the product would be NaN. */
import type { Tensor } from "../graph/tensor.ts";

export const logOfPositive = (t: Tensor): Tensor => t.gt(0).where(t, 1).log();
