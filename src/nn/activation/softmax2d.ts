/** Softmax over the channels of each pixel: y[c, h, w] = e^(x[c, h, w])/Σₖ e^(x[k, h, w]), for segmentation. */

import { checkImages } from "../images.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Activation } from "./activation.ts";

export const softmax2d = (): Activation =>
  new Activation("softmax2d", (x) => {
    checkImages("softmax2d", x);
    return x.builder.apply("softmax", [x], { axis: 1 });
  });

export const softmax2dSpec: LayerSpec = {
  name: "softmax2d",
  formula: "y[c, h, w] = e^(x[c, h, w])/Σₖ e^(x[k, h, w])",
  shapes: "N×C×H×W → the same",
  source: "Long, Shelhamer and Darrell 2014, arXiv:1411.4038",
  torch: "nn.Softmax2d",
  samples: [
    {
      name: "images",
      make: () => softmax2d(),
      inputs: [{ shape: [3, 5, 4], low: -3, high: 3 }],
      output: [3, 5, 4],
      torch: "nn.Softmax2d()",
    },
  ],
};
