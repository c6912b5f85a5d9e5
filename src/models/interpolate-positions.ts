/**
 * Position embeddings of a vision transformer for another size of image: those that were learned lie on a grid and are read
 * between its points, cubically, as Touvron et al. do it (2020, arXiv:2012.12877, section 6): PyTorch's
 * `interpolate(…, mode="bicubic")`, with Keys' kernel of a = −3/4 (1981, IEEE TASSP 29(6)). Embeddings of tokens without a place stay.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";

export interface PositionEmbeddings {
  /** 1×T×D. */
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

export interface InterpolatePositionsOptions {
  /** Tokens before the patches: 1 by default, the class; 2 in a distilled DeiT. */
  readonly tokens?: number;
  /** Rows and columns of patches that they were learned for; a square by default. */
  readonly from?: readonly [rows: number, columns: number];
}

/**
 * 1×(tokens + h·w)×D for h×w patches → 1×(tokens + rows·columns)×D. Refuses embeddings whose number does not fit `from`, or
 * is no square beside the tokens.
 */
export function interpolatePositions(
  embeddings: PositionEmbeddings,
  [rows, columns]: readonly [rows: number, columns: number],
  { tokens = 1, from }: InterpolatePositionsOptions = {},
): { shape: Shape; data: Float32Array; dtype: "f32" } {
  const { shape, data } = embeddings;
  const [, count, dim] = shape;
  const side = Math.sqrt(count - tokens);
  const [h, w] = from ?? [side, side];
  if (shape.length !== 3 || !Number.isInteger(h * w) || tokens + h * w !== count) {
    throw new ConvkitError(
      "interpolatePositions",
      `embeddings are ${formatShape(shape)}, expected 1×T×D with ${tokens} + ` +
        `${from ? `${h}·${w}` : "a square number of"} tokens — say how many have no place, or the rows and columns`,
    );
  }
  const result = new Float32Array((tokens + rows * columns) * dim);
  for (let i = 0; i < tokens * dim; i++) result[i] = data[i];
  const across = Array.from({ length: columns }, (_, i) => taps(i, w, columns));
  for (let row = 0; row < rows; row++) {
    const down = taps(row, h, rows);
    for (let column = 0; column < columns; column++) {
      const to = (tokens + row * columns + column) * dim;
      for (const [i, a] of down) {
        for (const [j, b] of across[column]) {
          const place = (tokens + i * w + j) * dim;
          for (let d = 0; d < dim; d++) result[to + d] += a * b * data[place + d];
        }
      }
    }
  }
  return { shape: [1, tokens + rows * columns, dim], data: result, dtype: "f32" };
}

/** The four elements of an axis that element `at` of the resampled one is read from, with their weights. */
function taps(at: number, from: number, to: number): [place: number, weight: number][] {
  const s = ((at + 0.5) * from) / to - 0.5;
  const first = Math.floor(s) - 1;
  return Array.from({ length: 4 }, (_, i) => {
    const place = Math.min(Math.max(first + i, 0), from - 1);
    return [place, keys(Math.abs(s - first - i))];
  });
}

const A = -0.75;

/** Keys' kernel at distance x < 2. */
const keys = (x: number): number =>
  x <= 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : A * (((x - 5) * x + 8) * x - 4);
