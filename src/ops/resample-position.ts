/**
 * Where the elements of a resampled axis lie in the input: element o at (a·o + b)/d, in lowest terms, from the options
 * of PyTorch's interpolate. Fractions of integers, so that no rounding moves an element to its neighbour.
 */
import { ConvkitError } from "../core/error.ts";
import type { InterpolateGiven } from "./interpolate.ts";

/** a, b and d, for an axis of `from` elements. */
export function positionOf(
  from: number,
  { size: to = 1, mode = "nearest", alignCorners = false, scaleFactor }: InterpolateGiven,
): number[] {
  if (alignCorners) return to === 1 ? [0, 0, 1] : reduced(from - 1, 0, to - 1);
  const [p, q] = scaleFactor === undefined ? [from, to] : fractionOf(scaleFactor).reverse();
  if (mode === "nearest") return reduced(p, 0, q);
  // The centre of element o is at (o + ½)·p/q; that of an element of the input at k + ½.
  return mode === "nearest-exact" ? reduced(2 * p, p, 2 * q) : reduced(2 * p, p - q, 2 * q);
}

/** Every position must lie less than one element outside the axis. */
export function checkPositions(
  where: string,
  from: number,
  to: number,
  [a, b, d]: readonly number[],
) {
  const whole = [a, b, d].every(Number.isInteger) && a >= 0 && d > 0;
  if (whole && b > -d && a * (to - 1) + b < from * d) return;
  throw new ConvkitError(
    where,
    `${to} positions (${a}·o + ${b})/${d} do not lie in an axis of ${from} — give size alone, or ` +
      "scaleFactor with the size ⌊input·scaleFactor⌋",
  );
}

function reduced(...numbers: number[]): number[] {
  const divisor = (a: number, b: number): number => (b === 0 ? Math.abs(a) : divisor(b, a % b));
  const common = numbers.reduce(divisor);
  return numbers.map((n) => n / common);
}

/** Largest numerator and denominator: with them a·o fits into an i32 for images of 8192 pixels. */
const MOST = 1e5;

/** p/q = value by continued fractions: exact for what people write, within 1e-10 for √2. */
function fractionOf(value: number): number[] {
  let [before, best] = [
    [0, 1],
    [1, 0],
  ];
  for (let rest = value; ; ) {
    const whole = Math.floor(rest);
    const next = [whole * best[0] + before[0], whole * best[1] + before[1]];
    if (Math.max(...next) > MOST) return best;
    [before, best] = [best, next];
    if (Math.abs(next[0] / next[1] - value) <= 1e-14 * value) return best;
    rest = 1 / (rest - whole);
  }
}
