/**
 * MNIST and its kin (Fashion-MNIST, Kuzushiji-MNIST, EMNIST): a folder with the four IDX files, gzipped or not, of any image size.
 * EMNIST's pictures lie on their sides in its files, rows and columns exchanged; they are set upright here, as people expect
 * and MNIST has them. (torchvision gives them lying.) Its letters are numbered from 1 there, from 0 here.
 */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { parseIdxImages, parseIdxLabels } from "../formats/idx.ts";
import { readBytes, readFolder, readUnpacked } from "../formats/read-file-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { EMNIST_CLASSES, FASHION_CLASSES, KMNIST_CLASSES } from "./mnist-classes.ts";
import type { PlaceKind } from "./source.ts";
import { transposeImages } from "./transpose-images.ts";

/** `train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte` … */
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

const EMNIST = /^emnist-([a-z]+)-/;

export type MnistName = Extract<PlaceKind, `${string}mnist${string}`>;

export const isMnistFile = (file: string): boolean =>
  Object.values(NAMES).some((pattern) => pattern.test(file));

/** The labels that MNIST and Fashion-MNIST begin with tell them apart; their files bear the same names. */
const BEGINNINGS: Readonly<Record<string, MnistName>> = {
  "5041921314": "mnist",
  "9003027255": "fashion-mnist",
};

/** Which data set a folder's files are, where they are some: EMNIST by its names, others by their first labels, else `mnist`. */
export async function recognizeMnist(folder: string, files: readonly string[]): Promise<MnistName> {
  if (files.some((file) => EMNIST.test(file))) return "emnist";
  const path = join(folder, find(folder, files, "trainLabels"));
  const labels = parseIdxLabels(await readUnpacked(path), path);
  return BEGINNINGS[labels.subarray(0, 10).join("")] ?? "mnist";
}

export async function openMnist(
  folder: string,
  name: MnistName = "mnist",
): Promise<DatasetPair<ArrayDataset>> {
  const { files: all } = await readFolder(folder);
  const isEmnist = name.startsWith("emnist");
  const split = isEmnist ? emnistSplit(folder, all, name) : undefined;
  const files = all.filter((file) => EMNIST.exec(file)?.[1] === split);
  const read = async (images: keyof typeof NAMES, labels: keyof typeof NAMES) => {
    const [imageFile, labelFile] = [images, labels].map((part) =>
      join(folder, find(folder, files, part)),
    );
    return readPart(imageFile, labelFile, isEmnist);
  };
  const train = await read("trainImages", "trainLabels");
  const test = await read("testImages", "testLabels");
  if (String(train.shape) !== String(test.shape)) {
    const sizes = `${train.shape.join("×")} to train on, ${test.shape.join("×")} to test with`;
    throw new ConvkitError("idx", `${folder}: pictures of ${sizes} — take files of one data set`);
  }
  const { classes, first } = split
    ? await emnistClasses(folder, files, split)
    : { classes: knownClasses(name) ?? countedClasses(train), first: 0 };
  const dataset = (part: Part): ArrayDataset => {
    checkLabels(part, first, classes.length);
    const labels = part.labels.map((label) => label - first);
    const { shape, images } = part;
    return { name, length: labels.length, classes, shape, images, labels };
  };
  return { train: dataset(train), test: dataset(test) };
}

const knownClasses = (name: string): readonly string[] | undefined =>
  name === "fashion-mnist" ? FASHION_CLASSES : name === "kmnist" ? KMNIST_CLASSES : undefined;

/** The split of EMNIST that is named, or the only one there. */
function emnistSplit(folder: string, files: readonly string[], name: string): string {
  const there = [...new Set(files.flatMap((file) => EMNIST.exec(file)?.[1] ?? []))].sort();
  const named = name.slice("emnist-".length);
  if (named !== "" && (there.includes(named) || there.length === 0)) return named;
  if (named === "" && there.length === 1) return there[0];
  const fact =
    there.length === 0
      ? "holds no files of EMNIST (emnist-letters-train-images-idx3-ubyte.gz, …)"
      : `holds EMNIST's ${there.join(", ")}`;
  const advice =
    there.length === 0
      ? "download a split of it"
      : `write ${there.map((split) => `emnist-${split}:${folder}`).join(" or ")}`;
  throw new ConvkitError("idx", `${folder}: ${fact} — ${advice}`);
}

/** Names from the mapping beside the files: a label and the code of its character, or of its two forms, a line. */
async function emnistClasses(
  folder: string,
  files: readonly string[],
  split: string,
): Promise<{ classes: readonly string[]; first: number }> {
  const known = EMNIST_CLASSES[split];
  const mapping = files.find((file) => file === `emnist-${split}-mapping.txt`);
  const first = split === "letters" ? 1 : 0;
  if (mapping === undefined && known) return { classes: known, first };
  if (mapping === undefined) {
    const fact = `emnist-${split} is no split of EMNIST`;
    throw new ConvkitError("idx", `${folder}: ${fact} — add emnist-${split}-mapping.txt`);
  }
  const path = join(folder, mapping);
  const rows = new TextDecoder()
    .decode(await readBytes(path))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const bad = rows.findIndex(
    ([label, code], i) => label !== rows[0][0] + i || !(code > 0 && code < 0x110000),
  );
  if (rows.length === 0 || bad >= 0) {
    throw new ConvkitError(
      "idx",
      `${path}: line ${bad + 1} is no label and code of a character — download it again, or remove it`,
    );
  }
  return { classes: rows.map(([, code]) => String.fromCodePoint(code)), first: rows[0][0] };
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

async function readPart(imageFile: string, labelFile: string, turn: boolean): Promise<Part> {
  const { count, shape, data } = parseIdxImages(await readUnpacked(imageFile), imageFile);
  const labels = parseIdxLabels(await readUnpacked(labelFile), labelFile);
  if (labels.length !== count) {
    throw new ConvkitError(
      "idx",
      `${labelFile}: ${labels.length} labels for the ${count} pictures of ${imageFile} — ` +
        "take both files from one data set",
    );
  }
  if (!turn) return { labelFile, shape, images: data, labels };
  const [c, h, w] = shape;
  return { labelFile, shape: [c, w, h], images: transposeImages(data, h, w), labels };
}

/**
 * "0" … "9", or more where the labels go on. A stray large label is told from a larger alphabet by the gap
 * that it leaves: an alphabet uses all its letters.
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

function checkLabels({ labels, labelFile }: Part, first: number, classes: number): void {
  const last = first + classes - 1;
  const bad = labels.findIndex((label) => label < first || label > last);
  if (bad < 0) return;
  throw new ConvkitError(
    "idx",
    `${labelFile}: label ${labels[bad]} of item ${bad} is out of range, labels are ${first} … ` +
      `${last} — the file is damaged or of another data set; download it again`,
  );
}
