/** y = the largest element of each channel of a sequence; equal ones share the gradient, as in torch.amax. */
import type { LayerSpec } from "../layer-spec.ts";
import { GlobalPool, type GlobalPoolOptions } from "./global-pool.ts";

export const globalMaxPool1d = (options: GlobalPoolOptions = {}): GlobalPool =>
  new GlobalPool("Max", 1, options);

export const globalMaxPool1dSpec: LayerSpec = {
  name: "globalMaxPool1d",
  formula: "y = the largest element of each channel",
  shapes: "N×C×L → N×C",
  source: "as globalMaxPool2d",
  torch: "nn.AdaptiveMaxPool1d(1)",
  // biome-ignore format: one case a line
  samples: [
    { name: "7", make: () => globalMaxPool1d(), inputs: [{ shape: [3, 7], distinct: 0.01 }], output: [3], torch: "lambda x: x.amax(2)" },
    { name: "axis kept", make: () => globalMaxPool1d({ keepDims: true }), inputs: [{ shape: [3, 7], distinct: 0.01 }], output: [3, 1], torch: "nn.AdaptiveMaxPool1d(1)" },
  ],
};
