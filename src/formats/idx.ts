/**
 * IDX, the format of MNIST and its kin (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"): two zero
 * bytes, a type code, the number of axes, one big-endian 32-bit size per axis, then the values. Images are
 * unsigned bytes, N×H×W or, with channels, N×C×H×W or N×H×W×C; labels are unsigned bytes, N.
 * A header is believed only as far as the file's own length bears it out, before anything is allocated.
 */
import { ConvkitError } from "../core/error.ts";
import { permuteAxes } from "../core/permute-axes.ts";
import { formatShape } from "../core/shape.ts";

export interface IdxArray {
  readonly shape: readonly number[];
  /** A view into the parsed bytes, outermost axis first. */
  readonly data: Uint8Array;
}

export interface IdxImages {
  readonly count: number;
  /** [C, H, W]. */
  readonly shape: readonly [number, number, number];
  /** N×C×H×W bytes. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const TYPE_NAMES: Readonly<Record<number, string>> = {
  9: "signed bytes",
  11: "16-bit integers",
  12: "32-bit integers",
  13: "32-bit floats",
  14: "64-bit floats",
};

function fail(file: string, message: string): never {
  throw new ConvkitError("idx", `${file}: ${message}`);
}

/** The bytes and their shape; throws for other types than unsigned bytes, and where the sizes do not fit the file. */
export function parseIdx(bytes: Uint8Array, file = "IDX data"): IdxArray {
  if (bytes.length === 0) fail(file, "the file is empty — copy or download it again");
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    const head = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    fail(file, `starts with ${head}, an IDX file starts with 00 00 08 — check which file this is`);
  }
  const [, , type, rank] = bytes;
  if (type !== UNSIGNED_BYTE) {
    const found = TYPE_NAMES[type] ?? `unknown type 0x${type.toString(16)}`;
    fail(
      file,
      `holds ${found}, convkit reads unsigned bytes (0x08) — convert it or check the file`,
    );
  }
  const start = 4 + 4 * rank;
  if (rank === 0) fail(file, "its header names no axis — check which file this is");
  if (bytes.length < start)
    fail(file, `ends inside its header of ${start} bytes — download it again`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Sizes multiply to at most 2^32 each; the product is compared as a double, exact where it can agree.
  const claimed = shape.reduce((product, size) => product * size, 1);
  const held = bytes.length - start;
  if (claimed !== held) {
    const fact = `header claims ${formatShape(shape)} = ${claimed} bytes, the file holds ${held}`;
    const why = held < claimed ? "it is truncated or its header is wrong" : "it has bytes to spare";
    fail(file, `${fact} — ${why}; download it again`);
  }
  return { shape, data: bytes.subarray(start) };
}

/** Images as N×C×H×W; a fourth axis of 1 or 3 is the channels, wherever it stands. */
export function parseIdxImages(bytes: Uint8Array, file = "IDX images"): IdxImages {
  const { shape, data } = parseIdx(bytes, file);
  if (shape.length === 1) {
    fail(file, "holds labels (magic 0x00000801), images were expected — are two files swapped?");
  }
  const [count, a, b, c] = shape;
  if (shape.some((size) => size === 0)) {
    fail(file, `holds no pixel (${formatShape(shape)}) — check which file this is`);
  }
  if (shape.length === 3) return { count, shape: [1, a, b], data };
  if (shape.length === 4 && (a === 1 || a === 3)) return { count, shape: [a, b, c], data };
  if (shape.length === 4 && (c === 1 || c === 3)) {
    const turned = permuteAxes(data, shape, [0, 3, 1, 2], new Uint8Array(data.length));
    return { count, shape: [c, a, b], data: turned.data };
  }
  const wanted = "N×H×W, N×C×H×W or N×H×W×C with 1 or 3 channels";
  return fail(file, `holds ${formatShape(shape)}, images are ${wanted} — check which file this is`);
}

/** Labels in 0 … classes − 1; without `classes`, any byte. */
export function parseIdxLabels(bytes: Uint8Array, file = "IDX labels", classes = 256): Int32Array {
  const { shape, data } = parseIdx(bytes, file);
  if (shape.length !== 1) {
    fail(file, `holds ${formatShape(shape)} images, labels were expected — are two files swapped?`);
  }
  const bad = data.findIndex((label) => label >= classes);
  if (bad >= 0) {
    const range = `labels are 0 … ${classes - 1}`;
    fail(file, `label ${data[bad]} of item ${bad} is out of range, ${range} — check the file`);
  }
  return Int32Array.from(data);
}

/** Unsigned bytes of any shape as a file. */
export function encodeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length);
  bytes[2] = UNSIGNED_BYTE;
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(data, start);
  parseIdx(bytes, "data to encode");
  return bytes;
}
