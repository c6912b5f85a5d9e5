/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { batchNorm1dSpec, batchNorm2dSpec } from "./batch-norm.ts";
import { brightnessNormSpec } from "./brightness-norm.ts";
import { frozenBatchNorm2dSpec } from "./frozen-batch-norm2d.ts";
import { groupNormSpec } from "./group-norm.ts";
import { instanceNorm1dSpec, instanceNorm2dSpec } from "./instance-norm.ts";
import { layerNormSpec } from "./layer-norm.ts";
import { layerNorm2dSpec } from "./layer-norm2d.ts";
import { localContrastNormSpec } from "./local-contrast-norm.ts";
import { localResponseNormSpec } from "./local-response-norm.ts";
import { rmsNormSpec } from "./rms-norm.ts";
import { spectralNormSpec } from "./spectral-norm.ts";
import { weightNormSpec } from "./weight-norm.ts";

export const normalizationSpecs: readonly LayerSpec[] = [
  batchNorm2dSpec,
  batchNorm1dSpec,
  frozenBatchNorm2dSpec,
  layerNormSpec,
  layerNorm2dSpec,
  groupNormSpec,
  instanceNorm2dSpec,
  instanceNorm1dSpec,
  rmsNormSpec,
  localResponseNormSpec,
  brightnessNormSpec,
  localContrastNormSpec,
  weightNormSpec,
  spectralNormSpec,
];
