/**
 * Successive halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016, arXiv:1502.07943, algorithm 1): all trials are trained for
 * few epochs, the best part of them for `factor` times as many, and so on up to the full number.
 */
export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/** From `least` epochs to `most`; the last rung has at least one trial. */
export function rungsOf(trials: number, least: number, most: number, factor: number): Rung[] {
  const steps = Math.max(0, Math.floor(Math.log(most / least) / Math.log(factor) + 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => ({
    trials: Math.max(1, Math.floor(trials / factor ** i + 1e-9)),
    epochs: i === steps ? most : Math.round(least * factor ** i),
  }));
}
