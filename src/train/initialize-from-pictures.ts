/** Initial values that follow from what is trained on: networks that have such values say how, see `MadeModel`. */
import { type Dataset, openBatches } from "../data/index.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { MadeModel } from "../models/model.ts";

/** Patches by the hundred thousand in pictures of 28×28 already. */
const PICTURES = 1024;

/** Takes pictures from all over the data, as the seed has it, prepared but not augmented. */
export async function initializeFromPictures(
  initializeFrom: NonNullable<MadeModel["initializeFrom"]>,
  train: Dataset,
  { preprocessing, seed }: { readonly preprocessing: Preprocessing; readonly seed: number },
): Promise<void> {
  const batch = Math.min(PICTURES, train.length);
  const batches = await openBatches(train, { batch, seed, preprocessing });
  try {
    const { n, images } = await batches.batch(0, 0);
    const { channels, height, width } = preprocessing;
    initializeFrom({ shape: [n, channels, height, width], data: images });
  } finally {
    batches.dispose();
  }
}
