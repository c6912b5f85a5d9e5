/**
 * A map cut into windows that do not overlap, and put together again: so that attention stays within each of them
 * (Liu et al. 2021, arXiv:2103.14030, section 3.2). Channels come last, as in Swin.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Pair, pair } from "../pair.ts";

/**
 * N×H×W×C → N×(windows)×(positions)×C, both in row-major order; an image keeps its windows, where PyTorch's code puts
 * the windows of all images into one axis. H and W must be multiples of the window's: pad first.
 */
export function windowPartition(x: Tensor, window: Pair): Tensor {
  const [h, w] = pair(window);
  if (x.rank !== 4 || x.shape[1] % h !== 0 || x.shape[2] % w !== 0) {
    throw new ConvkitError(
      "windowPartition",
      `takes maps N×H×W×C of whole windows of ${h}×${w}, got ${formatShape(x.shape)} — pad them first`,
    );
  }
  const [n, rows, columns, c] = x.shape;
  return x
    .reshape(n, rows / h, h, columns / w, w, c)
    .transpose(0, 1, 3, 2, 4, 5)
    .reshape(n, (rows / h) * (columns / w), h * w, c);
}

/** The map of `size` that `windowPartition` cut: N×(windows)×(positions)×C → N×H×W×C. */
export function windowReverse(x: Tensor, window: Pair, size: Pair): Tensor {
  const [h, w] = pair(window);
  const [rows, columns] = pair(size);
  const windows = (rows / h) * (columns / w);
  const fits = rows % h === 0 && columns % w === 0 && x.rank === 4;
  if (!fits || x.shape[1] !== windows || x.shape[2] !== h * w) {
    throw new ConvkitError(
      "windowReverse",
      `${formatShape(x.shape)} does not make maps of ${rows}×${columns} from windows of ${h}×${w} — ` +
        "needs N×(windows)×(positions)×C",
    );
  }
  const [n, , , c] = x.shape;
  return x
    .reshape(n, rows / h, columns / w, h, w, c)
    .transpose(0, 1, 3, 2, 4, 5)
    .reshape(n, rows, columns, c);
}
