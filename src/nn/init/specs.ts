/** Every initialiser of the library. Tests run over it, and docs/layers.md is made from it; bundles leave it out. */
import { constantSpec, onesSpec, zerosSpec } from "./constant.ts";
import { diracSpec } from "./dirac.ts";
import { eyeSpec } from "./eye.ts";
import type { InitSpec } from "./init-spec.ts";
import { kaimingNormalSpec, kaimingUniformSpec } from "./kaiming.ts";
import { defaultBiasSpec, defaultWeightSpec } from "./layer-default.ts";
import { lecunNormalSpec, lecunUniformSpec } from "./lecun.ts";
import { normalSpec } from "./normal.ts";
import { orthogonalSpec } from "./orthogonal.ts";
import { sparseSpec } from "./sparse.ts";
import { truncNormalSpec, truncNormalTfSpec } from "./trunc-normal.ts";
import { uniformSpec } from "./uniform.ts";
import { varianceScalingSpec } from "./variance-scaling.ts";
import { whiteningSpec } from "./whitening.ts";
import { xavierNormalSpec, xavierUniformSpec } from "./xavier.ts";

export const initSpecs: readonly InitSpec[] = [
  defaultWeightSpec,
  defaultBiasSpec,
  constantSpec,
  zerosSpec,
  onesSpec,
  uniformSpec,
  normalSpec,
  truncNormalSpec,
  truncNormalTfSpec,
  xavierUniformSpec,
  xavierNormalSpec,
  kaimingUniformSpec,
  kaimingNormalSpec,
  lecunUniformSpec,
  lecunNormalSpec,
  varianceScalingSpec,
  orthogonalSpec,
  diracSpec,
  eyeSpec,
  sparseSpec,
  whiteningSpec,
];
