/** y = the largest element of each channel; equal ones share the gradient, as in torch.amax. */
import type { LayerSpec } from "../layer-spec.ts";
import { GlobalPool, type GlobalPoolOptions } from "./global-pool.ts";

export const globalMaxPool2d = (options: GlobalPoolOptions = {}): GlobalPool =>
  new GlobalPool("Max", 2, options);

export const globalMaxPool2dSpec: LayerSpec = {
  name: "globalMaxPool2d",
  formula: "y = the largest element of each channel",
  shapes: "N×C×H×W → N×C",
  source: "Oquab et al. 2015, CVPR",
  torch: "nn.AdaptiveMaxPool2d(1)",
  // biome-ignore format: one case a line
  samples: [
    { name: "5×4", make: () => globalMaxPool2d(), inputs: [{ shape: [3, 5, 4], distinct: 0.01 }], output: [3], torch: "lambda x: x.amax([2, 3])" },
    { name: "axes kept", make: () => globalMaxPool2d({ keepDims: true }), inputs: [{ shape: [3, 5, 4], distinct: 0.01 }], output: [3, 1, 1], torch: "nn.AdaptiveMaxPool2d(1)" },
  ],
};
