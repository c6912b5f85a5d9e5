/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { convTranspose2dSpec } from "./conv-transpose2d.ts";
import { conv2dSpec } from "./conv2d.ts";

export const convolutionSpecs: readonly LayerSpec[] = [convTranspose2dSpec, conv2dSpec];
