/** Several measures that are fed together: `metricCollection({ accuracy: accuracy(), recall: recall({ classes: 3 }) })`. */
import type { Metric } from "./metric.ts";

/** The value is an object of their values, under the same names. */
export function metricCollection<T extends Readonly<Record<string, unknown>>>(
  metrics: {
    readonly [K in keyof T]: Metric<T[K]>;
  },
): Metric<T> {
  const all = Object.entries(metrics) as [string, Metric<unknown>][];
  return {
    update(scores, labels) {
      for (const [, metric] of all) metric.update(scores, labels);
    },
    get value() {
      return Object.fromEntries(all.map(([name, metric]) => [name, metric.value])) as T;
    },
    reset() {
      for (const [, metric] of all) metric.reset();
    },
  };
}
