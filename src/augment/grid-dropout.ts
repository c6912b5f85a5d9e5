/** Fills a regular grid of squares (Chen et al. 2020, "GridMask data augmentation", arXiv:2001.04086, figure 3). */
import { ConvkitError } from "../core/error.ts";
import { checkedRange, shown } from "./checks.ts";
import type { Window } from "./crop.ts";
import { fillWindows } from "./fill-windows.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Fill } from "./take.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface GridDropoutOptions {
  /** A square's side as a share of the grid's unit; 0.5 by default. */
  readonly ratio?: number;
  /** The grid's unit in pixels, least and most; an eighth to a quarter of the shorter side by default. */
  readonly unitSizeRange?: readonly [number, number];
  /** Whether the grid begins anywhere within a unit, by default, or in the corner. */
  readonly randomOffset?: boolean;
  /** What stands in the squares; 0 by default. */
  readonly fill?: Fill;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Grid {
  readonly unit: number;
  /** Where the first square begins; it may be outside. */
  readonly top: number;
  readonly left: number;
}

export function gridDropout(options: GridDropoutOptions = {}): Transform<Grid | null> {
  const { ratio = 0.5, unitSizeRange, randomOffset = true, fill = 0, p = 0.5 } = options;
  checkedRange("gridDropout", "ratio", [0, ratio], [0, 1]);
  if (unitSizeRange && !unitSizeRange.every(Number.isInteger)) {
    throw new ConvkitError(
      "gridDropout",
      `unitSizeRange is ${shown(unitSizeRange)} — give whole pixels, such as 8,16`,
    );
  }
  if (unitSizeRange) checkedRange("gridDropout", "unitSizeRange", unitSizeRange, [2, 1e6]);
  return pixelTransform(
    "gridDropout",
    p,
    (random, scene) => {
      const unit = intBetween(random, unitSizeRange ?? usualUnits(scene));
      const offset = () => (randomOffset ? -random.int(unit) : 0);
      return { unit, top: offset(), left: offset() };
    },
    (image, grid) => fillWindows(image, squares(grid, ratio, image), fill),
  );
}

function usualUnits({ height, width }: Size): readonly [number, number] {
  const side = Math.min(height, width);
  return [Math.max(2, Math.floor(side / 8)), Math.max(2, Math.floor(side / 4))];
}

function squares({ unit, top, left }: Grid, ratio: number, { height, width }: Size): Window[] {
  const side = Math.round(unit * ratio);
  const holes: Window[] = [];
  for (let y = top; y < height; y += unit) {
    for (let x = left; x < width; x += unit) {
      holes.push({ top: y, left: x, height: side, width: side });
    }
  }
  return holes;
}

export const gridDropoutKind: TransformKind<GridDropoutOptions> = {
  settings: "ratio unitSizeRange randomOffset fill p",
  make: gridDropout,
};

export const gridDropoutSpec: TransformSpec = {
  name: "gridDropout",
  summary: "fills a regular grid of squares",
  options:
    "ratio 0.5; unitSizeRange an eighth to a quarter of the shorter side; randomOffset true; fill 0; p 0.5",
  source: "Chen et al. 2020, arXiv:2001.04086; Albumentations GridDropout",
  oracle: "the paper's figure 3",
};
