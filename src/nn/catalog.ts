/** Every layer of the library by family. Tests run over it, and docs/layers.md is made from it; bundles leave it out. */
import { activationSpecs } from "./activation/specs.ts";
import { attentionSpecs } from "./attention/specs.ts";
import { convolutionSpecs } from "./convolution/specs.ts";
import type { LayerSpec } from "./layer-spec.ts";
import { linearSpecs } from "./linear/specs.ts";
import { normalizationSpecs } from "./normalization/specs.ts";
import { poolingSpecs } from "./pooling/specs.ts";
import { regularizationSpecs } from "./regularization/specs.ts";
import { resamplingSpecs } from "./resampling/specs.ts";
import { structureSpecs } from "./structure/specs.ts";

export interface LayerFamily {
  /** The folder of `nn/` that holds it. */
  readonly folder: string;
  readonly title: string;
  readonly specs: readonly LayerSpec[];
}

export const layerFamilies: readonly LayerFamily[] = [
  { folder: "convolution", title: "Convolutions", specs: convolutionSpecs },
  { folder: "linear", title: "Linear layers", specs: linearSpecs },
  { folder: "activation", title: "Activations", specs: activationSpecs },
  { folder: "pooling", title: "Pooling", specs: poolingSpecs },
  { folder: "resampling", title: "Resampling", specs: resamplingSpecs },
  { folder: "normalization", title: "Normalisation", specs: normalizationSpecs },
  { folder: "attention", title: "Attention", specs: attentionSpecs },
  { folder: "regularization", title: "Regularisation", specs: regularizationSpecs },
  { folder: "structure", title: "Structure", specs: structureSpecs },
];
