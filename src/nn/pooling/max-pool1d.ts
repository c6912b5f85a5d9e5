/** y = the largest element of each window of a sequence. */
import type { LayerSpec } from "../layer-spec.ts";
import { Pool1d, type Pool1dOptions, rowWindow } from "./pool1d.ts";

export interface MaxPool1dOptions extends Pool1dOptions {
  /** Distance between the elements of a window; 1 by default. */
  readonly dilation?: number;
}

/** `maxPool1d(2)`: the larger of each two neighbours. Padding never wins. */
export function maxPool1d(options: number | MaxPool1dOptions): Pool1d {
  const { dilation = 1 } = typeof options === "number" ? {} : options;
  const attrs = { ...rowWindow(options), dilation: [1, dilation] };
  return new Pool1d("maxPool1d", (rows) => rows.builder.apply("maxPool2d", [rows], attrs));
}

export const maxPool1dSpec: LayerSpec = {
  name: "maxPool1d",
  formula: "y = the largest element of each window; padding counts as −∞",
  shapes: "N×C×L → N×C×L′",
  source: "as maxPool2d",
  torch: "nn.MaxPool1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "2", make: () => maxPool1d(2), inputs: [{ shape: [3, 7], distinct: 0.01 }], output: [3, 3], torch: "nn.MaxPool1d(2)" },
    { name: "all options", make: () => maxPool1d({ kernel: 3, stride: 2, padding: 1, dilation: 2, ceilMode: true }), inputs: [{ shape: [2, 10], distinct: 0.01 }], output: [2, 5], torch: "nn.MaxPool1d(3, 2, 1, 2, ceil_mode=True)" },
  ],
};
