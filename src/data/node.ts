/** The part of `data` that reads files. */
export { CIFAR10_CLASSES, openCifar10 } from "./cifar10-node.ts";
export { type FolderOptions, openFolder } from "./folder-node.ts";
export { FASHION_CLASSES, openMnist } from "./mnist-node.ts";
export { openData } from "./open-node.ts";
export { type StoredDatasetFacts, storedDataset } from "./stored-dataset-node.ts";
