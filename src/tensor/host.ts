/**
 * Values on the host: a shape and its numbers, row-major.
 */
import type { HostData, HostTensor } from "../backends/backend.ts";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/**
 * A tensor from numbers: `tensor([1, 2, 3, 4], [2, 2])`. Int32Arrays are i32 unless said otherwise, all else
 * f32. A typed array of the right kind is kept, not copied.
 */
export function tensor(data: ArrayLike<number> | number, shape?: Shape, dtype?: DType): HostTensor {
  const values: ArrayLike<number> = typeof data === "number" ? [data] : data;
  const size = shape ?? (typeof data === "number" ? [] : [values.length]);
  const type = dtype ?? (values instanceof Int32Array ? "i32" : "f32");
  if (sizeOf(size) !== values.length) {
    throw new ConvkitError(
      "tensor",
      `${values.length} values do not fill the shape ${formatShape(size)}`,
    );
  }
  return { shape: size, dtype: type, data: typed(values, type) };
}

function typed(values: ArrayLike<number>, dtype: DType): HostData {
  if (dtype === "i32" || dtype === "bool") {
    return values instanceof Int32Array ? values : Int32Array.from(values);
  }
  if (dtype === "f64") return values instanceof Float64Array ? values : Float64Array.from(values);
  if (dtype !== "f32") {
    throw new ConvkitError("tensor", `${dtype} is not computed with yet — use f32, i32 or bool`);
  }
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
