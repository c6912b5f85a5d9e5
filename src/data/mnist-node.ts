/**
 * MNIST and its kin (Fashion-MNIST, EMNIST, Kuzushiji-MNIST): a folder with the four IDX files, gzipped or
 * not, of any image size.
 */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { parseIdxImages, parseIdxLabels } from "../formats/idx.ts";
import { readFolder, readUnpacked } from "../formats/read-file-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";

/** H. Xiao, K. Rasul and R. Vollgraf 2017, arXiv:1708.07747, table 2. */
export const FASHION_CLASSES: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte.gz` … */
const NAMES = {
  trainImages: /(^|-)train-images[-.]idx\d-ubyte(\.gz)?$/,
  trainLabels: /(^|-)train-labels[-.]idx\d-ubyte(\.gz)?$/,
  testImages: /(^|-)(t10k|test)-images[-.]idx\d-ubyte(\.gz)?$/,
  testLabels: /(^|-)(t10k|test)-labels[-.]idx\d-ubyte(\.gz)?$/,
} as const;

const STANDARD: Readonly<Record<keyof typeof NAMES, string>> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

export const isMnistFile = (file: string): boolean =>
  Object.values(NAMES).some((pattern) => pattern.test(file));

export async function openMnist(
  folder: string,
  name: "mnist" | "fashion-mnist" = "mnist",
): Promise<DatasetPair<ArrayDataset>> {
  const { files } = await readFolder(folder);
  const known = name === "fashion-mnist" ? FASHION_CLASSES : undefined;
  const read = async (images: keyof typeof NAMES, labels: keyof typeof NAMES) =>
    readPart(join(folder, find(folder, files, images)), join(folder, find(folder, files, labels)));
  const train = await read("trainImages", "trainLabels");
  const test = await read("testImages", "testLabels");
  if (String(train.shape) !== String(test.shape)) {
    const sizes = `${train.shape.join("×")} to train on, ${test.shape.join("×")} to test with`;
    throw new ConvkitError("idx", `${folder}: pictures of ${sizes} — take files of one data set`);
  }
  const classes = known ?? countedClasses(train);
  checkLabels(train, classes.length);
  checkLabels(test, classes.length);
  const dataset = ({ shape, images, labels }: Part): ArrayDataset => {
    return { name, length: labels.length, classes, shape, images, labels };
  };
  return { train: dataset(train), test: dataset(test) };
}

interface Part {
  readonly labelFile: string;
  readonly shape: readonly [number, number, number];
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

function find(folder: string, files: readonly string[], part: keyof typeof NAMES): string {
  const matches = files.filter((file) => NAMES[part].test(file));
  // The same file packed and unpacked side by side is no riddle.
  const plain = new Set(matches.map((file) => file.replace(/\.gz$/, "")));
  if (plain.size === 1) return matches[0];
  const fact =
    plain.size === 0
      ? `holds no ${STANDARD[part]} (or .gz)`
      : `holds several candidates for ${STANDARD[part]}: ${matches.join(", ")}`;
  throw new ConvkitError(
    "idx",
    `${folder}: ${fact} — put the four IDX files of one data set there`,
  );
}

async function readPart(imageFile: string, labelFile: string): Promise<Part> {
  const { count, shape, data } = parseIdxImages(await readUnpacked(imageFile), imageFile);
  const labels = parseIdxLabels(await readUnpacked(labelFile), labelFile);
  if (labels.length !== count) {
    throw new ConvkitError(
      "idx",
      `${labelFile}: ${labels.length} labels for the ${count} pictures of ${imageFile} — ` +
        "take both files from one data set",
    );
  }
  return { labelFile, shape, images: data, labels };
}

/**
 * "0" … "9", or more where the labels go on. A stray large label is told from a larger alphabet by the gap
 * that it leaves: an alphabet uses all its letters (EMNIST's letters start at 1).
 */
function countedClasses({ labels, labelFile }: Part): string[] {
  const seen = new Array<boolean>(256).fill(false);
  for (const label of labels) seen[label] = true;
  const top = seen.lastIndexOf(true);
  const gap = seen.findIndex((has, label) => label >= 10 && label < top && !has);
  if (top >= 10 && gap >= 0) {
    throw new ConvkitError(
      "idx",
      `${labelFile}: label ${top} of item ${labels.indexOf(top)} is out of range, no picture has ` +
        `label ${gap} — the file is damaged; download it again`,
    );
  }
  return Array.from({ length: Math.max(10, top + 1) }, (_, label) => String(label));
}

function checkLabels({ labels, labelFile }: Part, classes: number): void {
  const bad = labels.findIndex((label) => label >= classes);
  if (bad < 0) return;
  throw new ConvkitError(
    "idx",
    `${labelFile}: label ${labels[bad]} of item ${bad} is out of range, labels are 0 … ` +
      `${classes - 1} — the file is damaged or of another data set; download it again`,
  );
}
