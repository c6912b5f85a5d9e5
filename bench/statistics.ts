/** Medians, and ratios of pairs that were measured in the same round. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { median: median(values), low, high, count: values.length };
}

/**
 * a ÷ b, round by round, so that a machine which slows down for a while slows both sides of a pair. Rounds in
 * which one side is missing (a slow peer runs in the first ones only) do not count.
 */
export function ratios(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): Spread | undefined {
  const paired = [...a].flatMap(([round, value]) => {
    const other = b.get(round);
    return other === undefined ? [] : [value / other];
  });
  return paired.length > 0 ? spread(paired) : undefined;
}
