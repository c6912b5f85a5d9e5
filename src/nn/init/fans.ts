/** How many values a unit is made of, and how many it goes into: PyTorch's, for a weight O×I×k… I·k… and O·k…. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";

export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw new ConvkitError(
      "init",
      `fans are defined for weights of rank 2 or more, got ${formatShape(shape)} — use uniform or constant`,
    );
  }
  const field = sizeOf(shape.slice(2));
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}
