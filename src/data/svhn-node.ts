/**
 * SVHN's cropped digits (Y. Netzer et al. 2011, "Reading digits in natural images with unsupervised feature learning"), format 2:
 * MATLAB's files with X of 32×32×3×N bytes and y of N labels, 10 for the digit 0.
 */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { readMat } from "../formats/mat/read-mat.ts";
import { readBytes, readFolder } from "../formats/read-file-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { DIGITS } from "./mnist-classes.ts";
import { transposeImages } from "./transpose-images.ts";

const TRAIN = "train_32x32.mat";
const TEST = "test_32x32.mat";
const EXTRA = "extra_32x32.mat";

export const isSvhnFile = (file: string): boolean => file === TRAIN || file === TEST;

/** The training and the test file of a folder. */
export async function openSvhn(folder: string): Promise<DatasetPair<ArrayDataset>> {
  const { files } = await readFolder(folder);
  const missing = [TRAIN, TEST].filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new ConvkitError(
      "svhn",
      `${folder}: holds no ${missing.join(", ")} — put SVHN's files of cropped digits (format 2) there`,
    );
  }
  const notes = files.includes(EXTRA) ? { notes: [`${EXTRA} is not read`] } : {};
  const train = await readPart(join(folder, TRAIN));
  return { train, test: await readPart(join(folder, TEST)), ...notes };
}

async function readPart(path: string): Promise<ArrayDataset> {
  const arrays = await readMat(await readBytes(path), path);
  const [x, y] = [arrays.get("X"), arrays.get("y")];
  const [height, width, channels] = x?.shape ?? [];
  // A single picture has no fourth axis.
  const length = x?.shape[3] ?? 1;
  const isPictures = channels === 3 && length > 0 && x?.data instanceof Uint8Array;
  if (!x || !y || !isPictures || y.data.length !== length) {
    const found = [...arrays].map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
    throw new ConvkitError(
      "svhn",
      `${path}: holds ${found.join(", ") || "no array"}, SVHN has bytes X of 32×32×3×N and N labels y — ` +
        "download it again",
    );
  }
  const labels = Int32Array.from(
    y.data as ArrayLike<number | bigint>,
    (label) => Number(label) % 10,
  );
  const bad = y.data.findIndex((label: number | bigint) => label < 0 || label > 10);
  if (bad >= 0) {
    throw new ConvkitError(
      "svhn",
      `${path}: label ${y.data[bad]} of picture ${bad} is out of range, labels are 1 … 10 — download it again`,
    );
  }
  // First axis fastest: rows, columns, channels, pictures.
  const images = transposeImages(x.data as Uint8Array, width, height);
  return { name: "svhn", length, classes: DIGITS, shape: [3, height, width], images, labels };
}
