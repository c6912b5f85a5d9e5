/** Pictures in files as a data set whose batches are decoded, augmented and prepared when they are needed. */
import type { DatasetFacts, FileReader, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { measureBatches } from "./measure-batches.ts";
import { decodeFile, decodeMaskFile } from "./picture-task-node.ts";
import { openStoredBatches } from "./stored-batches-node.ts";

const reader: FileReader = {
  openBatches: openStoredBatches,
  decode: decodeFile,
  decodeMask: async ({ masks = [], maskClasses }, i) => decodeMaskFile(masks[i], maskClasses),
  measureNormalization: measureBatches,
};

/** What there is to say of pictures in files. */
export interface StoredDatasetFacts extends Omit<DatasetFacts, "length"> {
  readonly files: readonly EncodedImage[];
  readonly masks?: readonly EncodedImage[];
  readonly maskClasses?: Uint8Array;
}

/** One label a file, in the same order. */
export const storedDataset = (facts: StoredDatasetFacts): StoredDataset => ({
  fit: "cover",
  ...facts,
  length: facts.files.length,
  reader,
});
