/** y = the mean of each channel of a sequence. */
import type { LayerSpec } from "../layer-spec.ts";
import { GlobalPool, type GlobalPoolOptions } from "./global-pool.ts";

export const globalAvgPool1d = (options: GlobalPoolOptions = {}): GlobalPool =>
  new GlobalPool("Avg", 1, options);

export const globalAvgPool1dSpec: LayerSpec = {
  name: "globalAvgPool1d",
  formula: "y = the mean of each channel",
  shapes: "N×C×L → N×C",
  source: "as globalAvgPool2d",
  torch: "nn.AdaptiveAvgPool1d(1)",
  // biome-ignore format: one case a line
  samples: [
    { name: "7", make: () => globalAvgPool1d(), inputs: [{ shape: [3, 7] }], output: [3], torch: "lambda x: x.mean(2)" },
    { name: "axis kept", make: () => globalAvgPool1d({ keepDims: true }), inputs: [{ shape: [3, 7] }], output: [3, 1], torch: "nn.AdaptiveAvgPool1d(1)" },
  ],
};
