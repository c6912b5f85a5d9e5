/**
 * Reads safetensors (Hugging Face): a little-endian 64-bit header length, a JSON header that gives each tensor's dtype, shape and
 * byte range, then the values. Every range is checked against the file before it is used.
 */
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { ByteSource } from "../byte-source.ts";
import { decodeBf16, decodeF16 } from "../half.ts";
import {
  aligned,
  decodeValues,
  type StoredTensor,
  type StoredTensors,
  type StoredType,
} from "../stored-tensors.ts";
import { fail, type SafeData, type SafeDType, type SafeTensor, WIDTH } from "./safe-tensor.ts";

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
