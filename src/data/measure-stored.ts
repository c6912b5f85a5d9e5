/** Mean and deviation of pictures in files, over a sample of them: the thousandth tells no more than the hundredth. */
import { Random } from "../core/random.ts";
import {
  type Normalization,
  normalizationOf,
  preprocessingWith,
  type StoredDataset,
  subset,
} from "./dataset.ts";

const MOST = 1000;

export async function measureStored(dataset: StoredDataset): Promise<Normalization> {
  const order = new Random(0, "measure").shuffle(
    Uint32Array.from({ length: dataset.length }, (_, i) => i),
  );
  const sample = subset(dataset, order.subarray(0, MOST));
  const [channels, height, width] = dataset.shape;
  const asBytes = { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  const source = await dataset.reader.openBatches(sample, {
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
        for (let p = plane * pixels; p < (plane + 1) * pixels; p++) histogram[images[p]]++;
      }
    }
  } finally {
    source.dispose();
  }
  return normalizationOf(histograms);
}
