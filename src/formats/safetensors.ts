/**
 * safetensors (Hugging Face): a little-endian 64-bit header length, a JSON header that gives each tensor's
 * dtype, shape and byte range, then the values. Every range is checked against the file before it is used.
 * Written bytes depend on the tensors and the metadata alone: keys stand in the order given, the header is
 * padded with spaces to a multiple of 8, and nothing else enters.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sizeOf } from "../core/shape.ts";
import type { ByteSource } from "./byte-source.ts";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./half.ts";
import {
  aligned,
  decodeValues,
  type StoredTensor,
  type StoredTensors,
  type StoredType,
} from "./stored-tensors.ts";

// biome-ignore format: a row each
const WIDTH = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;

export type SafeDType = keyof typeof WIDTH;
export type SafeData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Int16Array
  | Int8Array
  | Uint8Array;

export interface SafeTensor {
  /** As stored. F16 and BF16 values are held as f32, BOOL as bytes 0 and 1. */
  readonly dtype: SafeDType;
  readonly shape: readonly number[];
  /** After reading, a view of the file's bytes where these are aligned: not to be written to. */
  readonly data: SafeData;
}

export interface SafeFile {
  /** In the order of the values in the file. */
  readonly tensors: Map<string, SafeTensor>;
  readonly metadata: Record<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: SafeDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The limit of the original implementation. */
const HEADER_LIMIT = 100_000_000;
const AGAIN = "the file is damaged; copy or save it again";

function fail(file: string, message: string, cause?: unknown): never {
  throw new ConvkitError("safetensors", `${file}: ${message}`, { cause });
}

/** All tensors of a file that is in memory. */
export function parseSafetensors(bytes: Uint8Array, file = "safetensors data"): SafeFile {
  const start = headerEnd(bytes, bytes.length, file);
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), bytes.length - start, file);
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const data = decode(dtype, aligned(bytes.subarray(start + begin, start + end), WIDTH[dtype]));
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

/** A file whose values are read tensor by tensor, when they are asked for. */
export async function openSafetensors(source: ByteSource): Promise<StoredTensors> {
  const { name: file, size } = source;
  const start = headerEnd(await source.read(0, Math.min(8, size)), size, file);
  const { entries, metadata } = parseHeader(await source.read(8, start - 8), size - start, file);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const type = dtype.toLowerCase() as StoredType;
    const read = async () =>
      decodeValues(type, await source.read(start + begin, end - begin), `${file}: ${name}`);
    tensors.set(name, { type, shape, read });
  }
  return { file, format: "safetensors", tensors, metadata, notes: [] };
}

/** A tensor to be written, whose values are asked for when their turn comes. */
export interface SafeEntry {
  readonly name: string;
  readonly dtype: SafeDType;
  readonly shape: readonly number[];
  read(): SafeData | Promise<SafeData>;
}

/** The bytes of a file, one piece for the header and one a tensor. */
export async function* safetensorsPieces(
  entries: readonly SafeEntry[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(entries, metadata);
  for (const entry of entries) yield encode(entry, await entry.read());
}

export function encodeSafetensors(
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const given = Array.from(tensors, ([name, tensor]) => ({ name, ...tensor }));
  const pieces = [
    encodeHeader(given, metadata),
    ...given.map((tensor) => encode(tensor, tensor.data)),
  ];
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

type Described = Pick<SafeEntry, "name" | "dtype" | "shape">;

function encodeHeader(
  tensors: readonly Described[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const names = new Set<string>(["__metadata__"]);
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let at = 0;
  for (const { name, dtype, shape } of tensors) {
    if (names.has(name)) fail(`tensor ${name}`, "the name is taken — give each tensor its own");
    names.add(name);
    const end = at + sizeOf(shape) * WIDTH[dtype];
    // Written by hand: an object would move keys such as "0" to the front.
    const entry = `"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${at},${end}]`;
    fields.push(`${JSON.stringify(name)}:{${entry}}`);
    at = end;
  }
  const text = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(start).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(start - 8), true);
  header.set(text, 8);
  return header;
}

/** The values as f32, whatever they are stored as. */
export function safeToFloat32(tensor: SafeTensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  return Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Where the values begin, from the first eight bytes. */
function headerEnd(bytes: Uint8Array, size: number, file: string): number {
  if (bytes.length < 8) fail(file, `${bytes.length} bytes hold no safetensors header — ${AGAIN}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > size) {
    fail(
      file,
      `claims a header of ${length} bytes, the file has ${size} — ` +
        "it is truncated or no safetensors file; copy it again or check which file it is",
    );
  }
  return 8 + length;
}

/** The tensors in the order of their values, which fill the `held` bytes behind the header. */
function parseHeader(bytes: Uint8Array, held: number, file: string) {
  const { __metadata__: metadata, ...rest } = parseJson(bytes, file);
  const entries = Object.entries(rest).map(([name, value]) => checkEntry(name, value, file));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      const fault = begin < at ? "overlaps the tensor before it" : "leaves a gap before it";
      fail(file, `tensor ${name} at bytes ${begin}…${end} ${fault} (byte ${at}) — ${AGAIN}`);
    }
    at = end;
  }
  if (at !== held) {
    const fault = at > held ? "it is truncated" : "it has bytes to spare";
    fail(file, `header claims ${at} bytes of values, the file holds ${held}: ${fault} — ${AGAIN}`);
  }
  return { entries, metadata: checkMetadata(metadata, file) };
}

function parseJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    fail(file, `its header is not valid JSON — ${AGAIN}`, cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail(file, `its header is not a JSON object — ${AGAIN}`);
  }
  return header as Record<string, unknown>;
}

function checkEntry(name: string, value: unknown, file: string): Entry {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !isSizes(shape) || !isSizes(range) || range.length !== 2) {
    fail(file, `tensor ${name} has no proper dtype, shape and data_offsets — ${AGAIN}`);
  }
  if (!Object.hasOwn(WIDTH, dtype)) {
    const known = Object.keys(WIDTH).join(", ");
    fail(file, `tensor ${name} is of type ${dtype}, convkit reads ${known} — convert the file`);
  }
  const [begin, end] = range;
  const claimed = sizeOf(shape) * WIDTH[dtype as SafeDType];
  if (end - begin !== claimed) {
    const fact = `${dtype} ${formatShape(shape)} takes ${claimed} bytes`;
    fail(file, `tensor ${name}: ${fact}, its range ${begin}…${end} has ${end - begin} — ${AGAIN}`);
  }
  return { name, dtype: dtype as SafeDType, shape, begin, end };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function checkMetadata(value: unknown, file: string): Record<string, string> {
  if (value === undefined) return {};
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || Object.values(value).some((text) => typeof text !== "string")) {
    fail(file, `its __metadata__ is not a map of strings — ${AGAIN}`);
  }
  return value as Record<string, string>;
}

function decode(dtype: SafeDType, bytes: Uint8Array): SafeData {
  const at = [bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / WIDTH[dtype]] as const;
  switch (dtype) {
    case "F32":
      return new Float32Array(...at);
    case "F64":
      return new Float64Array(...at);
    case "F16":
      return decodeF16(new Uint16Array(...at));
    case "BF16":
      return decodeBf16(new Uint16Array(...at));
    case "I64":
      return new BigInt64Array(...at);
    case "I32":
      return new Int32Array(...at);
    case "I16":
      return new Int16Array(...at);
    case "I8":
      return new Int8Array(...at);
    default:
      return new Uint8Array(...at);
  }
}

function encode({ name, dtype, shape }: Described, data: SafeData): Uint8Array {
  if (sizeOf(shape) !== data.length) {
    fail(`tensor ${name}`, `shape ${formatShape(shape)} does not fit ${data.length} values`);
  }
  const stored =
    dtype === "F16"
      ? encodeF16(data as Float32Array)
      : dtype === "BF16"
        ? encodeBf16(data as Float32Array)
        : data;
  if (stored.BYTES_PER_ELEMENT !== WIDTH[dtype]) {
    fail(
      `tensor ${name}`,
      `${data.constructor.name} cannot be written as ${dtype} — convert it first`,
    );
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
