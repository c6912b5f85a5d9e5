/**
 * y = (2/k)·ln(1 + e^(k·x)) − x − (2/k)·ln 2: |x| without its corner, the nearer to it the larger k. It is the integral
 * of 2·σ(k·x) − 1, a smooth sign, from 0 on.
 */

import { ConvkitError } from "../../core/error.ts";
import { softplus as softplusOp } from "../../ops/softplus.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export function smoothAbs(k = 1): Activation {
  if (!(k > 0)) throw new ConvkitError("smoothAbs", `k is ${k}, expected more than 0`);
  return new Activation("smoothAbs", (x) =>
    x.builder
      .apply(softplusOp, [x.mul(k)])
      .sub(Math.LN2)
      .mul(2 / k)
      .sub(x),
  );
}

export const smoothAbsSpec: LayerSpec = {
  name: "smoothAbs",
  formula: "y = (2/k)·ln(1 + e^(k·x)) − x − (2/k)·ln 2",
  shapes: "any → the same",
  source: "elementary: the integral of 2·σ(k·x) − 1, a smooth sign",
  torch: null,
  samples: /* @__PURE__ */ elementSamples(
    [0],
    ["default", () => smoothAbs(), "smooth_abs(1)"],
    ["steep", () => smoothAbs(10), "smooth_abs(10)"],
  ),
};
