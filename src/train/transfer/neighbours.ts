/**
 * How far pictures of a class lie from each other: each is left out in turn, and the mean distance to its k nearest of the others
 * taken. A quantile of these distances is the threshold under which a new picture counts as one of the class (Tax and Duin 1998).
 */
import { ConvkitError } from "../../core/error.ts";
import { type FeatureTable, rowOf } from "./feature-table.ts";
import type { DistanceMetric } from "./head-settings.ts";

/** For each picture of the class, by its first view. Rows that show the same picture are no neighbours of it. */
export function leaveOneOutDistances(
  table: FeatureTable,
  label: number,
  { k, metric }: { readonly k: number; readonly metric: DistanceMetric },
): Float64Array {
  const { labels, pictures, rows, classes } = table;
  const own = Array.from({ length: rows }, (_, i) => i).filter((i) => labels[i] === label);
  const shown = own.filter((i) => i < pictures);
  const others = own.length - own.length / shown.length;
  if (!(others >= k)) {
    throw new ConvkitError(
      "one-class",
      `${classes[label]} has ${shown.length} pictures, too few for ${k} neighbours of each — add pictures, or give a smaller k`,
    );
  }
  const distance = metric === "cosine" ? cosine : euclidean;
  return Float64Array.from(shown, (i) => {
    const a = rowOf(table, i);
    const nearest = own
      .filter((j) => j % pictures !== i)
      .map((j) => distance(a, rowOf(table, j)))
      .sort((x, y) => x - y)
      .slice(0, k);
    return nearest.reduce((sum, d) => sum + d, 0) / k;
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    first += a[i] * a[i];
    second += b[i] * b[i];
  }
  return 1 - product / (Math.sqrt(first * second) || 1);
}

function euclidean(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** Between the two nearest values in proportion, as NumPy's default has it. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}
