/** A curve as a line of bars, the least value the lowest: `█▇▆▄▂▁▁▃█`. */
const BARS = "▁▂▃▄▅▆▇█";

/** Means over equal parts when there are more values than columns. */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / columns),
      Math.floor(((i + 1) * values.length) / columns),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const range = Math.max(...means) - low || 1;
  return means
    .map(
      (mean) => BARS[Math.min(BARS.length - 1, Math.floor(((mean - low) / range) * BARS.length))],
    )
    .join("");
}
