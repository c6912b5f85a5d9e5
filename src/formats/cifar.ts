/**
 * The binary form of CIFAR-10 and CIFAR-100 (A. Krizhevsky 2009, "Learning multiple layers of features from tiny images"): records
 * of a label, of CIFAR-100 two, the coarse one first, and then 1024 red, 1024 green and 1024 blue bytes, row by row.
 */
import { ConvkitError } from "../core/error.ts";

/** C×H×W. */
export const CIFAR_SHAPE = [3, 32, 32] as const;
const PIXELS = 3 * 32 * 32;

/** Which label of a record is read, and how many there are. */
export interface CifarLayout {
  readonly title: string;
  readonly labels: 1 | 2;
  readonly label: 0 | 1;
  readonly classes: number;
}

export const CIFAR10: CifarLayout = { title: "CIFAR-10", labels: 1, label: 0, classes: 10 };
export const CIFAR100: CifarLayout = { title: "CIFAR-100", labels: 2, label: 1, classes: 100 };
/** Its 20 superclasses. */
export const CIFAR100_COARSE: CifarLayout = { ...CIFAR100, label: 0, classes: 20 };

/** Bytes of a record. */
export const cifarRecord = ({ labels }: CifarLayout): number => labels + PIXELS;

export interface CifarBatch {
  readonly count: number;
  /** N×3×32×32 bytes. */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

/** How many records a file of so many bytes holds. */
export function cifarCount(byteLength: number, file = "CIFAR data", layout = CIFAR10): number {
  if (byteLength === 0) {
    throw new ConvkitError("cifar", `${file}: the file is empty — copy or download it again`);
  }
  const record = cifarRecord(layout);
  if (byteLength % record !== 0) {
    throw new ConvkitError(
      "cifar",
      `${file}: ${byteLength} bytes are no multiple of ${record}, the size of a record — ` +
        `it is truncated or not ${layout.title}'s binary version; download it again`,
    );
  }
  return byteLength / record;
}

/** All records of a file. Throws for a size that is no multiple of a record's and for labels that no class has. */
export function parseCifar(bytes: Uint8Array, file = "CIFAR data", layout = CIFAR10): CifarBatch {
  const count = cifarCount(bytes.length, file, layout);
  const batch = { images: new Uint8Array(count * PIXELS), labels: new Int32Array(count) };
  readCifarInto(bytes, file, batch.images, batch.labels, 0, layout);
  return { count, ...batch };
}

/** Puts a file's records at position `first` of larger arrays and returns the position after them. */
export function readCifarInto(
  bytes: Uint8Array,
  file: string,
  images: Uint8Array,
  labels: Int32Array,
  first: number,
  layout = CIFAR10,
): number {
  const count = cifarCount(bytes.length, file, layout);
  const record = cifarRecord(layout);
  for (let n = 0; n < count; n++) {
    const label = bytes[n * record + layout.label];
    if (label >= layout.classes) {
      throw new ConvkitError(
        "cifar",
        `${file}: label ${label} of record ${n} is out of range, labels are 0 … ${layout.classes - 1} — ` +
          `it is damaged or not ${layout.title}'s binary version; download it again`,
      );
    }
    labels[first + n] = label;
    images.set(bytes.subarray(n * record + layout.labels, (n + 1) * record), (first + n) * PIXELS);
  }
  return first + count;
}

/** N×3×32×32 bytes and N labels as a file of CIFAR-10. */
export function encodeCifar(images: Uint8Array, labels: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(labels.length * cifarRecord(CIFAR10));
  for (let n = 0; n < labels.length; n++) {
    bytes[n * cifarRecord(CIFAR10)] = labels[n];
    bytes.set(images.subarray(n * PIXELS, (n + 1) * PIXELS), n * cifarRecord(CIFAR10) + 1);
  }
  return bytes;
}
