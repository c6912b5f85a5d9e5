/** y = a·σ(b), a and b the first and the second half of x along an axis: b says how much of a passes (Dauphin et al. 2016). */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, normalizeAxis } from "../../core/shape.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const glu = (axis = -1): Activation =>
  new Activation("glu", (x) => {
    const at = normalizeAxis("glu", axis, x.rank);
    const half = x.shape[at] / 2;
    if (!Number.isInteger(half)) {
      throw new ConvkitError(
        "glu",
        `axis ${at} of ${formatShape(x.shape)} has no two halves — give it an even size`,
      );
    }
    const gate = x.builder.apply("sigmoid", [x.slice(at, half)]);
    return x.slice(at, 0, half).mul(gate);
  });

export const gluSpec: LayerSpec = {
  name: "glu",
  formula: "y = a·σ(b), a and b the halves of x",
  shapes: "…×2C → …×C, or along another axis",
  source: "Dauphin et al. 2016, arXiv:1612.08083, equation 1",
  torch: "nn.GLU",
  // biome-ignore format: one case a line
  samples: [
    { name: "last axis", make: () => glu(), inputs: [{ shape: [6], low: -3, high: 3 }], output: [3], torch: "nn.GLU()" },
    { name: "channels", make: () => glu(1), inputs: [{ shape: [4, 3, 5], low: -3, high: 3 }], output: [2, 3, 5], torch: "nn.GLU(1)" },
  ],
};
