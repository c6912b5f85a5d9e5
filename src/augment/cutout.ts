/** Fills a square anywhere, its centre within the picture (DeVries and Taylor 2017, arXiv:1708.04552, section 3.2). */
import { ConvkitError } from "../core/error.ts";
import { shown } from "./checks.ts";
import type { Window } from "./crop.ts";
import { fillWindows } from "./fill-windows.ts";
import { pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface CutoutOptions {
  /** The square's side in pixels; the paper has 16 for CIFAR-10, 8 for CIFAR-100, 20 for SVHN. */
  readonly length: number;
  /** How often; 1 by default. */
  readonly p?: number;
  /** What stands in the square; 0 by default. */
  readonly value?: number;
}

export function checkedLength(length: number): number {
  if (Number.isInteger(length) && length > 0) return length;
  throw new ConvkitError(
    "cutout",
    `length is ${shown(length)} — give whole pixels, such as cutout:length=16`,
  );
}

/** The square, part of which may lie beyond the edge; null where nothing is cut. */
export function cutout({ length, p = 1, value = 0 }: CutoutOptions): Transform<Window | null> {
  checkedLength(length);
  return pixelTransform(
    "cutout",
    p,
    (random, { height, width }) => {
      const start = (size: number) => random.int(size) - Math.floor(length / 2);
      return { top: start(height), left: start(width), height: length, width: length };
    },
    (image, square) => fillWindows(image, [square], value),
  );
}

export const cutoutKind: TransformKind<CutoutOptions> = {
  settings: "length p value",
  make: cutout,
};

export const cutoutSpec: TransformSpec = {
  name: "cutout",
  summary: "fills a square whose centre is anywhere in the picture",
  options: "length; p 1; value 0",
  source: "DeVries and Taylor 2017, arXiv:1708.04552, section 3.2",
  oracle: "the paper's section 3.2",
};
