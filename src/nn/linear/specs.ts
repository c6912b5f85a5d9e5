/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { embeddingSpec } from "./embedding.ts";
import { linearSpec } from "./linear.ts";
import { rbfSpec } from "./rbf.ts";

export const linearSpecs: readonly LayerSpec[] = [linearSpec, embeddingSpec, rbfSpec];
