/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { addSpec } from "./add.ts";
import { concatSpec } from "./concat.ts";
import { flattenSpec } from "./flatten.ts";
import { identitySpec } from "./identity.ts";
import { layerScaleSpec } from "./layer-scale.ts";
import { multiplySpec } from "./multiply.ts";
import { parallelSpec } from "./parallel.ts";
import { permuteSpec } from "./permute.ts";
import { residualSpec } from "./residual.ts";
import { sequentialSpec } from "./sequential.ts";
import { unflattenSpec } from "./unflatten.ts";

export const structureSpecs: readonly LayerSpec[] = [
  sequentialSpec,
  parallelSpec,
  residualSpec,
  addSpec,
  multiplySpec,
  concatSpec,
  layerScaleSpec,
  identitySpec,
  flattenSpec,
  unflattenSpec,
  permuteSpec,
];
