/**
 * safetensors (Hugging Face): a little-endian 64-bit header length, a JSON header that gives each tensor's
 * dtype, shape and byte range, then the values. Every range is checked against the file before it is used.
 * Written bytes depend on the tensors and the metadata alone: keys stand in the order given, the header is
 * padded with spaces to a multiple of 8, and nothing else enters.
 */
import { ConvkitError } from "../core/error.ts";
import { formatShape, sizeOf } from "../core/shape.ts";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./half.ts";

const WIDTH = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;

export type SafeDType = keyof typeof WIDTH;
export type SafeData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface SafeTensor {
  /** As stored. F16 and BF16 values are held as f32, BOOL as bytes 0 and 1. */
  readonly dtype: SafeDType;
  readonly shape: readonly number[];
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

export function parseSafetensors(bytes: Uint8Array, file = "safetensors data"): SafeFile {
  const { header, start } = parseHeader(bytes, file);
  const { __metadata__: rawMetadata, ...rest } = header;
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
  const held = bytes.length - start;
  if (at !== held) {
    const fault = at > held ? "it is truncated" : "it has bytes to spare";
    fail(file, `header claims ${at} bytes of values, the file holds ${held}: ${fault} — ${AGAIN}`);
  }
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy, since ranges need not be aligned to the width of the values (Buffer.slice would be a view).
    const data = decode(dtype, new Uint8Array(bytes.subarray(start + begin, start + end)));
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata: checkMetadata(rawMetadata, file) };
}

export function encodeSafetensors(
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = new Set<string>(["__metadata__"]);
  const fields: string[] = [];
  const values: Uint8Array[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let at = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (names.has(name)) fail(`tensor ${name}`, "the name is taken — give each tensor its own");
    if (sizeOf(shape) !== data.length) {
      fail(`tensor ${name}`, `shape ${formatShape(shape)} does not fit ${data.length} values`);
    }
    names.add(name);
    const raw = encode(dtype, data);
    const range = `[${at},${at + raw.length}]`;
    // Written by hand: an object would move keys such as "0" to the front.
    const entry = `"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":${range}`;
    fields.push(`${JSON.stringify(name)}:{${entry}}`);
    values.push(raw);
    at += raw.length;
  }
  const header = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const out = new Uint8Array(start + at).fill(0x20, 8, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(header, 8);
  let to = start;
  for (const raw of values) {
    out.set(raw, to);
    to += raw.length;
  }
  return out;
}

/** The values as f32, whatever they are stored as. */
export function safeToFloat32(tensor: SafeTensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  return Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

function parseHeader(bytes: Uint8Array, file: string) {
  if (bytes.length < 8) fail(file, `${bytes.length} bytes hold no safetensors header — ${AGAIN}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = Number(view.getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > bytes.length) {
    fail(
      file,
      `claims a header of ${length} bytes, the file has ${bytes.length} — ` +
        "it is truncated or no safetensors file; copy it again or check which file it is",
    );
  }
  const start = 8 + length;
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    fail(file, `its header is not valid JSON — ${AGAIN}`, cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail(file, `its header is not a JSON object — ${AGAIN}`);
  }
  return { header: header as Record<string, unknown>, start };
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

function decode(dtype: SafeDType, raw: Uint8Array): SafeData {
  const buffer = raw.buffer as ArrayBuffer;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "F16":
      return decodeF16(new Uint16Array(buffer));
    case "BF16":
      return decodeBf16(new Uint16Array(buffer));
    case "I32":
      return new Int32Array(buffer);
    case "I64":
      return new BigInt64Array(buffer);
    default:
      return raw;
  }
}

function encode(dtype: SafeDType, data: SafeData): Uint8Array {
  const stored =
    dtype === "F16"
      ? encodeF16(data as Float32Array)
      : dtype === "BF16"
        ? encodeBf16(data as Float32Array)
        : data;
  if (stored.BYTES_PER_ELEMENT !== WIDTH[dtype]) {
    fail("data", `${data.constructor.name} cannot be written as ${dtype} — convert it first`);
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
