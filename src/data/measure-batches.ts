/**
 * Mean and deviation of pictures as a network is shown them, rounded to bytes, over a sample: the thousandth tells no more than the
 * hundredth.
 */
import { Random } from "../core/random.ts";
import { openBatches } from "./batches.ts";
import { type Dataset, subset } from "./dataset.ts";
import { type Normalization, normalizationOf, preprocessingWith } from "./normalization.ts";

const MOST = 1000;

export async function measureBatches(dataset: Dataset): Promise<Normalization> {
  const order = new Random(0, "measure").shuffle(
    Uint32Array.from({ length: dataset.length }, (_, i) => i),
  );
  const sample = subset(dataset, order.subarray(0, MOST));
  const [channels, height, width] = dataset.shape;
  const asBytes = { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  const source = await openBatches(sample, {
    batch: 16,
    shuffle: false,
    preprocessing: { ...preprocessingWith(dataset, asBytes), scale: 1 },
  });
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  const pixels = height * width;
  try {
    for await (const { n, images } of source.batches()) {
      for (let plane = 0; plane < n * channels; plane++) {
        const histogram = histograms[plane % channels];
        for (let p = plane * pixels; p < (plane + 1) * pixels; p++)
          histogram[Math.round(images[p])]++;
      }
    }
  } finally {
    source.dispose();
  }
  return normalizationOf(histograms);
}
