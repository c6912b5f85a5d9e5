/** Several views of one picture, for a network to be asked about each (Krizhevsky, Sutskever and Hinton 2012, section 4.1). */
import { ConvkitError } from "../core/error.ts";
import { middle } from "./center-crop.ts";
import { checkedSize, type SizeOption } from "./checks.ts";
import { crop } from "./crop.ts";
import { horizontalFlip } from "./random-horizontal-flip.ts";
import { verticalFlip } from "./random-vertical-flip.ts";
import type { Sample } from "./transform.ts";

/** Top left, top right, bottom left, bottom right, and the middle. Throws for a picture that is smaller. */
export function fiveCrop(sample: Sample, size: SizeOption): Sample[] {
  const { height, width } = checkedSize("fiveCrop", size);
  const { image } = sample;
  const [bottom, right] = [image.height - height, image.width - width];
  if (bottom < 0 || right < 0) {
    throw new ConvkitError(
      "fiveCrop",
      `a picture of ${image.height}×${image.width} has no part of ${height}×${width} — resize it before`,
    );
  }
  const corner = (top: number, left: number) => crop(sample, { top, left, height, width });
  return [
    ...[corner(0, 0), corner(0, right), corner(bottom, 0), corner(bottom, right)],
    middle(sample, { height, width }),
  ];
}

/** `fiveCrop` of the picture and of its mirror image. */
export const tenCrop = (sample: Sample, size: SizeOption, isVertical = false): Sample[] => [
  ...fiveCrop(sample, size),
  ...fiveCrop(isVertical ? verticalFlip(sample) : horizontalFlip(sample), size),
];
