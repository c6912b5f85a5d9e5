/**
 * The values of a TensorFlow.js layers model: `weightsManifest` lists groups of files and, in their order, the tensors in
 * the files' joined bytes, some of them quantised to 8 or 16 bits (value = scale · q + min).
 */
import { ConvkitError } from "../../core/error.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { decodeF16 } from "../half.ts";
import { isRecord } from "./topology.ts";

export interface Weight {
  readonly shape: Shape;
  /** Undefined where only the structure is read. */
  readonly data: Float32Array | undefined;
}

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Entry[];
}

interface Entry {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: string;
  readonly quantization: { readonly scale: number; readonly min: number } | undefined;
}

const WIDTH: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

/** `shard` gives the bytes of a file that the manifest names; without it, shapes alone are read. */
export async function readWeights(
  manifest: unknown,
  file: string,
  shard?: (path: string) => Uint8Array | Promise<Uint8Array>,
): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  for (const { paths, weights: entries } of parseManifest(manifest, file)) {
    const parts: Uint8Array[] = [];
    if (shard) for (const path of paths) parts.push(await shard(path));
    const needed = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const held = parts.reduce((sum, part) => sum + part.length, 0);
    if (shard && held !== needed) {
      const fault = held < needed ? "it is truncated" : "it has bytes to spare";
      fail(file, `${paths.join(", ")} holds ${held} bytes, its weights take ${needed}: ${fault}`);
    }
    const bytes = joined(parts, held);
    let at = 0;
    for (const entry of entries) {
      const end = at + bytesOf(entry);
      // A copy, since values need not be aligned to their width (Buffer.slice would be a view).
      const data = shard ? decode(entry, new Uint8Array(bytes.subarray(at, end))) : undefined;
      weights.set(entry.name, { shape: entry.shape, data });
      at = end;
    }
  }
  return weights;
}

function fail(file: string, fact: string): never {
  throw new ConvkitError("layers-model", `${file}: ${fact} — copy or convert the model again`);
}

const bytesOf = ({ shape, dtype }: Entry): number => sizeOf(shape) * WIDTH[dtype];

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function decode({ dtype, quantization }: Entry, bytes: Uint8Array): Float32Array {
  const buffer = bytes.buffer as ArrayBuffer;
  const raw =
    dtype === "float32"
      ? new Float32Array(buffer)
      : dtype === "int32"
        ? new Int32Array(buffer)
        : dtype === "float16"
          ? decodeF16(new Uint16Array(buffer))
          : dtype === "uint16"
            ? new Uint16Array(buffer)
            : bytes;
  if (!quantization) return raw instanceof Float32Array ? raw : Float32Array.from(raw);
  const { scale, min } = quantization;
  return Float32Array.from(raw, (q) => scale * q + min);
}

function parseManifest(manifest: unknown, file: string): Group[] {
  if (!Array.isArray(manifest)) return fail(file, "it has no weightsManifest");
  return manifest.map((group: unknown) => {
    const { paths, weights } = isRecord(group) ? group : {};
    const arePaths = Array.isArray(paths) && paths.every((path) => typeof path === "string");
    if (!arePaths || !Array.isArray(weights)) {
      return fail(file, "a group of its weightsManifest has no paths and weights");
    }
    return { paths, weights: weights.map((entry: unknown) => parseEntry(entry, file)) };
  });
}

function parseEntry(value: unknown, file: string): Entry {
  const { name, shape, dtype, quantization } = isRecord(value) ? value : {};
  if (typeof name !== "string") return fail(file, "a weight of its manifest has no name");
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape || !Number.isSafeInteger(sizeOf(shape) * 4)) {
    return fail(file, `weight ${name} has no proper shape`);
  }
  if (quantization === undefined) return { name, shape, ...typed(dtype, name, file), quantization };
  const { dtype: stored, scale = 1, min = 0 } = isRecord(quantization) ? quantization : {};
  if (stored === "float16") {
    return { name, shape, ...typed("float16", name, file), quantization: undefined };
  }
  if (typeof scale !== "number" || typeof min !== "number") {
    return fail(file, `weight ${name} is quantised without scale and min`);
  }
  return { name, shape, ...typed(stored, name, file), quantization: { scale, min } };
}

function typed(dtype: unknown, name: string, file: string): { dtype: string } {
  if (typeof dtype === "string" && Object.hasOwn(WIDTH, dtype)) return { dtype };
  return fail(
    file,
    `weight ${name} is of type ${dtype}, there are ${Object.keys(WIDTH).join(", ")}`,
  );
}
