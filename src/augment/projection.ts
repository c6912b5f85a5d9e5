/**
 * Projective maps of the plane, affine ones among them, and pictures seen through them. A map is a 3 × 3 matrix, row by row,
 * that takes a place of the result to the place of the picture that is seen there:
 *
 *   (x', y') = (m₀x + m₁y + m₂, m₃x + m₄y + m₅) / (m₆x + m₇y + m₈)
 */
import { moved } from "./move.ts";
import type { FillOptions } from "./pad.ts";
import type { Sample, Size } from "./transform.ts";
import { type RowMap, type Sampling, warp } from "./warp.ts";

export type Projection = readonly number[];

/** A sample of the given size, seen through the map; points go the other way. */
export function project(
  sample: Sample,
  size: Size,
  map: Projection,
  sampling: Sampling,
  { fill = 0, fillMask = 0 }: FillOptions = {},
): Sample {
  const back = inverse(map);
  return moved(sample, {
    image: (image) => warp(image, size, rowMap(map, size, sampling), sampling, fill),
    mask: (mask) => warp(mask, size, rowMap(map, size, "nearest"), "nearest", fillMask),
    point: (x, y) => projected(back, x, y),
  });
}

/** Where a map takes a point. */
export function projected(m: Projection, x: number, y: number): [number, number] {
  const depth = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth];
}

/** The map that leads back, up to a factor that points do not see. */
function inverse([a, b, c, d, e, f, g, h, i]: Projection): Projection {
  // biome-ignore format: the adjugate
  return [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
}

function rowMap(map: Projection, size: Size, sampling: Sampling): RowMap {
  const isAffine = map[6] === 0 && map[7] === 0;
  if (!isAffine) return perspectiveRows(map);
  if (sampling !== "nearest") return affineRows(map);
  return map[1] === 0 && map[3] === 0 ? scaledRows(map, size) : fixedPointRows(map);
}

const perspectiveRows =
  ([a, b, c, d, e, f, g, h, i]: Projection): RowMap =>
  (row, xs, ys) => {
    const y = row + 0.5;
    for (let column = 0; column < xs.length; column++) {
      const x = column + 0.5;
      const depth = g * x + h * y + i;
      xs[column] = (a * x + b * y + c) / depth;
      ys[column] = (d * x + e * y + f) / depth;
    }
  };

const affineRows =
  ([a, b, c, d, e, f]: Projection): RowMap =>
  (row, xs, ys) => {
    const y = row + 0.5;
    for (let column = 0; column < xs.length; column++) {
      const x = column + 0.5;
      xs[column] = a * x + b * y + c;
      ys[column] = d * x + e * y + f;
    }
  };

/** Pillow adds up steps where nothing turns, rounding each sum. */
function scaledRows([a, , c, , e, f]: Projection, { height, width }: Size): RowMap {
  const columns = accumulated(c + a * 0.5, a, width);
  const rows = accumulated(f + e * 0.5, e, height);
  return (row, xs, ys) => {
    xs.set(columns);
    ys.fill(rows[row]);
  };
}

function accumulated(start: number, step: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0, value = start; i < count; i++, value += step) values[i] = value;
  return values;
}

/** Pillow looks for the nearest pixel in steps of 2^−16. */
function fixedPointRows(map: Projection): RowMap {
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
  const [a, b, c, d, e, f] = map;
  const [acrossX, downX, startX] = [fixed(a), fixed(b), fixed(c + a * 0.5 + b * 0.5)];
  const [acrossY, downY, startY] = [fixed(d), fixed(e), fixed(f + d * 0.5 + e * 0.5)];
  return (row, xs, ys) => {
    for (let column = 0; column < xs.length; column++) {
      xs[column] = (startX + row * downX + column * acrossX) / 65536;
      ys[column] = (startY + row * downY + column * acrossY) / 65536;
    }
  };
}
