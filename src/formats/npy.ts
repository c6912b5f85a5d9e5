/**
 * NumPy's .npy, versions 1 to 3 (numpy.lib.format): `\x93NUMPY`, a version, the length of a header that is
 * a Python dictionary literal, then the values. Read in any byte order and either axis order; written as
 * version 1 in C order and little-endian, byte for byte as np.save writes it.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sizeOf, stridesOf } from "../core/shape.ts";
import { decodeF16 } from "./half.ts";

const TYPES = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
} as const;

export type NpyType = keyof typeof TYPES;
export type NpyData = InstanceType<(typeof TYPES)[NpyType]>;

export interface NpyArray {
  /** NumPy's letter and bytes: `f4` is float32, `b1` is bool. f2 is widened to f4 when read. */
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** C order. */
  readonly data: NpyData;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
const REMEDY = 'save it with np.save("x.npy", x.astype("float32"))';

function fail(file: string, message: string): never {
  throw new ConvkitError("npy", `${file}: ${message}`);
}

/** The array of a file. Throws for types that are no numbers, and where the shape does not fit the file. */
export function parseNpy(bytes: Uint8Array, file = "npy data"): NpyArray {
  const { descr, code, fortran, shape, start } = parseNpyHeader(bytes, file);
  const width = Number(code[1]);
  const held = bytes.length - start;
  const claimed = sizeOf(shape) * width;
  if (claimed !== held) {
    const fact = `header claims ${formatShape(shape)} of ${descr} = ${claimed} bytes`;
    fail(file, `${fact}, the file holds ${held} — it is truncated or damaged; save it again`);
  }
  // A copy of its own: a slice of a Node Buffer would share its memory.
  const raw = new Uint8Array(bytes.subarray(start));
  if (descr[0] === ">") swapBytes(raw, width);
  const half = code === "f2";
  const type = (half ? "f4" : code) as NpyType;
  const read = (
    half ? decodeF16(new Uint16Array(raw.buffer)) : new TYPES[type](raw.buffer)
  ) as NpyData;
  const data = fortran && shape.length > 1 ? fromFortran(read, shape) : read;
  return { type, shape, data };
}

/** An array as a file. */
export function encodeNpy(array: NpyArray): Uint8Array {
  const { type, shape, data } = array;
  if (sizeOf(shape) !== data.length) {
    fail(
      "array",
      `shape ${formatShape(shape)} does not fit ${data.length} values — pass both alike`,
    );
  }
  const order = type[1] === "1" ? "|" : "<";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy pads so that the values start at a multiple of 64, the last byte being a line feed.
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + data.byteLength);
  out.set([...MAGIC, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

/** The values as f32, whatever they are stored as. */
export function npyToFloat32(array: NpyArray): Float32Array {
  if (array.data instanceof Float32Array) return array.data;
  return Float32Array.from(array.data as ArrayLike<number | bigint>, Number);
}

/** What a file says of its values, from its first bytes; `code` is NumPy's letter and the bytes of a number. */
export function parseNpyHeader(bytes: Uint8Array, file: string) {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const found = bytes.length === 0 ? "the file is empty" : "it does not start with \\x93NUMPY";
    fail(file, `${found}, so it is no .npy file — ${REMEDY}`);
  }
  const version = bytes[6];
  if (version < 1 || version > 3) {
    fail(file, `is .npy version ${version}, versions 1 to 3 exist — ${REMEDY}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = version > 1;
  if (wide && bytes.length < 12) fail(file, `ends inside its header — ${REMEDY}`);
  const start = wide ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
  if (start > bytes.length) {
    fail(file, `header claims to end at byte ${start}, the file has ${bytes.length} — ${REMEDY}`);
  }
  const text = new TextDecoder().decode(bytes.subarray(wide ? 12 : 10, start));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined) {
    throw new ConvkitError(
      "npy",
      `${file}: its header names no plain descr, fortran_order and shape — ${REMEDY}`,
    );
  }
  const sizes = tuple.split(",").map((size) => size.trim().replace("L", ""));
  const shape = sizes.filter((size) => size !== "").map(Number);
  const [, letters] = /^[<>|=]?([fiub][1248])$/.exec(descr) ?? [];
  if (letters !== "f2" && !(letters in TYPES)) {
    fail(file, `holds values of type ${descr}, which convkit does not read — ${REMEDY}`);
  }
  const code = letters as NpyType | "f2";
  return { descr, code, fortran: order === "True", shape, start };
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

/** First axis fastest → last axis fastest. */
function fromFortran(from: NpyData, shape: readonly number[]): NpyData {
  const to = from.slice();
  const strides = stridesOf([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return to;
}
