/**
 * Pooling to a size that is given instead of a kernel. Along an axis of size H, output i of O takes the window
 *
 *     ⌊i·H/O⌋ ≤ h < ⌈(i + 1)·H/O⌉
 *
 * so that windows may overlap and differ by one in length, as in PyTorch. Where O divides H they are those of plain
 * pooling.
 */
import { ConvkitError } from "../../core/error.ts";
import type { AnyOp } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkImages } from "../images.ts";
import { Module } from "../module.ts";

/** Rows and columns of the result, or one number for both; null keeps the input's size. */
export type AdaptiveSize = number | null | readonly [rows: number | null, columns: number | null];

/** N×C×H×W → N×C×H′×W′. */
export function adaptivePool(
  op: string | AnyOp,
  x: Tensor,
  [height, width]: readonly number[],
): Tensor {
  const [, , h, w] = x.shape;
  const pool = (t: Tensor, kernel: readonly number[]) => t.builder.apply(op, [t], { kernel });
  if (h % height === 0 && w % width === 0) {
    return height === h && width === w ? x : pool(x, [h / height, w / width]);
  }
  const along = (t: Tensor, axis: 2 | 3, out: number): Tensor => {
    const size = t.shape[axis];
    if (size === out) return t;
    const kernel = (length: number) => (axis === 2 ? [length, 1] : [1, length]);
    if (size % out === 0) return pool(t, kernel(size / out));
    const windows = Array.from({ length: out }, (_, i) => {
      const start = Math.floor((i * size) / out);
      const end = Math.ceil(((i + 1) * size) / out);
      return pool(t.slice(axis, start, end), kernel(end - start));
    });
    return t.builder.apply("concat", windows, { axis });
  };
  // Columns first: then the first of equal maxima is the first in row-major order, as without the split.
  return along(along(x, 3, width), 2, height);
}

export class AdaptivePool2d extends Module {
  readonly #kind: string;
  readonly op: string | AnyOp;
  readonly size: readonly [rows: number | null, columns: number | null];

  constructor(kind: string, op: string | AnyOp, size: AdaptiveSize) {
    super();
    this.#kind = kind;
    this.op = op;
    this.size = size !== null && typeof size === "object" ? size : [size, size];
    for (const out of this.size) checkSize(this.kind, out);
  }

  override get kind(): string {
    return this.#kind;
  }

  forward(x: Tensor): Tensor {
    checkImages(this.kind, x);
    const size = this.size.map((out, i) => out ?? x.shape[2 + i]);
    return adaptivePool(this.op, x, size);
  }
}

export function checkSize(where: string, out: number | null): void {
  if (out === null || (Number.isInteger(out) && out > 0)) return;
  throw new ConvkitError(
    where,
    `an output size is ${out}, expected a positive whole number, or null to keep the input's`,
  );
}
