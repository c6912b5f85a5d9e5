/**
 * The ops that have an operator in ONNX, by name. What stands in neither this table nor is made of such ops (`compose`)
 * cannot be written: random numbers, whose sequence no file can promise, and gradients.
 */
import { contractions } from "./contractions.ts";
import { elementwise } from "./elementwise.ts";
import type { Exporter } from "./exporter.ts";
import { movement } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { reductions } from "./reduction.ts";
import { resampling } from "./resize.ts";

export const exporters: Readonly<Record<string, Exporter>> = {
  ...elementwise,
  ...reductions,
  ...movement,
  ...contractions,
  ...pooling,
  ...resampling,
  ...normalization,
};
