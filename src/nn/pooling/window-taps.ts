/** The elements of all windows at once: place (i, j) of each is the image from (i, j) on, in steps of the stride. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import type { Pair } from "../pair.ts";
import { windowOptions } from "./pool2d.ts";

/** N×C×H×W → for each place of the kernel, row-major, N×C×H′×W′ with H′ = 1 + ⌊(H − k)/s⌋. */
export function windowTaps(
  where: string,
  x: Tensor,
  options: { readonly kernel: Pair; readonly stride?: Pair },
): Tensor[] {
  checkImages(where, x);
  const { kernel, stride } = windowOptions(options);
  const size = x.shape.slice(2);
  if (kernel.some((k, i) => k > size[i])) {
    throw new ConvkitError(
      where,
      `a window of ${formatShape(kernel)} does not fit into ${formatShape(size)}`,
    );
  }
  const reach = [0, 1].map((i) => Math.floor((size[i] - kernel[i]) / stride[i]) * stride[i] + 1);
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const [row, column] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
    return x
      .slice(2, row, row + reach[0], stride[0])
      .slice(3, column, column + reach[1], stride[1]);
  });
}
