/**
 * y[c] = max over j < pieces of x[c·pieces + j]: channels compete in groups, and the largest passes (Goodfellow et al.
 * 2013). After a convolution or linear layer each group is a convex function in `pieces` straight parts.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

/** Groups are neighbouring channels (axis 1). Equal maxima share the gradient evenly. */
export function maxout(pieces = 2): Activation {
  return new Activation("maxout", (x) => {
    const [images, channels, ...others] = x.shape;
    const groups = channels / pieces;
    if (!Number.isInteger(groups)) {
      throw new ConvkitError(
        "maxout",
        `the channels of ${formatShape(x.shape)} do not fall into groups of ${pieces} — ` +
          "give a multiple",
      );
    }
    return x.reshape(images, groups, pieces, ...others).amax(2);
  });
}

export const maxoutSpec: LayerSpec = {
  name: "maxout",
  formula: "y[c] = max over j < pieces of x[c·pieces + j]",
  shapes: "N×C×… → N×(C/pieces)×…",
  source: "Goodfellow et al. 2013, arXiv:1302.4389",
  torch: null,
  // biome-ignore format: one case a line
  samples: [
    { name: "pairs", make: () => maxout(), inputs: [{ shape: [6], distinct: 0.01 }], output: [3], torch: "maxout(2)" },
    { name: "images", make: () => maxout(3), inputs: [{ shape: [6, 2, 5], distinct: 0.01 }], output: [2, 2, 5], torch: "maxout(3)" },
    { name: "equal maxima", make: () => maxout(), inputs: [{ shape: [4], values: [1, 1, 2, -1] }], output: [2], torch: "lambda x: x.unflatten(1, (2, 2)).amax(2)" },
  ],
};
