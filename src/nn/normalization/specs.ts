/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { batchNorm1dSpec, batchNorm2dSpec } from "./batch-norm.ts";
import { layerNormSpec } from "./layer-norm.ts";

export const normalizationSpecs: readonly LayerSpec[] = [
  batchNorm2dSpec,
  batchNorm1dSpec,
  layerNormSpec,
];
