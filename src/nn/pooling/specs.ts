/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { adaptiveAvgPool1dSpec } from "./adaptive-avg-pool1d.ts";
import { adaptiveAvgPool2dSpec } from "./adaptive-avg-pool2d.ts";
import { adaptiveMaxPool1dSpec } from "./adaptive-max-pool1d.ts";
import { adaptiveMaxPool2dSpec } from "./adaptive-max-pool2d.ts";
import { avgPool1dSpec } from "./avg-pool1d.ts";
import { avgPool2dSpec } from "./avg-pool2d.ts";
import { globalAvgPool1dSpec } from "./global-avg-pool1d.ts";
import { globalAvgPool2dSpec } from "./global-avg-pool2d.ts";
import { globalMaxPool1dSpec } from "./global-max-pool1d.ts";
import { globalMaxPool2dSpec } from "./global-max-pool2d.ts";
import { lpPool1dSpec } from "./lp-pool1d.ts";
import { lpPool2dSpec } from "./lp-pool2d.ts";
import { maxPool1dSpec } from "./max-pool1d.ts";
import { maxPool2dSpec } from "./max-pool2d.ts";
import { medianPool2dSpec } from "./median-pool2d.ts";
import { stochasticPool2dSpec } from "./stochastic-pool2d.ts";
import { sumPool2dSpec } from "./sum-pool2d.ts";
import { trainableSubsampling2dSpec } from "./trainable-subsampling2d.ts";

export const poolingSpecs: readonly LayerSpec[] = [
  maxPool2dSpec,
  avgPool2dSpec,
  sumPool2dSpec,
  medianPool2dSpec,
  stochasticPool2dSpec,
  lpPool2dSpec,
  adaptiveAvgPool2dSpec,
  adaptiveMaxPool2dSpec,
  globalAvgPool2dSpec,
  globalMaxPool2dSpec,
  maxPool1dSpec,
  avgPool1dSpec,
  lpPool1dSpec,
  adaptiveAvgPool1dSpec,
  adaptiveMaxPool1dSpec,
  globalAvgPool1dSpec,
  globalMaxPool1dSpec,
  trainableSubsampling2dSpec,
];
