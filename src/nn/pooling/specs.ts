/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import {
  avgPool2dSpec,
  globalAvgPool2dSpec,
  globalMaxPool2dSpec,
  maxPool2dSpec,
} from "./pooling.ts";

export const poolingSpecs: readonly LayerSpec[] = [
  maxPool2dSpec,
  avgPool2dSpec,
  globalAvgPool2dSpec,
  globalMaxPool2dSpec,
];
