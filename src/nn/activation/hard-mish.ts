/** y = ½·x·min(max(x + 2, 0), 2): mish without an exponential. */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";
import { elementSamples } from "./samples.ts";

export const hardMish = (): Activation =>
  new Activation("hardMish", (x) =>
    x.mul(0.5).mul(x.builder.apply("clamp", [x.add(2)], { min: 0, max: 2 })),
  );

export const hardMishSpec: LayerSpec = {
  name: "hardMish",
  formula: "y = ½·x·min(max(x + 2, 0), 2)",
  shapes: "any → the same",
  source: "Misra 2020, H-Mish",
  torch: "timm.layers.HardMish",
  samples: /* @__PURE__ */ elementSamples([-2, 0], ["default", () => hardMish(), "hard_mish"]),
};
