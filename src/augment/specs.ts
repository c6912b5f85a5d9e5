/** Every transform, for docs/augmentation.md and tests. */
import { randomHorizontalFlipSpec } from "./random-horizontal-flip.ts";
import type { TransformSpec } from "./transform.ts";

// biome-ignore format: in the order of the page
export const transformSpecs: readonly TransformSpec[] = [
  randomHorizontalFlipSpec,
];
