/** y = the mean of each of L′ windows that cover a sequence: those of adaptive-pool2d.ts. */
import { avgPool2d as avgPool2dOp } from "../../ops/avg-pool2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { adaptivePool, checkSize } from "./adaptive-pool2d.ts";
import { Pool1d } from "./pool1d.ts";

/** `adaptiveAvgPool1d(4)`: N×C×L → N×C×4. */
export function adaptiveAvgPool1d(size: number): Pool1d {
  checkSize("adaptiveAvgPool1d", size);
  return new Pool1d("adaptiveAvgPool1d", (rows) => adaptivePool(avgPool2dOp, rows, [1, size]));
}

export const adaptiveAvgPool1dSpec: LayerSpec = {
  name: "adaptiveAvgPool1d",
  formula: "y = the mean over ⌊i·L/L′⌋ ≤ l < ⌈(i + 1)·L/L′⌉",
  shapes: "N×C×L → N×C×L′",
  source: "as adaptiveAvgPool2d",
  torch: "nn.AdaptiveAvgPool1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "4 of 7", make: () => adaptiveAvgPool1d(4), inputs: [{ shape: [3, 7] }], output: [3, 4], torch: "nn.AdaptiveAvgPool1d(4)" },
    { name: "2 of 6", make: () => adaptiveAvgPool1d(2), inputs: [{ shape: [3, 6] }], output: [3, 2], torch: "nn.AdaptiveAvgPool1d(2)" },
  ],
};
