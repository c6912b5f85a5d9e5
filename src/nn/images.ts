/** What layers of images and of sequences refuse. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Throws unless x is N×C×H×W, of as many channels as are asked for. */
export function checkImages(where: string, x: Tensor, channels?: number): void {
  if (x.rank === 4 && (channels === undefined || x.shape[1] === channels)) return;
  throw new ConvkitError(
    where,
    `takes images N×${channels ?? "C"}×H×W, got ${formatShape(x.shape)}`,
  );
}

/** Throws unless x is N×C×L. */
export function checkSequences(where: string, x: Tensor): void {
  if (x.rank === 3) return;
  throw new ConvkitError(where, `takes sequences N×C×L, got ${formatShape(x.shape)}`);
}
