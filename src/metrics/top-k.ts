/** The share of examples whose label is among the k largest scores; of equal scores the lower class ranks first. */
import { ConvkitError } from "../core/error.ts";
import { classesOf, type Metric } from "./metric.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { counts, type TaskOptions, taskOf } from "./task.ts";

/** The number of classes is read off the scores. */
export function topK(k: number, options: Pick<TaskOptions, "ignoreIndex"> = {}): Metric<number> {
  if (!Number.isInteger(k) || k < 1) {
    throw new ConvkitError("topK", `k is ${k}, expected a whole number from 1`);
  }
  let hits = 0;
  let seen = 0;
  return {
    update(scores, labels) {
      const classes = classesOf("topK", scores, labels);
      const task = taskOf("topK", { ...options, classes });
      for (let i = 0; i < labels.length; i++) {
        const label = labels[i];
        if (!counts(task, label)) continue;
        seen++;
        const own = scores[i * classes + label];
        if (Number.isNaN(own)) continue;
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

export const topKSpec: MetricSpec = {
  name: "topK",
  formula: "#{i : #{c : s[i, c] > s[i, y[i]]} < k}/N",
  shapes: "scores N×K, labels N → a number",
  source: "Russakovsky et al. 2015, arXiv:1409.0575, section 4.1 (top-5 error)",
  torch: "sklearn.metrics.top_k_accuracy_score",
  memory: "constant",
  nan: "missed",
  // biome-ignore format: one case a line
  samples: [
    { name: "2 of 5", make: () => topK(2), draw: { n: 50, classes: 5, scores: "logits" }, expected: "M.top_k_accuracy_score(y, s, k=2, labels=range(k))" },
    { name: "3 of 6, absent classes", make: () => topK(3), draw: { n: 40, classes: 6, frequency: [1, 3, 0, 0, 2, 1] }, expected: "M.top_k_accuracy_score(y, s, k=3, labels=range(k))" },
    { name: "ties", make: () => topK(2), draw: { n: 60, classes: 5, levels: 3 }, expected: "np.mean([list(np.argsort(-row, kind='stable')).index(c) < 2 for row, c in zip(s, y)])" },
    { name: "one class, ignored label", make: () => topK(2, { ignoreIndex: -100 }), draw: { n: 30, classes: 4, frequency: [0, 0, 1, 0], ignoreIndex: -100 }, expected: "M.top_k_accuracy_score(y, s, k=2, labels=range(k))" },
  ],
};
