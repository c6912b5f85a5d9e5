/** Rotation, shift, scale and shear about the middle, all at random, the size unchanged. */
import { Random } from "../core/random.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import { checkedCenter, checkedPair, checkedRange, checkedWord } from "./checks.ts";
import type { FillOptions } from "./pad.ts";
import { type Projection, project } from "./projection.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";
import { type WarpInterpolation, warpInterpolations } from "./warp.ts";

/** A largest angle, for one between −angle and angle; or [lowest, highest]. In degrees. */
export type AngleRange = number | readonly [number, number];

export interface RandomAffineOptions extends FillOptions {
  readonly degrees: AngleRange;
  /** The largest shift [down or up, along], as a share of height and width; none by default. */
  readonly translate?: readonly [number, number];
  /** Lowest and highest factor; 1 by default. */
  readonly scale?: readonly [number, number];
  /** Of rows along each other; or four numbers: the range of rows', then of columns' shear. None by default. */
  readonly shear?: AngleRange | readonly [number, number, number, number];
  /** `nearest` by default. */
  readonly interpolation?: WarpInterpolation;
  /** What stays in its place, [y, x] in pixels; the middle by default. */
  readonly center?: readonly [number, number];
}

/** Angles in degrees, shifts in pixels. */
export interface Affine {
  /** Clockwise. */
  readonly angle: number;
  readonly down: number;
  readonly along: number;
  readonly scale: number;
  readonly shearX: number;
  readonly shearY: number;
}

export function randomAffine(options: RandomAffineOptions): Transform<Affine> {
  const where = "randomAffine";
  const { translate = [0, 0], scale = [1, 1], shear = 0, interpolation = "nearest" } = options;
  const degrees = angles(where, "degrees", options.degrees, 360);
  const isFour = Array.isArray(shear) && shear.length === 4;
  const [ofRows, ofColumns] = isFour ? [shear.slice(0, 2), shear.slice(2)] : [shear, 0];
  const shearX = angles(where, "shear", ofRows as AngleRange, 89);
  const shearY = angles(where, "shear", ofColumns as AngleRange, 89);
  checkedPair(where, "translate", translate, [0, 1]);
  checkedCenter(where, options.center);
  checkedRange(where, "scale", scale, [Number.MIN_VALUE, Number.POSITIVE_INFINITY]);
  checkedWord(where, "interpolation", interpolation, warpInterpolations);
  return {
    name: where,
    draw(key, { height, width }) {
      const random = Random.of(key);
      const shift = (most: number) => roundHalfEven(random.uniformRange(-most, most));
      return {
        angle: random.uniformRange(...degrees),
        down: shift(translate[0] * height),
        along: shift(translate[1] * width),
        scale: random.uniformRange(...scale),
        shearX: random.uniformRange(...shearX),
        shearY: random.uniformRange(...shearY),
      };
    },
    apply: (sample, affine) => affineSample(sample, affine, options),
  };
}

export function affineSample(
  sample: Sample,
  affine: Affine,
  { interpolation = "nearest", center, ...fill }: Omit<RandomAffineOptions, "degrees"> = {},
): Sample {
  const { height, width } = sample.image;
  const middle = center ?? [height * 0.5, width * 0.5];
  return project(sample, { height, width }, affineMap(affine, middle), interpolation, fill);
}

/**
 * From the result to the picture: the inverse of shift · about(center, rotation · scale · shear), where the shears are
 * x − y·tan(shearX) and y − x·tan(shearY), in this order (torchvision's `_get_inverse_affine_matrix`).
 */
export function affineMap(affine: Affine, [y, x]: readonly [number, number]): Projection {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const { angle, down, along, scale } = affine;
  const [turn, shearX, shearY] = [angle, affine.shearX, affine.shearY].map(radians);
  const a = Math.cos(turn - shearY) / Math.cos(shearY);
  const b = -a * Math.tan(shearX) - Math.sin(turn);
  const c = Math.sin(turn - shearY) / Math.cos(shearY);
  const d = (-Math.sin(turn - shearY) * Math.tan(shearX)) / Math.cos(shearY) + Math.cos(turn);
  const [p, q, r, s] = [d / scale, -b / scale, -c / scale, a / scale];
  // biome-ignore format: a matrix
  return [
    p, q, p * (-x - along) + q * (-y - down) + x,
    r, s, r * (-x - along) + s * (-y - down) + y,
    0, 0, 1,
  ];
}

/** Both ends of a range of angles. */
export function angles(
  where: string,
  what: string,
  angle: AngleRange,
  most: number,
): readonly [number, number] {
  const range = (typeof angle === "number" ? [-angle, angle] : angle) as [number, number];
  return checkedRange(where, what, range, [-most, most]);
}

export const randomAffineKind: TransformKind<RandomAffineOptions> = {
  settings: "degrees translate scale shear interpolation fill fillMask center",
  make: randomAffine,
};

export const randomAffineSpec: TransformSpec = {
  name: "randomAffine",
  summary: "rotation, shift, scale and shear about the middle",
  options:
    "degrees (a number, or lowest,highest); translate 0,0; scale 1,1; shear 0; interpolation nearest (bilinear, bicubic); fill 0; fillMask 0; center (the middle)",
  source: "torchvision RandomAffine",
  oracle: "torchvision 0.14 functional_pil.affine",
};
