/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { dropoutSpec } from "./dropout.ts";

export const regularizationSpecs: readonly LayerSpec[] = [dropoutSpec];
