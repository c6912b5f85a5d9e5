/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { addSpec } from "./add.ts";
import { flattenSpec } from "./flatten.ts";
import { identitySpec } from "./identity.ts";
import { sequentialSpec } from "./sequential.ts";

export const structureSpecs: readonly LayerSpec[] = [
  addSpec,
  flattenSpec,
  identitySpec,
  sequentialSpec,
];
