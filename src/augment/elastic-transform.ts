/**
 * Every pixel looks a little aside, its neighbours almost as far (Simard, Steinkraus and Platt 2003, "Best practices for
 * convolutional neural networks applied to visual document analysis", section 2): random shifts, smoothed with a Gaussian.
 *
 *   dx = alpha · width / (2 · height) · (Gσ * u),   dy = alpha · height / (2 · width) · (Gσ * v),   u, v uniform in [−1, 1]
 *
 * The factors are torchvision's, which divides the shift along x by the height; in square pictures it is alpha/2.
 */
import { type Key, Random } from "../core/random.ts";
import { checkedNumber, checkedWord } from "./checks.ts";
import { moved } from "./move.ts";
import type { FillOptions } from "./pad.ts";
import { smooth } from "./smooth.ts";
import type { Sample, Size, Transform, TransformKind, TransformSpec } from "./transform.ts";
import { type RowMap, warp } from "./warp.ts";

export interface ElasticTransformOptions extends FillOptions {
  /** How far; 50 by default. */
  readonly alpha?: number;
  /** How smoothly: the Gaussian's standard deviation in pixels; 5 by default. */
  readonly sigma?: number;
  /** `bilinear` by default. */
  readonly interpolation?: "nearest" | "bilinear";
}

/** How far each pixel looks aside, in pixels, row by row. */
export interface Displacement extends Size {
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

/** Its parameter is the key of the shifts, which are two numbers for every pixel. */
export function elasticTransform(options: ElasticTransformOptions = {}): Transform<Key> {
  const where = "elasticTransform";
  const { alpha = 50, sigma = 5, interpolation = "bilinear" } = options;
  checkedNumber(where, "alpha", alpha, [0, Number.POSITIVE_INFINITY]);
  checkedNumber(where, "sigma", sigma, [0, Number.POSITIVE_INFINITY]);
  checkedWord(where, "interpolation", interpolation, ["nearest", "bilinear"]);
  return {
    name: where,
    draw: (key) => key,
    apply: (sample, key) =>
      displace(sample, randomDisplacement(key, sample.image, alpha, sigma), options),
  };
}

export function randomDisplacement(
  key: Key,
  { height, width }: Size,
  alpha: number,
  sigma: number,
): Displacement {
  const random = Random.of(key);
  const shifts = (factor: number) => {
    const plane = new Float32Array(height * width);
    for (let i = 0; i < plane.length; i++) plane[i] = random.uniformRange(-1, 1);
    // torchvision's size of the kernel: four standard deviations on either side.
    const size = 2 * Math.ceil(Math.floor(8 * sigma) / 2) + 1;
    const smoothed =
      sigma > 0 ? smooth(plane, { height, width, channels: 1 }, [size, size], sigma) : plane;
    return smoothed.map((shift) => shift * factor);
  };
  return {
    ...{ height, width },
    dx: shifts((alpha * width) / (2 * height)),
    dy: shifts((alpha * height) / (2 * width)),
  };
}

/** A sample whose pixels look aside. A box moves with its corners. */
export function displace(
  sample: Sample,
  displacement: Displacement,
  { interpolation = "bilinear", fill = 0, fillMask = 0 }: ElasticTransformOptions = {},
): Sample {
  const { height, width, dx, dy } = displacement;
  const map: RowMap = (y, xs, ys) => {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      xs[x] = x + 0.5 + dx[at];
      ys[x] = y + 0.5 + dy[at];
    }
  };
  const sampling = interpolation === "nearest" ? "nearest" : "faded";
  return moved(sample, {
    image: (image) => warp(image, { height, width }, map, sampling, fill),
    mask: (mask) => warp(mask, { height, width }, map, "nearest", fillMask),
    point: (x, y) => seenFrom(displacement, x, y),
  });
}

/** Which place of the result looks at this one: the fixed point of q = p − d(q). */
function seenFrom(displacement: Displacement, x: number, y: number): [number, number] {
  let [atX, atY] = [x, y];
  for (let step = 0; step < 20; step++) {
    [atX, atY] = [
      x - between(displacement, displacement.dx, atX, atY),
      y - between(displacement, displacement.dy, atX, atY),
    ];
  }
  return [atX, atY];
}

/** The shift at a place, bilinear between pixels and constant beyond the edge. */
function between({ height, width }: Size, shifts: Float32Array, x: number, y: number): number {
  const column = Math.min(width - 1, Math.max(0, x - 0.5));
  const row = Math.min(height - 1, Math.max(0, y - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
  const mix = (line: number) => {
    const [a, b] = [shifts[line * width + left], shifts[line * width + right]];
    return a + (b - a) * (column - left);
  };
  return mix(top) + (mix(bottom) - mix(top)) * (row - top);
}

export const elasticTransformKind: TransformKind<ElasticTransformOptions> = {
  settings: "alpha sigma interpolation fill fillMask",
  make: elasticTransform,
};

export const elasticTransformSpec: TransformSpec = {
  name: "elasticTransform",
  summary: "every pixel looks a little aside, its neighbours almost as far",
  options: "alpha 50; sigma 5; interpolation bilinear (nearest); fill 0; fillMask 0",
  source: "Simard, Steinkraus and Platt 2003, section 2; torchvision ElasticTransform",
  oracle: "torchvision 0.14 functional_tensor.elastic_transform on uint8",
};
