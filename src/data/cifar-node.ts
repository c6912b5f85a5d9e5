/** CIFAR-10 and CIFAR-100 from a folder with their binary files; lists of names beside them, where present, name the classes. */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import {
  CIFAR_SHAPE,
  CIFAR10,
  CIFAR100,
  CIFAR100_COARSE,
  type CifarLayout,
  cifarCount,
  readCifarInto,
} from "../formats/cifar.ts";
import { readBytes, readFolder } from "../formats/read-file-node.ts";
import { CIFAR10_CLASSES, CIFAR100_CLASSES, CIFAR100_COARSE_CLASSES } from "./cifar-classes.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";

interface Version {
  readonly name: string;
  readonly layout: CifarLayout;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** A file of names, and the names without it. */
  readonly names: string;
  readonly classes: readonly string[];
  /** Files of the versions that are not read. */
  readonly others: RegExp;
}

const TEN: Version = {
  ...{ name: "cifar10", layout: CIFAR10 },
  train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`),
  test: ["test_batch.bin"],
  ...{ names: "batches.meta.txt", classes: CIFAR10_CLASSES },
  others: /^(data_batch_1|test_batch)(\.mat)?$/,
};

const HUNDRED: Version = {
  ...{ name: "cifar100", layout: CIFAR100, train: ["train.bin"], test: ["test.bin"] },
  ...{ names: "fine_label_names.txt", classes: CIFAR100_CLASSES },
  others: /^(train|test)(\.mat)?$/,
};

const COARSE: Version = {
  ...HUNDRED,
  ...{ name: "cifar100-coarse", layout: CIFAR100_COARSE },
  ...{ names: "coarse_label_names.txt", classes: CIFAR100_COARSE_CLASSES },
};

export const isCifar10File = (file: string): boolean => [...TEN.train, ...TEN.test].includes(file);

/** `train.bin` alone may be anything's. */
export const isCifar100Folder = (files: readonly string[]): boolean =>
  ["train.bin", "test.bin"].every((file) => files.includes(file)) &&
  files.includes("fine_label_names.txt");

export const openCifar10 = (folder: string): Promise<DatasetPair<ArrayDataset>> =>
  open(folder, TEN);

/** The 100 classes, or with `coarse` their 20 superclasses. */
export const openCifar100 = (folder: string, coarse = false): Promise<DatasetPair<ArrayDataset>> =>
  open(folder, coarse ? COARSE : HUNDRED);

async function open(folder: string, version: Version): Promise<DatasetPair<ArrayDataset>> {
  const { files } = await readFolder(folder);
  const { train, test, layout } = version;
  const missing = [...train, ...test].filter((file) => !files.includes(file));
  if (missing.length > 0) {
    const other = files.find((file) => version.others.test(file));
    const fact = other ? `, ${other} is of the Python or Matlab version` : "";
    const count = train.length + test.length === 2 ? "both" : "the six";
    throw new ConvkitError(
      "cifar",
      `${folder}: holds no ${missing.join(", ")}${fact} — put ${count} files of ${layout.title}'s binary version there`,
    );
  }
  const named = files.includes(version.names);
  const classes = named ? await readClasses(join(folder, version.names), layout) : version.classes;
  const read = (names: readonly string[]) => readFiles(folder, names, version, classes);
  return { train: await read(train), test: await read(test) };
}

async function readFiles(
  folder: string,
  names: readonly string[],
  { name, layout }: Version,
  classes: readonly string[],
): Promise<ArrayDataset> {
  const paths = names.map((name) => join(folder, name));
  const contents = await Promise.all(paths.map(readBytes));
  const counts = contents.map((bytes, i) => cifarCount(bytes.length, paths[i], layout));
  const length = counts.reduce((sum, count) => sum + count, 0);
  const images = new Uint8Array(length * CIFAR_SHAPE.reduce((size, dim) => size * dim, 1));
  const labels = new Int32Array(length);
  let at = 0;
  for (const [i, bytes] of contents.entries()) {
    at = readCifarInto(bytes, paths[i], images, labels, at, layout);
  }
  return { name, length, classes, shape: CIFAR_SHAPE, images, labels };
}

async function readClasses(path: string, { classes, title }: CifarLayout): Promise<string[]> {
  const text = new TextDecoder().decode(await readBytes(path));
  const names = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (names.length !== classes) {
    throw new ConvkitError(
      "cifar",
      `${path}: names ${names.length} classes, ${title} has ${classes} — repair or remove the file`,
    );
  }
  return names;
}
