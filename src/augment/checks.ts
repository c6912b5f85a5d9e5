/** Options of transforms, checked when a transform is made: a wrong one is found before the first epoch. */
import { ConvkitError } from "../core/error.ts";
import { type Interpolation, resizeFilters } from "../image/interpolation.ts";
import type { Size } from "./transform.ts";

/** A square's side, or [height, width]. */
export type SizeOption = number | readonly [number, number];

export function checkedSize(where: string, size: SizeOption, what = "size"): Size {
  const [height, width] = Array.isArray(size) ? size : [size, size];
  if (isCount(height) && isCount(width) && (!Array.isArray(size) || size.length === 2)) {
    return { height, width };
  }
  const example = `${what}=32, or ${what}=48,64 for height and width`;
  throw new ConvkitError(
    where,
    `${what} is ${shown(size)} — give whole pixels, such as ${example}`,
  );
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

/** How often, 0 … 1. */
export function checkedProbability(where: string, p: number): number {
  if (p >= 0 && p <= 1) return p;
  throw new ConvkitError(where, `p is ${shown(p)} — a probability lies between 0 and 1`);
}

/** A number within `bounds`. */
export function checkedNumber(
  where: string,
  what: string,
  value: number,
  [least, most]: readonly [number, number],
): number {
  if (value >= least && value <= most) return value;
  throw new ConvkitError(
    where,
    `${what} is ${shown(value)} — give a number, ${boundsText(least, most)}`,
  );
}

/** Two numbers, each within `bounds`. */
export function checkedPair(
  where: string,
  what: string,
  pair: readonly [number, number],
  [least, most]: readonly [number, number],
): readonly [number, number] {
  const isPair = Array.isArray(pair) && pair.length === 2;
  if (isPair && pair.every((value) => value >= least && value <= most)) return pair;
  throw new ConvkitError(
    where,
    `${what} is ${shown(pair)} — give two numbers, each ${boundsText(least, most)}`,
  );
}

/** [y, x] of a place, which may lie outside the picture. */
export function checkedCenter(where: string, center?: readonly [number, number]): void {
  if (center === undefined) return;
  if (Array.isArray(center) && center.length === 2 && center.every(Number.isFinite)) return;
  throw new ConvkitError(where, `center is ${shown(center)} — give its row and column in pixels`);
}

/** A lowest and a highest value, in this order, both within `bounds`. */
export function checkedRange(
  where: string,
  what: string,
  range: readonly [number, number],
  [least, most]: readonly [number, number],
): readonly [number, number] {
  const isPair = Array.isArray(range) && range.length === 2;
  if (isPair && range[0] >= least && range[0] <= range[1] && range[1] <= most) return range;
  throw new ConvkitError(
    where,
    `${what} is ${shown(range)} — give the lowest and the highest value, ${boundsText(least, most)}`,
  );
}

function boundsText(least: number, most: number): string {
  const low = least === Number.MIN_VALUE ? "above 0" : `at least ${least}`;
  return most === Number.POSITIVE_INFINITY ? low : `${low} and at most ${most}`;
}

/** One of several words. */
export function checkedWord<W extends string | number>(
  where: string,
  what: string,
  word: W,
  words: readonly W[],
): W {
  if (words.includes(word)) return word;
  throw new ConvkitError(where, `${what} is ${shown(word)} — it is one of ${words.join(", ")}`);
}

/** A way of resizing. */
export const checkedInterpolation = (where: string, word: Interpolation): Interpolation =>
  checkedWord(where, "interpolation", word, Object.keys(resizeFilters) as Interpolation[]);

export const shown = (value: unknown): string =>
  value === undefined ? "missing" : (JSON.stringify(value) ?? String(value));
