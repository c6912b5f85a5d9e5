/** Turns about the middle; the size stays, or grows to hold all of the turned picture. */
import { Random } from "../core/random.ts";
import { checkedCenter, checkedWord } from "./checks.ts";
import type { FillOptions } from "./pad.ts";
import { type Projection, project, projected } from "./projection.ts";
import { type AngleRange, angles } from "./random-affine.ts";
import type { Sample, Size, Transform, TransformKind, TransformSpec } from "./transform.ts";
import { type WarpInterpolation, warpInterpolations } from "./warp.ts";

export interface RotationOptions extends FillOptions {
  /** `nearest` by default. */
  readonly interpolation?: WarpInterpolation;
  /** Whether the picture grows so that nothing of it is lost; `false` by default. It means turns about the middle. */
  readonly expand?: boolean;
  /** What stays in its place, [y, x] in pixels; the middle by default. */
  readonly center?: readonly [number, number];
}

export interface RandomRotationOptions extends RotationOptions {
  readonly degrees: AngleRange;
}

/** Its parameter is the angle in degrees, counter-clockwise. */
export function randomRotation({ degrees, ...options }: RandomRotationOptions): Transform<number> {
  const range = angles("randomRotation", "degrees", degrees, 360);
  const { interpolation = "nearest" } = options;
  checkedCenter("randomRotation", options.center);
  checkedWord("randomRotation", "interpolation", interpolation, warpInterpolations);
  return {
    name: "randomRotation",
    draw: (key) => Random.of(key).uniformRange(...range),
    apply: (sample, angle) => rotate(sample, angle, options),
  };
}

/** Counter-clockwise by an angle in degrees. */
export function rotate(sample: Sample, angle: number, options: RotationOptions = {}): Sample {
  const { interpolation = "nearest", expand = false, center, ...fill } = options;
  const { height, width } = sample.image;
  const turn = rotation(angle, center ?? [height / 2, width / 2]);
  if (!expand) return project(sample, { height, width }, turn, interpolation, fill);
  const isQuarter = !center && Math.abs(angle % 180) === 90;
  const size = isQuarter ? { height: width, width: height } : bounds(turn, { height, width });
  const [left, top] = [-(size.width - width) / 2, -(size.height - height) / 2];
  const [x, y] = projected(turn, left, top);
  const [a, b, , c, d] = turn;
  return project(sample, size, [a, b, x, c, d, y, 0, 0, 1], interpolation, fill);
}

/** Sines and cosines are rounded to 15 digits, as Pillow does: quarter turns are exact. */
function rotation(angle: number, [y, x]: readonly [number, number]): Projection {
  const degrees = ((angle % 360) + 360) % 360;
  const radians = -(degrees * Math.PI) / 180;
  const cos = Number(Math.cos(radians).toFixed(15));
  const sin = Number(Math.sin(radians).toFixed(15));
  const [left, top] = [cos * -x + sin * -y + x, -sin * -x + cos * -y + y];
  return [cos, sin, left, -sin, cos, top, 0, 0, 1];
}

/** The size that holds the turned corners. */
function bounds(turn: Projection, { height, width }: Size): Size {
  const corners = [
    projected(turn, 0, 0),
    projected(turn, width, 0),
    projected(turn, width, height),
    projected(turn, 0, height),
  ];
  const extent = (axis: 0 | 1) => {
    const places = corners.map((corner) => corner[axis]);
    return Math.ceil(Math.max(...places)) - Math.floor(Math.min(...places));
  };
  return { height: extent(1), width: extent(0) };
}

export const randomRotationKind: TransformKind<RandomRotationOptions> = {
  settings: "degrees interpolation expand center fill fillMask",
  make: randomRotation,
};

export const randomRotationSpec: TransformSpec = {
  name: "randomRotation",
  summary: "turns about the middle",
  options:
    "degrees (a number, or lowest,highest); interpolation nearest (bilinear, bicubic); expand false; center (the middle); fill 0; fillMask 0",
  source: "torchvision RandomRotation",
  oracle: "torchvision 0.14 functional_pil.rotate",
};
