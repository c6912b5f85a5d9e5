/**
 * Host values into memory and results out of it. Inputs go in row-major (the program lays them out itself);
 * outputs come in the layout of their tensor and leave row-major, cut to the images that exist.
 */
import { sizeOf } from "../../core/shape.ts";
import { isRowMajor } from "../../plan/layout.ts";
import type { HostData, HostTensor } from "../backend.ts";
import type { Heap } from "./memory.ts";
import type { PlacedTensor } from "./program.ts";

export function writeTensor(heap: Heap, { address, type }: PlacedTensor, data: HostData): void {
  const view =
    type.dtype === "f32" ? heap.f32(address, data.length) : heap.i32(address, data.length);
  if (type.dtype === "bool") for (let i = 0; i < data.length; i++) view[i] = data[i] ? -1 : 0;
  else view.set(data);
}

export function readTensor(heap: Heap, place: PlacedTensor, images: number): HostTensor {
  const { address, layout, type } = place;
  const shape = type.batched ? [images, ...type.shape.slice(1)] : type.shape;
  const size = sizeOf(shape);
  const words =
    type.dtype === "f32" ? heap.f32(address, layout.size) : heap.i32(address, layout.size);
  const data = type.dtype === "f32" ? new Float32Array(size) : new Int32Array(size);
  if (isRowMajor(type.shape, layout)) data.set(words.subarray(0, size));
  else gather(shape, layout.lanes, layout.strides, words, data);
  if (type.dtype === "bool") for (let i = 0; i < size; i++) data[i] = data[i] ? 1 : 0;
  return { shape, dtype: type.dtype, data };
}

function gather(
  shape: readonly number[],
  lanes: boolean,
  strides: readonly number[],
  words: Float32Array | Int32Array,
  data: Float32Array | Int32Array,
): void {
  let to = 0;
  const walk = (axis: number, from: number): void => {
    if (axis === shape.length) {
      data[to++] = words[from];
      return;
    }
    for (let i = 0; i < shape[axis]; i++) {
      const step = axis === 0 && lanes ? (i >> 4) * strides[0] + (i & 15) : i * strides[axis];
      walk(axis + 1, from + step);
    }
  };
  walk(0, 0);
}
