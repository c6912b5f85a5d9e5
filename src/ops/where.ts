/** y = a where cond holds, else b; all three broadcast. */
import { sizeOf } from "../core/shape.ts";
import { broadcastType, readBroadcast, sumTo } from "./broadcast.ts";
import type { None, Op, Oracle } from "./op.ts";
import { checkDomain, checkSameDType } from "./pointwise.ts";
import { eachBroadcast } from "./samples.ts";

export const where: Op<None, 3> = {
  name: "where",
  infer: ([cond, a, b]) => {
    checkDomain("where", "bool", [cond]);
    checkSameDType("where", [a, b]);
    return broadcastType("where", [cond, a, b], a.dtype);
  },
  vjp: (_g, ct, [cond, a, b]) => [null, sumTo(cond.where(ct, 0), a), sumTo(cond.where(0, ct), b)],
  lower: (e, [cond, a, b], _attrs, index) =>
    e.select(readBroadcast(e, cond, index), readBroadcast(e, a, index), readBroadcast(e, b, index)),
  pointwise: true,
  flops: (_inputs, _attrs, out) => sizeOf(out.shape),
};

export const whereOracle: Oracle = {
  reference: /* @__PURE__ */ eachBroadcast((cond, a, b) => (cond ? a : b)),
  samples: [
    {
      name: "same",
      inputs: [{ shape: [3, 5], dtype: "bool" }, { shape: [3, 5] }, { shape: [3, 5] }],
    },
    {
      name: "broadcast",
      inputs: [{ shape: [4, 1], dtype: "bool" }, { shape: [] }, { shape: [3] }],
    },
    {
      name: "batch",
      inputs: [{ shape: [5, 3], dtype: "bool" }, { shape: [5, 1] }, { shape: [3], static: true }],
      batched: true,
    },
  ],
  torch: "torch.where(a.bool(), b, c)",
};
