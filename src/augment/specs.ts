/** Every transform, for docs/augmentation.md and tests. */

import { cutoutSpec } from "./cutout.ts";
import { padSpec } from "./pad.ts";
import { randomCropSpec } from "./random-crop.ts";
import { randomHorizontalFlipSpec } from "./random-horizontal-flip.ts";
import { randomResizedCropSpec } from "./random-resized-crop.ts";
import type { TransformSpec } from "./transform.ts";

// biome-ignore format: in the order of the page
export const transformSpecs: readonly TransformSpec[] = [
  randomCropSpec,
  randomResizedCropSpec,
  padSpec,
  randomHorizontalFlipSpec,
  cutoutSpec,
];
