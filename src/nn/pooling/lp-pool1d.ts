/** y = (Σ xᵖ)^(1/p) over each window of a sequence, as `lpPool2d` has it over images. */
import type { LayerSpec } from "../layer-spec.ts";
import { checkPower, lpPool } from "./lp-pool2d.ts";
import { Pool1d, type Pool1dOptions, rowWindow } from "./pool1d.ts";

export type LpPool1dOptions = Omit<Pool1dOptions, "padding">;

/** `lpPool1d(2, 3)`: the root of the sum of squares of each three neighbours, stride 3. */
export function lpPool1d(p: number, options: number | LpPool1dOptions): Pool1d {
  checkPower("lpPool1d", p);
  const window = rowWindow(options);
  return new Pool1d("lpPool1d", (rows) => lpPool(rows, p, window));
}

export const lpPool1dSpec: LayerSpec = {
  name: "lpPool1d",
  formula: "y = (Σ xᵖ)^(1/p) over each window",
  shapes: "N×C×L → N×C×L′",
  source: "as lpPool2d",
  torch: "nn.LPPool1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "p = 2", make: () => lpPool1d(2, 2), inputs: [{ shape: [2, 7] }], output: [2, 3], torch: "nn.LPPool1d(2, 2)" },
    { name: "p = 3, ceil mode", make: () => lpPool1d(3, { kernel: 3, stride: 2, ceilMode: true }), inputs: [{ shape: [2, 8], low: 0.1, high: 1 }], output: [2, 4], torch: "nn.LPPool1d(3, 3, 2, ceil_mode=True)" },
  ],
};
