/** The part of `data` that reads files. */
export { openCifar10, openCifar100 } from "./cifar-node.ts";
export { type Downloaded, type DownloadOptions, downloadDataset } from "./download-node.ts";
export { type Duplicates, findDuplicates } from "./find-duplicates-node.ts";
export { openFolder } from "./folder-node.ts";
export { inspectData } from "./inspect-node.ts";
export * from "./inspection.ts";
export { openManifest } from "./manifest-node.ts";
export { openMnist } from "./mnist-node.ts";
export { openNpzData } from "./npz-node.ts";
export { openData } from "./open-node.ts";
export { openParquetData } from "./parquet-node.ts";
export type { PictureOptions } from "./picture-parts-node.ts";
export { type PublishedDataset, type PublishedFile, published } from "./published.ts";
export { type StoredDatasetFacts, storedDataset } from "./stored-dataset-node.ts";
export { openSvhn } from "./svhn-node.ts";
export { openTar } from "./tar-node.ts";
export { openZipFolder } from "./zip-node.ts";
