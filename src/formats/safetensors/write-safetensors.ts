/**
 * Writes safetensors. The bytes depend on the tensors and the metadata alone: keys stand in the order given, the header is padded
 * with spaces to a multiple of 8, and nothing else enters.
 */
import { formatShape, sizeOf } from "../../core/shape.ts";
import { encodeBf16, encodeF16 } from "../half.ts";
import { fail, type SafeData, type SafeDType, type SafeTensor, WIDTH } from "./safe-tensor.ts";

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

/** The bytes of a file. Throws where a name comes twice, or values do not fit their shape or type. */
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
