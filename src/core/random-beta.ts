/**
 * Beta and Dirichlet variates, of which mixing pictures takes its weights: shares of gamma variates (Marsaglia and Tsang 2000,
 * "A simple method for generating gamma variables"). They are kept as logarithms, since with a shape of 0.01 most gamma
 * variates are smaller than the smallest double.
 */
import type { Random } from "./random.ts";

/** One number of Beta(a, b), between 0 and 1. */
export const randomBeta = (random: Random, a: number, b: number): number =>
  randomDirichlet(random, [a, b])[0];

/** Numbers from 0 to 1 whose sum is 1, of Dirichlet(shapes). */
export function randomDirichlet(random: Random, shapes: readonly number[]): number[] {
  const logs = shapes.map((shape) => logGamma(random, shape));
  const top = Math.max(...logs);
  const parts = logs.map((log) => Math.exp(log - top));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/** The logarithm of a variate of Gamma(shape, 1). */
function logGamma(random: Random, shape: number): number {
  // Section 6: with a shape below 1 it is one of shape + 1 times U^(1/shape).
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    const accepted = Math.log(1 - random.uniform()) < x ** 2 / 2 + d * (1 - v + Math.log(v));
    if (accepted) return Math.log(d * v);
  }
}
