/** Writes every sample of every measure with its data as JSON, for make_metrics.py. */
import { writeFileSync } from "node:fs";
import { draw } from "../../src/metrics/golden/draw.ts";
import { metricSpecs } from "../../src/metrics/specs.ts";

export function exportMetrics(path: string): void {
  const samples = metricSpecs.flatMap((spec) =>
    spec.samples.map((sample) => {
      const title = `${spec.name}: ${sample.name}`;
      const { scores, labels } = draw(sample.draw, title);
      return { title, ...sample, scores: [...scores], labels: [...labels] };
    }),
  );
  writeFileSync(path, JSON.stringify(samples));
}
