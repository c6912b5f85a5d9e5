/** Axes as ONNX writes them: negative ones count from the end, lists come as attribute or, later, as input. */
import type { Call } from "../call.ts";

export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The axes that an operator is told, as an attribute or as input `input`; undefined where it is told none. */
export function axesOf(call: Call, input: number, rank: number): number[] | undefined {
  const axes = call.list("axes") ?? call.numbers(input);
  return axes?.map((axis) => axisOf(axis, rank));
}
