/** y = the largest element of each of L′ windows that cover a sequence: those of adaptive-pool2d.ts. */
import type { LayerSpec } from "../layer-spec.ts";
import { adaptivePool, checkSize } from "./adaptive-pool2d.ts";
import { Pool1d } from "./pool1d.ts";

/** `adaptiveMaxPool1d(4)`: N×C×L → N×C×4. */
export function adaptiveMaxPool1d(size: number): Pool1d {
  checkSize("adaptiveMaxPool1d", size);
  return new Pool1d("adaptiveMaxPool1d", (rows) => adaptivePool("maxPool2d", rows, [1, size]));
}

export const adaptiveMaxPool1dSpec: LayerSpec = {
  name: "adaptiveMaxPool1d",
  formula: "y = the largest over ⌊i·L/L′⌋ ≤ l < ⌈(i + 1)·L/L′⌉",
  shapes: "N×C×L → N×C×L′",
  source: "as adaptiveMaxPool2d",
  torch: "nn.AdaptiveMaxPool1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "4 of 7", make: () => adaptiveMaxPool1d(4), inputs: [{ shape: [3, 7], distinct: 0.01 }], output: [3, 4], torch: "nn.AdaptiveMaxPool1d(4)" },
    { name: "2 of 6", make: () => adaptiveMaxPool1d(2), inputs: [{ shape: [3, 6], distinct: 0.01 }], output: [3, 2], torch: "nn.AdaptiveMaxPool1d(2)" },
  ],
};
