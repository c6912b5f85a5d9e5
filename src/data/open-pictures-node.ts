/**
 * From found files to data sets, the same for folders, tables and archives. What has no test pictures of its own is split, seeded and
 * stratified, near-duplicates on one side.
 */
import { checkPictures } from "./check-pictures-node.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import { checkClasses, type FoundPart, type FoundPictures } from "./found-pictures.ts";
import { channelsOf, type PictureOptions, pairOf } from "./picture-parts-node.ts";
import { storedDataset } from "./stored-dataset-node.ts";

/** Where there is a validation part but none to test with, it is the one to test with. */
export async function openPictures(
  found: FoundPictures,
  options: PictureOptions = {},
): Promise<DatasetPair<StoredDataset>> {
  if (found.train.masks) return (await import("./open-masks-node.ts")).openMasks(found, options);
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
  return pairOf(
    {
      train: { ...datasetOf(train), ...(groups && { groups }) },
      validation: validation && datasetOf(validation),
      test: test && datasetOf(test),
      notes,
    },
    options,
  );
}
