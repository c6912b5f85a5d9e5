/** What layers of images refuse. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Throws unless x is N×C×H×W. */
export function checkImages(where: string, x: Tensor): void {
  if (x.rank !== 4) {
    throw new ConvkitError(where, `takes images N×C×H×W, got ${formatShape(x.shape)}`);
  }
}
