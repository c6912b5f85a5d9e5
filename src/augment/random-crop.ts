/** A rectangle of the given size from anywhere in the picture, which may be padded first. */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { checkedSize, checkedWord, type SizeOption } from "./checks.ts";
import {
  type BorderOptions,
  checkedPadding,
  type Padding,
  padded,
  type Sides,
  takeSample,
} from "./pad.ts";
import { allPlaces, paddingModes } from "./take.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomCropOptions extends BorderOptions {
  readonly size: SizeOption;
  /** Added before the rectangle is chosen; none by default. */
  readonly padding?: Padding;
  /** Whether a picture that is smaller is padded further, by what it lacks on both sides; `false` by default, which refuses it. */
  readonly padIfNeeded?: boolean;
}

/** Where the rectangle begins in the padded picture. */
export interface Corner {
  readonly top: number;
  readonly left: number;
}

export function randomCrop(options: RandomCropOptions): Transform<Corner> {
  const { padIfNeeded = false, padding = 0, paddingMode = "constant" } = options;
  const size = checkedSize("randomCrop", options.size);
  const first = checkedPadding("randomCrop", padding);
  checkedWord("randomCrop", "paddingMode", paddingMode, paddingModes);
  /** The sides of what is padded by default, and of what is padded because it is needed. */
  const paddings = ({ height, width }: Size): [Sides, Sides] => {
    const rows = padIfNeeded ? Math.max(0, size.height - height - first[0] - first[1]) : 0;
    const columns = padIfNeeded ? Math.max(0, size.width - width - first[2] - first[3]) : 0;
    return [first, [rows, rows, columns, columns]];
  };
  return {
    name: "randomCrop",
    draw(key, scene) {
      const [[top, bottom, left, right], [rows, , columns]] = paddings(scene);
      const height = scene.height + top + bottom + 2 * rows;
      const width = scene.width + left + right + 2 * columns;
      if (height < size.height || width < size.width) {
        throw new ConvkitError(
          "randomCrop",
          `a picture of ${height}×${width} has no part of ${size.height}×${size.width} — set padIfNeeded, or resize it before`,
        );
      }
      const random = Random.of(key);
      return {
        top: random.int(height - size.height + 1),
        left: random.int(width - size.width + 1),
      };
    },
    apply(sample, { top, left }) {
      const { image } = sample;
      const [before, further] = paddings(image);
      const places = [allPlaces(image.height), allPlaces(image.width)] as const;
      const [rows, columns] = padded(padded(places, before, options), further, options);
      const down = before[0] + further[0] - top;
      const along = before[2] + further[2] - left;
      return takeSample(
        sample,
        rows.subarray(top, top + size.height),
        columns.subarray(left, left + size.width),
        options,
        (x, y) => [x + along, y + down],
      );
    },
  };
}

export const randomCropKind: TransformKind<RandomCropOptions> = {
  settings: "size padding padIfNeeded fill fillMask paddingMode",
  make: randomCrop,
};

export const randomCropSpec: TransformSpec = {
  name: "randomCrop",
  summary: "a rectangle of the given size from anywhere in the picture",
  options:
    "size; padding 0; padIfNeeded false; fill 0; fillMask 0; paddingMode constant (edge, reflect, symmetric)",
  source: "torchvision RandomCrop",
  oracle: "torchvision 0.14 functional_pil.pad and crop",
};
