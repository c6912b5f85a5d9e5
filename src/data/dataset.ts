/**
 * Pictures and their classes. Small sets are resident as bytes: MNIST is 47 MB, CIFAR-10 154 MB; they become floats only
 * when a batch is filled. Photographs stay in their files and are decoded when they are needed.
 */
import type { Image } from "../image/image.ts";
import { type Preprocessing, sourceChannels } from "../image/preprocessing.ts";
import type { BatchOptions, BatchSource } from "./batches.ts";
import type { EncodedImage } from "./encoded-image.ts";
import type { Normalization } from "./normalization.ts";

/** What both kinds of data sets say. */
export interface DatasetFacts {
  readonly name: string;
  readonly length: number;
  readonly classes: readonly string[];
  /** [C, H, W] of what a network is given; C is that of the representation, if there is one. */
  readonly shape: readonly [number, number, number];
  /** N class numbers. */
  readonly labels: Int32Array;
  /** N×K shares of the classes where labels are soft, each row of sum 1; `labels` are then their largest. */
  readonly targets?: Float32Array;
  /** N numbers, equal for pictures that are copies or near-duplicates of each other: a split keeps them on one side. */
  readonly groups?: Int32Array;
  /** How pictures of another shape are brought to this one, if they are. */
  readonly fit?: Preprocessing["fit"];
  readonly cropPct?: Preprocessing["cropPct"];
  /** What a network is shown in place of grey or colour, see `represented`. */
  readonly representation?: Preprocessing["representation"];
}

/** The label of pixels that count for nothing, as Pascal VOC has it. */
export const IGNORED = 255;

/** Resident as bytes. */
export interface ArrayDataset extends DatasetFacts {
  /** N×C×H×W bytes, grey or colour: C is 1 or 3 where `shape` has the channels of a representation. */
  readonly images: Uint8Array;
  /** Where pictures are segmented: N×H×W class numbers, `IGNORED` where a pixel has none. */
  readonly masks?: Uint8Array;
}

/** Pictures in files, of any size, that are decoded when they are needed. */
export interface StoredDataset extends DatasetFacts {
  /** N files. */
  readonly files: readonly EncodedImage[];
  /** Where pictures are segmented: N masks as PNG files, of the pictures' own sizes. */
  readonly masks?: readonly EncodedImage[];
  /** The class of each of the 256 numbers that a mask may have; by default each is its own, 255 being `IGNORED`. */
  readonly maskClasses?: Uint8Array;
  readonly reader: FileReader;
}

/** What reads the files of a stored data set: Node's is given by `storedDataset` of `convkit/data/node`. */
export interface FileReader {
  openBatches(dataset: StoredDataset, options: BatchOptions): Promise<BatchSource>;
  /** Of the size that it has in its file. Throws for what is no picture, naming the file. */
  decode(file: EncodedImage): Promise<Image>;
  /** Over a sample of the pictures. */
  measureNormalization(dataset: StoredDataset): Promise<Normalization>;
  /** Class numbers, in the size that the mask has in its file. */
  decodeMask(dataset: Pick<StoredDataset, "masks" | "maskClasses">, i: number): Promise<Image>;
}

export type Dataset = ArrayDataset | StoredDataset;

export const isStored = (dataset: Dataset): dataset is StoredDataset => "files" in dataset;

/** A data set whose pictures have masks. */
export type SegmentedDataset =
  | (ArrayDataset & Required<Pick<ArrayDataset, "masks">>)
  | (StoredDataset & Required<Pick<StoredDataset, "masks">>);

export const isSegmented = (dataset: Dataset): dataset is SegmentedDataset =>
  dataset.masks !== undefined;

export interface DatasetPair<D extends Dataset = Dataset> {
  readonly train: D;
  readonly test: D;
  /** Where the data set brings its own; else split it from `train`. */
  readonly validation?: D;
  /** What was recognised, left out or found odd while it was opened, for people. */
  readonly notes?: readonly string[];
}

/** [C, H, W] of the bytes. */
const storedShape = ({ shape: [channels, h, w], representation }: ArrayDataset) =>
  [sourceChannels({ channels, representation }), h, w] as const;

/** Bytes of picture i, a view. */
export function imageAt(dataset: ArrayDataset, i: number): Uint8Array {
  const [c, h, w] = storedShape(dataset);
  return dataset.images.subarray(i * c * h * w, (i + 1) * c * h * w);
}

export function residentMask(dataset: ArrayDataset, i: number): Image {
  const [, height, width] = dataset.shape;
  const pixels = height * width;
  const data = dataset.masks?.subarray(i * pixels, (i + 1) * pixels) ?? new Uint8Array(0);
  return { width, height, channels: 1, data };
}

/** Chosen pictures as a data set of their own. */
export function subset<D extends Dataset>(dataset: D, indices: ArrayLike<number>): D {
  const chosen = Array.from(indices);
  const { labels, targets, groups } = dataset;
  const part = {
    length: chosen.length,
    labels: Int32Array.from(chosen, (i) => labels[i]),
    ...(groups && { groups: Int32Array.from(chosen, (i) => groups[i]) }),
    ...(targets && { targets: rowsOf(targets, dataset.classes.length, chosen) }),
  };
  if (isStored(dataset)) {
    const { files, masks } = dataset;
    const pick = <T>(of: readonly T[]): T[] => chosen.map((i) => of[i]);
    return { ...dataset, ...part, files: pick(files), ...(masks && { masks: pick(masks) }) };
  }
  const [c, h, w] = storedShape(dataset);
  const images = new Uint8Array(chosen.length * c * h * w);
  const masks = dataset.masks && new Uint8Array(chosen.length * h * w);
  for (const [to, from] of chosen.entries()) {
    images.set(imageAt(dataset, from), to * c * h * w);
    masks?.set(residentMask(dataset, from).data, to * h * w);
  }
  return { ...dataset, ...part, images, ...(masks && { masks }) };
}

function rowsOf(table: Float32Array, columns: number, chosen: readonly number[]): Float32Array {
  const rows = new Float32Array(chosen.length * columns);
  for (const [to, from] of chosen.entries()) {
    rows.set(table.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return rows;
}

/** How many pictures each class has. */
export function countClasses(dataset: DatasetFacts): number[] {
  const counts = new Array<number>(dataset.classes.length).fill(0);
  for (const label of dataset.labels) counts[label]++;
  return counts;
}
