/** CIFAR-10 from a folder with its six binary files; batches.meta.txt, where present, names the classes. */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { CIFAR_CLASSES, CIFAR_SHAPE, cifarCount, readCifarInto } from "../formats/cifar.ts";
import { readBytes, readFolder } from "../formats/read-file-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";

const TRAIN = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
const TEST = ["test_batch.bin"];
const META = "batches.meta.txt";

// biome-ignore format: as the data set's page lists them
export const CIFAR10_CLASSES: readonly string[] = [
  "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
];

export const isCifarFile = (file: string): boolean => [...TRAIN, ...TEST].includes(file);

export async function openCifar10(folder: string): Promise<DatasetPair<ArrayDataset>> {
  const { files } = await readFolder(folder);
  const missing = [...TRAIN, ...TEST].filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new ConvkitError(
      "cifar",
      `${folder}: holds no ${missing.join(", ")} — put the six files of CIFAR-10's binary version there`,
    );
  }
  const classes = files.includes(META) ? await readClasses(join(folder, META)) : CIFAR10_CLASSES;
  const train = await readFiles(folder, TRAIN, classes);
  return { train, test: await readFiles(folder, TEST, classes) };
}

async function readFiles(
  folder: string,
  names: readonly string[],
  classes: readonly string[],
): Promise<ArrayDataset> {
  const paths = names.map((name) => join(folder, name));
  const contents = await Promise.all(paths.map(readBytes));
  const length = contents.reduce((sum, bytes, i) => sum + cifarCount(bytes.length, paths[i]), 0);
  const images = new Uint8Array(length * CIFAR_SHAPE.reduce((size, dim) => size * dim, 1));
  const labels = new Int32Array(length);
  let at = 0;
  for (const [i, bytes] of contents.entries()) {
    at = readCifarInto(bytes, paths[i], images, labels, at);
  }
  return { name: "cifar10", length, classes, shape: CIFAR_SHAPE, images, labels };
}

async function readClasses(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readBytes(path));
  const names = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (names.length !== CIFAR_CLASSES) {
    throw new ConvkitError(
      "cifar",
      `${path}: names ${names.length} classes, CIFAR-10 has ${CIFAR_CLASSES} — ` +
        "repair or remove the file",
    );
  }
  return names;
}
