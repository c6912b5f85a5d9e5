/** Draws the data of a sample: the same numbers for the golden script and for the test. */
import { Random } from "../../core/random.ts";
import type { Draw } from "../metric-spec.ts";

export interface Drawn {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
}

export function draw(spec: Draw, title: string): Drawn {
  const random = new Random(0, title);
  if (spec.values) return drawValues(spec, random);
  const { n, classes, labels, pixels = 1, ignoreIndex, scores = "probabilities" } = spec;
  const width = classes ?? labels ?? 1;
  const frequency = spec.frequency ?? new Array<number>(classes ?? 2).fill(1);
  const level = (u: number) => (spec.levels ? Math.floor(u * spec.levels) / spec.levels : u);
  const truths = Float64Array.from({ length: n * pixels * (labels ?? 1) }, () =>
    pick(frequency, random),
  );
  const given = scores === "classes";
  const drawn = new Float64Array(given ? truths.length : n * width * pixels);
  if (given) {
    for (let i = 0; i < drawn.length; i++) {
      drawn[i] = random.uniform() < 0.6 ? truths[i] : pick(frequency, random);
    }
  } else if (classes !== undefined) {
    for (let i = 0; i < truths.length; i++) {
      const row = Array.from({ length: width }, (_, c) =>
        level(0.7 * random.uniform() + (c === truths[i] ? 0.3 : 0)),
      );
      // Levels may leave a row of zeros.
      const sum = row.reduce((total, x) => total + x, 0) || 1;
      const pixel = i % pixels;
      row.forEach((x, c) => {
        drawn[(i - pixel) * width + c * pixels + pixel] = scores === "logits" ? 8 * x - 4 : x / sum;
      });
    }
  } else {
    for (let i = 0; i < drawn.length; i++) {
      const x = level(0.7 * random.uniform() + 0.3 * truths[i]);
      drawn[i] = scores === "logits" ? 8 * x - 4 : x;
    }
  }
  if (ignoreIndex !== undefined) {
    for (let i = 0; i < truths.length; i++) if (random.uniform() < 1 / 8) truths[i] = ignoreIndex;
  }
  return { scores: drawn, labels: truths };
}

function pick(frequency: readonly number[], random: Random): number {
  let rest = random.uniform() * frequency.reduce((sum, x) => sum + x, 0);
  return frequency.findIndex((share) => {
    rest -= share;
    return rest < 0;
  });
}

function drawValues({ n, values = [] }: Draw, random: Random): Drawn {
  const size = n * values.reduce((product, dim) => product * dim, 1);
  const labels = Float64Array.from({ length: size }, () => random.uniform());
  const scores = labels.map((x) => 0.75 * x + 0.25 * random.uniform());
  return { scores, labels };
}
