/**
 * How the values of a reduction are put together: two by two, and the lanes of vectors in a fixed order, so
 * that results do not depend on the number of threads.
 */
import type { ReduceFn } from "../../../graph/lower.ts";
import { type Code, f32x4, i8x16, i32x4 } from "../assembler.ts";
import type { ElementContext } from "./context.ts";

/** What a reduction of nothing is. */
export const NEUTRAL: Readonly<Record<ReduceFn, number>> = {
  sum: 0,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  argmax: Number.NEGATIVE_INFINITY,
  argmin: Number.POSITIVE_INFINITY,
};

export function combine(fn: ReduceFn, dtype: string, a: Code, b: Code): Code {
  if (fn === "sum") return dtype === "f32" ? f32x4.add(a, b) : i32x4.add(a, b);
  if (fn === "max") return dtype === "f32" ? f32x4.max(a, b) : i32x4.max_s(a, b);
  return dtype === "f32" ? f32x4.min(a, b) : i32x4.min_s(a, b);
}

/** All lanes of the vectors combined, the result in every lane: vectors in pairs, then halves, then words. */
export function combineLanes(
  context: ElementContext,
  fn: ReduceFn,
  dtype: string,
  vectors: readonly Code[],
): Code {
  let all = vectors;
  while (all.length > 1) {
    const half: Code[] = [];
    for (let j = 0; j < all.length; j += 2) half.push(combine(fn, dtype, all[j], all[j + 1]));
    all = half;
  }
  const result = context.fn.local("v128");
  const withTurned = (lanes: number): Code =>
    result.set(combine(fn, dtype, result.get(), turned(result.get(), lanes)));
  context.statements.push(result.set(all[0]), withTurned(2), withTurned(1));
  return result.get();
}

/** The vector with its lanes turned round by so many. */
const turned = (vector: Code, lanes: number): Code =>
  i8x16.shuffle(
    vector,
    vector,
    Array.from({ length: 16 }, (_, byte) => (byte + lanes * 4) & 15),
  );
