/** Fills several rectangles (DeVries and Taylor 2017, arXiv:1708.04552, with more than one hole, as Albumentations has it). */
import { ConvkitError } from "../core/error.ts";
import { checkedRange, shown } from "./checks.ts";
import type { Window } from "./crop.ts";
import { fillWindows } from "./fill-windows.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Fill } from "./take.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface CoarseDropoutOptions {
  /** How many holes, least and most; [1, 2] by default. */
  readonly numHolesRange?: readonly [number, number];
  /** Their heights and widths as shares of the picture's; [0.1, 0.2] by default. */
  readonly holeHeightRange?: readonly [number, number];
  readonly holeWidthRange?: readonly [number, number];
  /** What stands in them; 0 by default. */
  readonly fill?: Fill;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Holes {
  readonly holes: readonly Window[];
}

export function coarseDropout(options: CoarseDropoutOptions = {}): Transform<Holes | null> {
  const { numHolesRange = [1, 2], fill = 0, p = 0.5 } = options;
  const { holeHeightRange = [0.1, 0.2], holeWidthRange = [0.1, 0.2] } = options;
  checkedRange("coarseDropout", "numHolesRange", numHolesRange, [1, 1e6]);
  if (!numHolesRange.every(Number.isInteger)) {
    throw new ConvkitError(
      "coarseDropout",
      `numHolesRange is ${shown(numHolesRange)} — give whole numbers, such as 1,2`,
    );
  }
  checkedRange("coarseDropout", "holeHeightRange", holeHeightRange, [0, 1]);
  checkedRange("coarseDropout", "holeWidthRange", holeWidthRange, [0, 1]);
  return pixelTransform(
    "coarseDropout",
    p,
    (random, scene) => {
      const count = intBetween(random, numHolesRange);
      const holes = Array.from({ length: count }, (): Window => {
        const height = Math.round(scene.height * random.uniformRange(...holeHeightRange));
        const width = Math.round(scene.width * random.uniformRange(...holeWidthRange));
        const top = random.int(scene.height - height + 1);
        return { top, left: random.int(scene.width - width + 1), height, width };
      });
      return { holes };
    },
    (image, { holes }) => fillWindows(image, holes, fill),
  );
}

export const coarseDropoutKind: TransformKind<CoarseDropoutOptions> = {
  settings: "numHolesRange holeHeightRange holeWidthRange fill p",
  make: coarseDropout,
};

export const coarseDropoutSpec: TransformSpec = {
  name: "coarseDropout",
  summary: "fills several rectangles",
  options: "numHolesRange 1,2; holeHeightRange 0.1,0.2; holeWidthRange 0.1,0.2; fill 0; p 0.5",
  source: "DeVries and Taylor 2017, arXiv:1708.04552; Albumentations CoarseDropout",
  oracle: "its definition: every pixel of a hole filled, no other changed",
};
