/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import {
  geluSpec,
  leakyReluSpec,
  logSoftmaxSpec,
  reluSpec,
  sigmoidSpec,
  siluSpec,
  softmaxSpec,
  softplusSpec,
  tanhSpec,
} from "./activation.ts";

export const activationSpecs: readonly LayerSpec[] = [
  reluSpec,
  leakyReluSpec,
  sigmoidSpec,
  tanhSpec,
  softplusSpec,
  geluSpec,
  siluSpec,
  softmaxSpec,
  logSoftmaxSpec,
];
