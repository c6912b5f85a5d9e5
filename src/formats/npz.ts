/** NumPy's .npz: a zip archive with one .npy a name, as np.savez and np.savez_compressed write them. */
import { ConvkitError } from "../core/error.ts";
import type { ByteSource } from "./byte-source.ts";
import { encodeNpy, type NpyArray, parseNpy, parseNpyHeader } from "./npy.ts";
import {
  decodeValues,
  type StoredTensor,
  type StoredTensors,
  type StoredType,
} from "./stored-tensors.ts";
import { openZip, type ZipEntry } from "./zip/open-zip.ts";
import { zipPieces } from "./zip/zip-pieces.ts";

/** NumPy's types of numbers that weights have. */
const types: Readonly<Record<string, StoredType>> = {
  ...{ f2: "f16", f4: "f32", f8: "f64" },
  ...{ i1: "i8", i2: "i16", i4: "i32", i8: "i64", u1: "u8", b1: "bool" },
};

/** Headers of arrays of plain numbers have 118 bytes, with many axes some more. */
const HEADER_REACH = 2 ** 12;

/** The arrays of a file by their names; each is unpacked when it is read. What is no array is left out, and `notes` says so. */
export async function openNpz(source: ByteSource): Promise<StoredTensors> {
  const { name: file } = source;
  const tensors = new Map<string, StoredTensor>();
  const notes: string[] = [];
  for (const entry of (await openZip(source)).values()) {
    if (!entry.name.endsWith(".npy")) notes.push(`${file}: left out ${entry.name}`);
    else tensors.set(entry.name.slice(0, -".npy".length), await openEntry(entry, file));
  }
  return { file, format: "npz", tensors, metadata: {}, notes };
}

async function openEntry(entry: ZipEntry, file: string): Promise<StoredTensor> {
  const name = `${file}: ${entry.name}`;
  const { code, shape } = parseNpyHeader(await entry.read(HEADER_REACH), name);
  const type = types[code];
  if (!type) {
    throw new ConvkitError("npz", `${name} is of type ${code}, no type of weights — leave it out`);
  }
  const read = async () => {
    const { data } = parseNpy(await entry.read(), name);
    if (data instanceof Float32Array) return data;
    return decodeValues(type, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), name);
  };
  return { type, shape, read };
}

/** Arrays of any numbers as they are, unpacked when they are read: bytes stay bytes. */
export interface StoredArray {
  readonly shape: readonly number[];
  read(): Promise<NpyArray>;
}

/** The arrays of a file by their names, for data rather than weights. */
export async function openArrays(source: ByteSource): Promise<Map<string, StoredArray>> {
  const arrays = new Map<string, StoredArray>();
  for (const entry of (await openZip(source)).values()) {
    if (!entry.name.endsWith(".npy")) continue;
    const name = `${source.name}: ${entry.name}`;
    const { shape } = parseNpyHeader(await entry.read(HEADER_REACH), name);
    const read = async () => parseNpy(await entry.read(), name);
    arrays.set(entry.name.slice(0, -".npy".length), { shape, read });
  }
  return arrays;
}

export interface NpzEntry {
  readonly name: string;
  read(): NpyArray | Promise<NpyArray>;
}

/** The bytes of a file that np.load reads, an array at a time. */
export const npzPieces = (entries: readonly NpzEntry[]): AsyncGenerator<Uint8Array> =>
  zipPieces(
    entries.map(({ name, read }) => ({
      name: `${name}.npy`,
      read: async () => encodeNpy(await read()),
    })),
  );
