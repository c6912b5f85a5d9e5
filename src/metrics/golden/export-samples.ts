/** Prints every sample with its data, one JSON object a line, for `make_goldens.py`. */
import { metricSpecs } from "../specs.ts";
import { draw } from "./draw.ts";

for (const spec of metricSpecs) {
  for (const sample of spec.samples) {
    const title = `${spec.name}: ${sample.name}`;
    const { scores, labels } = draw(sample.draw, title);
    const data = { scores: [...scores], labels: [...labels] };
    console.log(JSON.stringify({ title, ...sample, ...data }));
  }
}
