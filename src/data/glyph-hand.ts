/**
 * One writing of one digit: how this hand slants, turns, scales and wobbles. Control points tremble each by
 * itself; an elastic field then bends the whole sheet smoothly (P. Simard, D. Steinkraus and J. Platt 2003,
 * "Best practices for convolutional neural networks applied to visual document analysis", section 2): random
 * displacements on a coarse grid, smoothed by cubic B-splines. An affine map brings all of it to pixels.
 */
import type { Path, Skeleton } from "./glyph-skeletons.ts";
import type { GlyphStream } from "./glyph-stream.ts";

/** A stroke as straight pieces: x, y, x, y … in pixels. */
export type Polyline = Float64Array;

/** Pieces between two points of a path. */
const STEPS = 5;
/** Knots of the elastic field each way; it covers the unit box and a margin for the spline's reach. */
const KNOTS = 6;

export function write(skeleton: Skeleton, size: number, random: GlyphStream): Polyline[] {
  const field = Float64Array.from({ length: 2 * KNOTS * KNOTS }, () => random.bell());
  const bend = random.range(0.02, 0.12);
  const tremble = random.range(0.008, 0.036);
  const toPixels = drawAffine(size, random);
  return skeleton.map((path) => {
    const line = smooth(jitter(path, tremble, random));
    for (let i = 0; i < line.length; i += 2) {
      displace(line, i, field, bend);
      toPixels(line, i);
    }
    return line;
  });
}

function jitter(path: Path, amount: number, random: GlyphStream): Path {
  return path.map(([x, y, corner]) => [
    x + amount * random.bell(),
    y + amount * random.bell(),
    corner,
  ]);
}

/**
 * Catmull and Rom's spline (1974) through the points, tangents half the chord between the neighbours:
 * p(t) = p₁ + t(m₁ + t((3d − 2m₁ − m₂) + t(m₁ + m₂ − 2d))),  d = p₂ − p₁.
 * At corners and ends the tangent is the chord's own.
 */
function smooth(path: Path): Polyline {
  const pieces = path.length - 1;
  const line = new Float64Array(2 * (pieces * STEPS + 1));
  line[0] = path[0][0];
  line[1] = path[0][1];
  for (let i = 0, to = 2; i < pieces; i++) {
    const before = path[i][2] || i === 0 ? path[i] : path[i - 1];
    const after = path[i + 1][2] || i === pieces - 1 ? path[i + 1] : path[i + 2];
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS;
      for (const axis of [0, 1] as const) {
        const from = path[i][axis];
        const d = path[i + 1][axis] - from;
        const m1 = (path[i + 1][axis] - before[axis]) / 2;
        const m2 = (after[axis] - from) / 2;
        line[to++] = from + t * (m1 + t * (3 * d - 2 * m1 - m2 + t * (m1 + m2 - 2 * d)));
      }
    }
  }
  return line;
}

/** The four cubic B-spline weights at t in [0, 1). */
const spline = (t: number): readonly [number, number, number, number] => {
  const s = 1 - t;
  return [
    (s * s * s) / 6,
    (3 * t * t * t - 6 * t * t + 4) / 6,
    (3 * s * s * s - 6 * s * s + 4) / 6,
    (t * t * t) / 6,
  ];
};

function displace(line: Polyline, at: number, field: Float64Array, amount: number): void {
  const locate = (v: number): number => Math.min(KNOTS - 3.001, Math.max(0, v * (KNOTS - 4) + 0.5));
  const gx = locate(line[at]);
  const gy = locate(line[at + 1]);
  const column = Math.floor(gx);
  const row = Math.floor(gy);
  const wx = spline(gx - column);
  const wy = spline(gy - row);
  let dx = 0;
  let dy = 0;
  for (let j = 0; j < 4; j++) {
    for (let i = 0; i < 4; i++) {
      const knot = 2 * ((row + j) * KNOTS + column + i);
      const weight = wx[i] * wy[j];
      dx += weight * field[knot];
      dy += weight * field[knot + 1];
    }
  }
  line[at] += amount * dx;
  line[at + 1] += amount * dy;
}

/** Scale, slant, turn and shift about the middle of the sheet. */
function drawAffine(size: number, random: GlyphStream): (line: Polyline, at: number) => void {
  const height = size * random.range(0.56, 0.76);
  const width = height * random.range(0.5, 0.88);
  const slant = random.range(-0.2, 0.5);
  const angle = 0.13 * random.bell();
  // Taylor to the fifth order: angles stay under half a radian.
  const square = angle * angle;
  const sin = angle * (1 - (square / 6) * (1 - square / 20));
  const cos = 1 - (square / 2) * (1 - square / 12);
  const middle = (size - 1) / 2;
  const shiftX = middle + size * 0.05 * random.bell();
  const shiftY = middle + size * 0.05 * random.bell();
  return (line, at) => {
    const v = (line[at + 1] - 0.5) * height;
    const u = (line[at] - 0.5) * width - slant * v;
    line[at] = cos * u - sin * v + shiftX;
    line[at + 1] = sin * u + cos * v + shiftY;
  };
}
