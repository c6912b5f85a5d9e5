/**
 * From found files to data sets, the same for folders, tables and archives. What has no test pictures of its own is split, seeded and
 * stratified, near-duplicates on one side.
 */
import { isGrey } from "../image/colour.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { type CheckOptions, checkPictures } from "./check-pictures-node.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { checkClasses, type FoundPart, type FoundPictures } from "./found-pictures.ts";
import { decodeFile } from "./picture-task-node.ts";
import { type Fractions, splitParts } from "./split.ts";
import { storedDataset } from "./stored-dataset-node.ts";

export interface PictureOptions extends CheckOptions {
  /** [H, W], 64×64 by default. */
  readonly size?: readonly [number, number];
  /** Grey if every one of 100 pictures is, spread over all to train on; else colour. */
  readonly channels?: 1 | 3;
  /** How pictures are brought to the size; `cover` by default. */
  readonly fit?: Preprocessing["fit"];
  /** The share of the short side that is kept, as in `Preprocessing`; all of it by default. */
  readonly cropPct?: number;
  /** Of the split when there are no pictures to test with. */
  readonly seed?: number;
  /** Of that split; a fifth to test with by default. */
  readonly fractions?: Fractions;
}

const COLOUR_SAMPLE = 100;

/** Where there is a validation part but none to test with, it is the one to test with. */
export async function openPictures(
  found: FoundPictures,
  options: PictureOptions = {},
): Promise<DatasetPair<StoredDataset>> {
  const { name, where, classes } = found;
  checkClasses(where, classes, found.train.labels);
  const { train, validation, test, groups, notes } = await checkPictures(found, options);
  checkClasses(where, classes, train.labels);
  const { size: [height, width] = [64, 64], fit, cropPct } = options;
  const channels = options.channels ?? (await channelsOf(train.files));
  const datasetOf = (part: FoundPart): StoredDataset =>
    storedDataset({
      ...{ name, classes, shape: [channels, height, width] },
      ...(fit && { fit }),
      ...(cropPct !== undefined && { cropPct }),
      ...part,
    });
  const training = { ...datasetOf(train), ...(groups && { groups }) };
  const tested = test ?? validation;
  if (!tested) {
    return { ...splitParts(training, options.fractions ?? { test: 0.2 }, options.seed), notes };
  }
  const own = test && validation ? { validation: datasetOf(validation) } : {};
  return { train: training, test: datasetOf(tested), ...own, notes };
}

async function channelsOf(files: readonly EncodedImage[]): Promise<1 | 3> {
  const step = Math.max(1, Math.floor(files.length / COLOUR_SAMPLE));
  for (let i = 0; i < files.length; i += step) {
    if (!isGrey(await decodeFile(files[i]))) return 3;
  }
  return 1;
}
