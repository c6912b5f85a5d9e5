/**
 * The picture as seen from aside: its corners are drawn inwards, each by up to half of `distortionScale` of the picture. Corners are
 * pixels, so the last one is (width − 1, height − 1), as torchvision has it.
 */
import { Random } from "../core/random.ts";
import type { ChanceOptions } from "./chance.ts";
import { checkedNumber, checkedProbability, checkedWord } from "./checks.ts";
import type { FillOptions } from "./pad.ts";
import { type Projection, project } from "./projection.ts";
import type { Sample, Size, Transform, TransformKind, TransformSpec } from "./transform.ts";
import { type WarpInterpolation, warpInterpolations } from "./warp.ts";

export interface RandomPerspectiveOptions extends ChanceOptions, FillOptions {
  /** 0 … 1; 0.5 by default. */
  readonly distortionScale?: number;
  /** `bilinear` by default. */
  readonly interpolation?: WarpInterpolation;
}

/** [x, y] of the top left, top right, bottom right and bottom left corner. */
export type Corners = readonly (readonly [number, number])[];

/** Its parameter says where the corners go; null leaves them where they are. */
export function randomPerspective(
  options: RandomPerspectiveOptions = {},
): Transform<Corners | null> {
  const where = "randomPerspective";
  const { distortionScale = 0.5, p = 0.5, interpolation = "bilinear" } = options;
  checkedNumber(where, "distortionScale", distortionScale, [0, 1]);
  checkedProbability(where, p);
  checkedWord(where, "interpolation", interpolation, warpInterpolations);
  return {
    name: where,
    draw(key, { height, width }) {
      const random = Random.of(key);
      // A line has no corners to draw in.
      if (random.uniform() >= p || height < 2 || width < 2) return null;
      const inwards = (size: number) =>
        random.int(Math.floor(distortionScale * Math.floor(size / 2)) + 1);
      return cornersOf({ height, width }).map(
        ([x, y]) =>
          [
            x === 0 ? inwards(width) : x - inwards(width),
            y === 0 ? inwards(height) : y - inwards(height),
          ] as const,
      );
    },
    apply: (sample, corners) =>
      corners ? perspective(sample, corners, interpolation, options) : sample,
  };
}

/** Moves the corners of a sample to these. */
export function perspective(
  sample: Sample,
  corners: Corners,
  interpolation: WarpInterpolation = "bilinear",
  fill: FillOptions = {},
): Sample {
  const { height, width } = sample.image;
  const map = projectionOf(corners, cornersOf({ height, width }));
  return project(sample, { height, width }, map, interpolation, fill);
}

const cornersOf = ({ height, width }: Size): Corners => [
  [0, 0],
  [width - 1, 0],
  [width - 1, height - 1],
  [0, height - 1],
];

/** The map that takes four points to four others: eight linear equations. */
export function projectionOf(from: Corners, to: Corners): Projection {
  const rows = from.flatMap(([x, y], i) => {
    const [toX, toY] = to[i];
    return [
      [x, y, 1, 0, 0, 0, -toX * x, -toX * y, toX],
      [0, 0, 0, x, y, 1, -toY * x, -toY * y, toY],
    ];
  });
  return [...solved(rows), 1];
}

/** Gaussian elimination with pivots; the last number of a row is its right side. */
function solved(rows: readonly number[][]): number[] {
  const left = rows.map((row) => [...row]);
  const size = left.length;
  for (let k = 0; k < size; k++) {
    const below = left.slice(k).map((row) => Math.abs(row[k]));
    const pivot = k + below.indexOf(Math.max(...below));
    [left[k], left[pivot]] = [left[pivot], left[k]];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const share = left[i][k] / left[k][k];
      for (let j = k; j <= size; j++) left[i][j] -= share * left[k][j];
    }
  }
  return left.map((row, k) => row[size] / row[k]);
}

export const randomPerspectiveKind: TransformKind<RandomPerspectiveOptions> = {
  settings: "distortionScale p interpolation fill fillMask",
  make: randomPerspective,
};

export const randomPerspectiveSpec: TransformSpec = {
  name: "randomPerspective",
  summary: "the picture as seen from aside",
  options:
    "distortionScale 0.5; p 0.5; interpolation bilinear (nearest, bicubic); fill 0; fillMask 0",
  source: "torchvision RandomPerspective",
  oracle: "torchvision 0.14 functional_pil.perspective",
};
