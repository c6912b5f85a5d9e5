/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { convTranspose1dSpec } from "./conv-transpose1d.ts";
import { convTranspose2dSpec } from "./conv-transpose2d.ts";
import { conv1dSpec } from "./conv1d.ts";
import { conv2dSpec } from "./conv2d.ts";
import { conv2dSameSpec } from "./conv2d-same.ts";
import { depthwiseConv2dSpec } from "./depthwise-conv2d.ts";
import { filter2dSpec } from "./filter2d.ts";
import { partialConv2dSpec } from "./partial-conv2d.ts";
import { separableConv2dSpec } from "./separable-conv2d.ts";

export const convolutionSpecs: readonly LayerSpec[] = [
  conv2dSpec,
  conv2dSameSpec,
  conv1dSpec,
  depthwiseConv2dSpec,
  separableConv2dSpec,
  partialConv2dSpec,
  convTranspose2dSpec,
  convTranspose1dSpec,
  filter2dSpec,
];
