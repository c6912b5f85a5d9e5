/**
 * CIFAR-10's binary form (A. Krizhevsky 2009, "Learning multiple layers of features from tiny images"):
 * records of 3073 bytes, one label and then 1024 red, 1024 green and 1024 blue bytes, row by row.
 */
import { ConvkitError } from "../core/error.ts";

/** C×H×W. */
export const CIFAR_SHAPE = [3, 32, 32] as const;
export const CIFAR_CLASSES = 10;
const PIXELS = 3 * 32 * 32;
/** Bytes of a label and its picture. */
export const CIFAR_RECORD = 1 + PIXELS;

export interface CifarBatch {
  readonly count: number;
  /** N×3×32×32 bytes. */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

/** How many records a file of so many bytes holds. */
export function cifarCount(byteLength: number, file = "CIFAR data"): number {
  if (byteLength === 0) {
    throw new ConvkitError("cifar", `${file}: the file is empty — copy or download it again`);
  }
  if (byteLength % CIFAR_RECORD !== 0) {
    throw new ConvkitError(
      "cifar",
      `${file}: ${byteLength} bytes are no multiple of ${CIFAR_RECORD}, the size of a record — ` +
        "it is truncated or not CIFAR-10's binary version; download it again",
    );
  }
  return byteLength / CIFAR_RECORD;
}

/** All records of a file. Throws for a size that is no multiple of a record's and for labels above 9. */
export function parseCifar(bytes: Uint8Array, file = "CIFAR data"): CifarBatch {
  const count = cifarCount(bytes.length, file);
  const batch = { images: new Uint8Array(count * PIXELS), labels: new Int32Array(count) };
  readCifarInto(bytes, file, batch.images, batch.labels, 0);
  return { count, ...batch };
}

/** Puts a file's records at position `first` of larger arrays and returns the position after them. */
export function readCifarInto(
  bytes: Uint8Array,
  file: string,
  images: Uint8Array,
  labels: Int32Array,
  first: number,
): number {
  const count = cifarCount(bytes.length, file);
  for (let n = 0; n < count; n++) {
    const at = n * CIFAR_RECORD;
    const label = bytes[at];
    if (label >= CIFAR_CLASSES) {
      throw new ConvkitError(
        "cifar",
        `${file}: label ${label} of record ${n} is out of range, labels are 0 … 9 — ` +
          "it is damaged or not CIFAR-10's binary version; download it again",
      );
    }
    labels[first + n] = label;
    images.set(bytes.subarray(at + 1, at + CIFAR_RECORD), (first + n) * PIXELS);
  }
  return first + count;
}

/** N×3×32×32 bytes and N labels as a file. */
export function encodeCifar(images: Uint8Array, labels: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(labels.length * CIFAR_RECORD);
  for (let n = 0; n < labels.length; n++) {
    bytes[n * CIFAR_RECORD] = labels[n];
    bytes.set(images.subarray(n * PIXELS, (n + 1) * PIXELS), n * CIFAR_RECORD + 1);
  }
  return bytes;
}
