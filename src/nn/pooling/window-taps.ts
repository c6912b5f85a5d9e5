/** The elements of all windows at once: place (i, j) of each is the image from (i, j) on, in steps of the stride. */
import type { Tensor } from "../../graph/tensor.ts";
import { normalizeWindow } from "../../ops/pooling.ts";
import { windowAxes } from "../../ops/window.ts";
import { checkImages } from "../images.ts";
import type { Pair } from "../pair.ts";

/** N×C×H×W → for each place of the kernel, row-major, N×C×H′×W′ with H′ = 1 + ⌊(H − k)/s⌋. */
export function windowTaps(
  where: string,
  x: Tensor,
  { kernel, stride }: { readonly kernel: Pair; readonly stride?: Pair },
): Tensor[] {
  checkImages(where, x);
  const window = normalizeWindow(where, { kernel, stride });
  const axes = windowAxes(where, x.shape.slice(2), window);
  const [down, right] = axes.map((axis) => (axis.output - 1) * axis.stride + 1);
  const [rows, columns] = window.kernel;
  return Array.from({ length: rows * columns }, (_, tap) => {
    const [row, column] = [Math.floor(tap / columns), tap % columns];
    return x
      .slice(2, row, row + down, window.stride[0])
      .slice(3, column, column + right, window.stride[1]);
  });
}
