/** The share of examples whose label is among the k largest scores; of equal scores the lower class ranks first. */
import { ConvkitError } from "../core/error.ts";
import { classesOf, type Metric } from "./metric.ts";

export function topK(k: number): Metric<number> {
  if (!Number.isInteger(k) || k < 1) {
    throw new ConvkitError("topK", `k is ${k}, expected a whole number from 1`);
  }
  let hits = 0;
  let seen = 0;
  return {
    update(scores, labels) {
      const classes = classesOf("topK", scores, labels);
      for (let i = 0; i < labels.length; i++) {
        seen++;
        const label = labels[i];
        const own = scores[i * classes + label];
        // A label outside the classes and a score that is no number are never hits.
        if (own === undefined || label < 0 || label >= classes || Number.isNaN(own)) continue;
        let ahead = 0;
        for (let c = 0; c < classes; c++) {
          const score = scores[i * classes + c];
          if (score > own || (score === own && c < label)) ahead++;
        }
        if (ahead < k) hits++;
      }
    },
    get value() {
      return hits / seen;
    },
    reset() {
      hits = 0;
      seen = 0;
    },
  };
}
