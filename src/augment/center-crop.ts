/** The middle of the picture; one that is smaller is padded with black. */
import { roundHalfEven } from "../core/round-half-even.ts";
import { checkedSize, type SizeOption } from "./checks.ts";
import { crop } from "./crop.ts";
import type { Sample, Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface CenterCropOptions {
  readonly size: SizeOption;
}

export function centerCrop(options: CenterCropOptions): Transform<null> {
  const size = checkedSize("centerCrop", options.size);
  return { name: "centerCrop", draw: () => null, apply: (sample) => middle(sample, size) };
}

/** The middle of a sample. */
export function middle(sample: Sample, { height, width }: Size): Sample {
  const start = (size: number, part: number) =>
    part > size ? -Math.floor((part - size) / 2) : roundHalfEven((size - part) / 2);
  const [top, left] = [start(sample.image.height, height), start(sample.image.width, width)];
  return crop(sample, { top, left, height, width });
}

export const centerCropKind: TransformKind<CenterCropOptions> = {
  settings: "size",
  make: centerCrop,
};

export const centerCropSpec: TransformSpec = {
  name: "centerCrop",
  summary: "the middle of the picture",
  options: "size",
  source: "torchvision CenterCrop",
  oracle: "torchvision 0.14 functional.center_crop",
};
