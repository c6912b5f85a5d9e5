/** The values of a tensor from its storage: any strides, so transposed, sliced and repeated views come out row-major. */
import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import type { ByteSource } from "../byte-source.ts";
import { decodeValues, storedBytes } from "../stored-tensors.ts";
import type { PyTensor } from "./pickle-values.ts";

export async function readTensor(
  { storage, offset, shape, strides }: PyTensor,
  source: ByteSource,
  name: string,
): Promise<Float32Array | Int32Array> {
  const count = sizeOf(shape);
  const width = storedBytes[storage.type];
  const from = storage.offset + offset;
  const reach = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 1);
  const span = count === 0 ? 0 : reach;
  if ((from + span) * width > source.size) {
    throw new ConvkitError(
      "pytorch",
      `${source.name} has ${source.size} bytes, ${name} ends at ${(from + span) * width} — ` +
        "the file is truncated; copy it again",
    );
  }
  const values = decodeValues(storage.type, await source.read(from * width, span * width), name);
  return isRowMajor(shape, strides) ? values : gather(values, shape, strides, count);
}

/** Strides of axes of one element say nothing. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

function gather(
  values: Float32Array | Int32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array | Int32Array {
  const out = values instanceof Float32Array ? new Float32Array(count) : new Int32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    out[to] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
