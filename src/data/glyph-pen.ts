/**
 * Ink on paper: a pixel's darkness is how far it lies inside the nearest stroke. The pen's width swells and
 * shrinks along the stroke with its pressure; a soft edge gives the antialiasing and the blur.
 *
 *   ink(p) = max over pieces of  clamp((r − dist(p, piece)) / soft + ½, 0, 1)
 */
import type { Polyline } from "./glyph-hand.ts";
import type { GlyphStream } from "./glyph-stream.ts";

export interface Pen {
  /** Half the stroke's width in pixels. */
  readonly radius: number;
  /** How much of the radius the pressure takes away at its weakest. */
  readonly swing: number;
  /** Width of the edge in pixels. */
  readonly soft: number;
}

export function drawStroke(
  sheet: Float64Array,
  size: number,
  line: Polyline,
  pen: Pen,
  random: GlyphStream,
): void {
  const pieces = line.length / 2 - 1;
  const [p0, p1, p2] = [random.range(0, 1), random.range(0, 1), random.range(0, 1)];
  // Pressure is a parabola through three random values along the stroke.
  const pressure = (t: number): number => {
    const [s, u] = [1 - t, t];
    return pen.radius * (1 - pen.swing * (s * s * p0 + 2 * s * u * p1 + u * u * p2));
  };
  for (let i = 0; i < pieces; i++) {
    drawPiece(sheet, size, line, 2 * i, pressure((i + 0.5) / pieces), pen.soft);
  }
}

function drawPiece(
  sheet: Float64Array,
  size: number,
  line: Polyline,
  at: number,
  radius: number,
  soft: number,
): void {
  const [ax, ay, bx, by] = [line[at], line[at + 1], line[at + 2], line[at + 3]];
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  const perSquare = squared > 0 ? 1 / squared : 0;
  const reach = radius + soft / 2;
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach));
  const right = Math.min(size - 1, Math.floor(Math.max(ax, bx) + reach));
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach));
  const bottom = Math.min(size - 1, Math.floor(Math.max(ay, by) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = ((x - ax) * dx + (y - ay) * dy) * perSquare;
      const t = along < 0 ? 0 : Math.min(along, 1);
      const ex = x - ax - t * dx;
      const ey = y - ay - t * dy;
      const inside = (radius - Math.sqrt(ex * ex + ey * ey)) / soft + 0.5;
      const ink = Math.min(inside, 1);
      if (ink > sheet[y * size + x]) sheet[y * size + x] = ink;
    }
  }
}
