/** A central difference along one axis, smoothed along the other: what Sobel, Prewitt and Scharr have in common. */
import { ConvkitError } from "../../core/error.ts";
import { type Kernel, outerProduct } from "./kernel.ts";

/** "x" is the derivative along columns, which answers to vertical edges; "y" that along rows. */
export type Direction = "x" | "y";

export function derivative(
  where: string,
  smoothing: readonly number[],
  direction: Direction,
): Kernel {
  const difference = [-1, 0, 1];
  if (direction === "x") return outerProduct(smoothing, difference);
  if (direction === "y") return outerProduct(difference, smoothing);
  throw new ConvkitError(where, `direction is ${direction}, expected "x" or "y"`);
}
