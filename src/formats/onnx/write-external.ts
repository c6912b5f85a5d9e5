/**
 * Values that lie beside an ONNX file ("external data" of the format): protobuf allows no file of 2 GiB. Each tensor begins at
 * a whole page, so that runtimes can map the file into memory.
 */
import { sizeOf } from "../../core/shape.ts";
import type { Initializer } from "./exporters/emission.ts";
import { ARRAYS, type TensorProto } from "./proto.ts";

/** From how many bytes in all values go outside, unless asked. */
const MOST_INSIDE = 2 ** 30;

/** Smaller tensors, such as scalars, sizes and biases, stay in the model: readers look at them. */
const LEAST_OUTSIDE = 1024;

const PAGE = 4096;

export interface ExternalFile {
  /** Its name, in the model's folder. */
  readonly location: string;
  readonly byteLength: number;
  /** Its bytes in order; each tensor is read when its turn comes. */
  readonly pieces: () => Iterable<Uint8Array>;
}

interface Placed {
  readonly file: ExternalFile;
  /** What the model says of the tensors in the file. */
  readonly entries: ReadonlyMap<Initializer, TensorProto>;
}

const bytesOf = ({ type, dims }: Initializer): number =>
  sizeOf(dims) * ARRAYS[type].BYTES_PER_ELEMENT;

/** Places the large ones of the tensors; undefined when all stay in the model. */
export function externalFile(
  tensors: readonly Initializer[],
  location: string,
  isAsked = tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0) > MOST_INSIDE,
): Placed | undefined {
  const large = tensors.filter((tensor) => bytesOf(tensor) >= LEAST_OUTSIDE);
  if (!isAsked || large.length === 0) return undefined;
  const entries = new Map<Initializer, TensorProto>();
  let end = 0;
  for (const tensor of large) {
    const { name, type, dims } = tensor;
    const offset = Math.ceil(end / PAGE) * PAGE;
    const length = bytesOf(tensor);
    entries.set(tensor, { name, type, dims, external: { location, offset, length } });
    end = offset + length;
  }
  return { entries, file: { location, byteLength: end, pieces: () => piecesOf(entries) } };
}

function* piecesOf(entries: ReadonlyMap<Initializer, TensorProto>): Iterable<Uint8Array> {
  let end = 0;
  for (const [{ read }, { external }] of entries) {
    const offset = external?.offset ?? 0;
    if (offset > end) yield new Uint8Array(offset - end);
    const { buffer, byteOffset, byteLength } = read();
    yield new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    end = offset + byteLength;
  }
}
