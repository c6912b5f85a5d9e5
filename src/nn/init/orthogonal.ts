/**
 * Saxe, McClelland and Ganguli 2013, arXiv:1312.6120: a random orthogonal matrix, uniform among them, times `gain`. It is
 * Q of a normal matrix N = Q·R with a positive diagonal in R, of the shape O×(I·k…) or, where that lies on its side, of its
 * transpose.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Random } from "../../core/random.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";

export const orthogonal =
  ({ gain = 1 } = {}): Init =>
  (shape, random) => {
    if (shape.length < 2) {
      throw new ConvkitError(
        "orthogonal",
        `got ${formatShape(shape)} — give a weight of rank 2 or more`,
      );
    }
    const [rows] = shape;
    const columns = sizeOf(shape) / rows;
    const upright = rows >= columns;
    const q = orthonormalVectors(Math.min(rows, columns), Math.max(rows, columns), random);
    return Float64Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      return gain * (upright ? q[column][row] : q[row][column]);
    });
  };

/**
 * Gram and Schmidt's, in its modified form: dividing by a norm makes R's diagonal positive. Once more over each vector, so
 * that they are orthogonal to the last digits (Giraud, Langou and Rozložník 2005).
 */
function orthonormalVectors(count: number, length: number, random: Random): Float64Array[] {
  const q: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const v = Float64Array.from({ length }, () => random.normal());
    for (const _pass of [1, 2]) {
      for (const u of q) {
        const share = dot(u, v);
        for (let k = 0; k < length; k++) v[k] -= share * u[k];
      }
    }
    const norm = Math.sqrt(dot(v, v));
    q.push(v.map((x) => x / norm));
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

export const orthogonalSpec: InitSpec = {
  name: "orthogonal",
  formula: "W·Wᵀ = gain²·1, or WᵀW where W stands upright",
  shapes: "O×I×k…",
  source: "Saxe, McClelland and Ganguli 2013, arXiv:1312.6120",
  torch: "nn.init.orthogonal_",
  // Rows of norm `gain`: the mean square of n columns is gain²/n.
  samples: [
    {
      init: /* @__PURE__ */ orthogonal({ gain: 2 }),
      shape: [16, 8, 3, 3],
      mean: 0,
      std: 2 / Math.sqrt(72),
      low: -2,
      high: 2,
    },
  ],
};
