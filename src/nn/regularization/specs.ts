/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { alphaDropoutSpec, featureAlphaDropoutSpec } from "./alpha-dropout.ts";
import { dropBlock2dSpec } from "./drop-block2d.ts";
import { dropPathSpec } from "./drop-path.ts";
import { dropoutSpec } from "./dropout.ts";
import { dropout1dSpec } from "./dropout1d.ts";
import { dropout2dSpec } from "./dropout2d.ts";
import { gaussianNoiseSpec } from "./gaussian-noise.ts";

export const regularizationSpecs: readonly LayerSpec[] = [
  dropoutSpec,
  dropout1dSpec,
  dropout2dSpec,
  alphaDropoutSpec,
  featureAlphaDropoutSpec,
  dropPathSpec,
  dropBlock2dSpec,
  gaussianNoiseSpec,
];
