/** y = the mean of each channel. */
import type { LayerSpec } from "../layer-spec.ts";
import { GlobalPool, type GlobalPoolOptions } from "./global-pool.ts";

export const globalAvgPool2d = (options: GlobalPoolOptions = {}): GlobalPool =>
  new GlobalPool("Avg", 2, options);

export const globalAvgPool2dSpec: LayerSpec = {
  name: "globalAvgPool2d",
  formula: "y = the mean of each channel",
  shapes: "N×C×H×W → N×C",
  source: "Lin, Chen and Yan 2013, arXiv:1312.4400, section 3.2",
  torch: "nn.AdaptiveAvgPool2d(1)",
  // biome-ignore format: one case a line
  samples: [
    { name: "5×4", make: () => globalAvgPool2d(), inputs: [{ shape: [3, 5, 4] }], output: [3], torch: "lambda x: x.mean([2, 3])" },
    { name: "axes kept", make: () => globalAvgPool2d({ keepDims: true }), inputs: [{ shape: [3, 5, 4] }], output: [3, 1, 1], torch: "nn.AdaptiveAvgPool2d(1)" },
  ],
};
