/**
 * y = x·ReLU6(x + 3)/6: swish in straight lines and a parabola (Howard et al. 2019). Its gradient at ±3 is that of the
 * parabola, −½ and 1½, as in PyTorch.
 */
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const hardSwish = (): Activation =>
  new Activation("hardSwish", (x) =>
    x.mul(x.builder.apply("clamp", [x.add(3)], { min: 0, max: 6 })).div(6),
  );

export const hardSwishSpec: LayerSpec = {
  name: "hardSwish",
  formula: "y = x·ReLU6(x + 3)/6",
  shapes: "any → the same",
  source: "Howard et al. 2019, arXiv:1905.02244, section 5.2",
  torch: "nn.Hardswish",
  // At 3 PyTorch 1.13 has 1½ in its scalar code and 1 in its vector code; from 2.7 on both have 1½.
  // biome-ignore format: one case a line
  samples: [
    { name: "default", make: () => hardSwish(), inputs: [{ shape: [5], low: -6, high: 6 }], output: [5], torch: "nn.Hardswish()" },
    { name: "at the joints", make: () => hardSwish(), inputs: [{ shape: [1], values: [-3, 0, 3] }], output: [1], torch: "lambda x: x * (x + 3).clamp(0, 6) / 6" },
  ],
};
