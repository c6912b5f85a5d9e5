/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";

export const attentionSpecs: readonly LayerSpec[] = [];
