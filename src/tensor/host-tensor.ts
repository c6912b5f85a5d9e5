/** Numbers with a shape on the host: what compiled functions take and give. */
import type { HostData, HostTensor } from "../backends/backend.ts";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

export type { HostData, HostTensor };

/** `tensor([1, 2, 3, 4], [2, 2])`; f32 arrays are taken as they are, without a copy. */
export function tensor(
  data: ArrayLike<number>,
  shape: Shape = [data.length],
  dtype: DType = data instanceof Int32Array ? "i32" : "f32",
): HostTensor {
  if (sizeOf(shape) !== data.length) {
    throw new ConvkitError(
      "tensor",
      `${data.length} values do not fill ${formatShape(shape)} — it takes ${sizeOf(shape)}`,
    );
  }
  return { shape, dtype, data: asHostData(data, dtype) };
}

function asHostData(data: ArrayLike<number>, dtype: DType): HostData {
  if (dtype === "f32") return data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype === "f64") return data instanceof Float64Array ? data : Float64Array.from(data);
  if (dtype === "i32" || dtype === "bool") {
    return data instanceof Int32Array ? data : Int32Array.from(data);
  }
  throw new ConvkitError("tensor", `${dtype} has no values on the host — use f32, i32 or bool`);
}
