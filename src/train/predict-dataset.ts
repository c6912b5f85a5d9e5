/** What a classifier says of every picture of a data set. */
import { type Dataset, openBatches } from "../data/index.ts";
import { bestOf } from "../metrics/metric.ts";
import type { Classifier } from "./classifier.ts";
import { probabilitiesOf } from "./probabilities.ts";

export interface DatasetPredictions {
  /** N×K, each row 0 … 1 and 1 in all. */
  readonly probabilities: Float32Array;
  /** The likeliest class of each picture. */
  readonly predicted: Int32Array;
  /** Pictures a second, decoding included. */
  readonly imagesPerSecond: number;
}

/** Programs gain nothing from larger batches than this. */
const BATCH = 64;

/** In the order of the data set, prepared as the model was trained. */
export async function predictDataset(
  model: Classifier,
  dataset: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<DatasetPredictions> {
  const { preprocessing, inputShape } = model.card;
  const classes = model.classes.length;
  const size = inputShape.reduce((product, dim) => product * dim, 1);
  const probabilities = new Float32Array(dataset.length * classes);
  const predicted = new Int32Array(dataset.length);
  const batches = await openBatches(dataset, { batch: BATCH, shuffle: false, preprocessing });
  let done = 0;
  const begun = performance.now();
  try {
    for await (const { n, images } of batches.batches()) {
      const shape = [n, ...inputShape];
      const data = images.subarray(0, n * size);
      const scores = (await model.scores({ shape, dtype: "f32", data })).data;
      for (let i = 0; i < n; i++, done++) {
        const row = scores.subarray(i * classes, (i + 1) * classes);
        probabilities.set(probabilitiesOf(row, model.card), done * classes);
        predicted[done] = bestOf(row, 0, classes, 1);
      }
      onProgress?.(done, dataset.length);
    }
  } finally {
    batches.dispose();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { probabilities, predicted, imagesPerSecond: dataset.length / seconds };
}
