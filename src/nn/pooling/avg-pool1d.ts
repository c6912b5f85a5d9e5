/** y = the mean of each window of a sequence. */
import { avgPool2d as avgPool2dOp } from "../../ops/avg-pool2d.ts";
import type { LayerSpec } from "../layer-spec.ts";
import { Pool1d, type Pool1dOptions, rowWindow } from "./pool1d.ts";

export interface AvgPool1dOptions extends Pool1dOptions {
  /** Whether padded zeros count into the mean (true by default). */
  readonly countIncludePad?: boolean;
}

/** `avgPool1d(2)`: the mean of each two neighbours. */
export function avgPool1d(options: number | AvgPool1dOptions): Pool1d {
  const { countIncludePad = true } = typeof options === "number" ? {} : options;
  const attrs = { ...rowWindow(options), countIncludePad };
  return new Pool1d("avgPool1d", (rows) => rows.builder.apply(avgPool2dOp, [rows], attrs));
}

export const avgPool1dSpec: LayerSpec = {
  name: "avgPool1d",
  formula: "y = the mean of each window",
  shapes: "N×C×L → N×C×L′",
  source: "as avgPool2d",
  torch: "nn.AvgPool1d",
  // biome-ignore format: one case a line
  samples: [
    { name: "2", make: () => avgPool1d(2), inputs: [{ shape: [3, 7] }], output: [3, 3], torch: "nn.AvgPool1d(2)" },
    { name: "all options", make: () => avgPool1d({ kernel: 3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false }), inputs: [{ shape: [2, 8] }], output: [2, 5], torch: "nn.AvgPool1d(3, 2, 1, ceil_mode=True, count_include_pad=False)" },
  ],
};
