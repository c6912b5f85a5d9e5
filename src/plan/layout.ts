/**
 * Where an element of a tensor lies. Two families:
 *
 * - lanes: the batch innermost, `[N/16][H][W][C][16]`: a SIMD lane is an image, every other index is the
 *   same for all lanes. Used for batched tensors when the capacity is worth it.
 * - plain: row-major, except that four axes are stored channels last (N,H,W,C), so that the channels of a
 *   position and the inputs of a kernel tap are contiguous: `[O][kH][kW][I]` for weights.
 */
import { type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import type { TensorType } from "../graph/node.ts";

/** Images in a block: four 128-bit vectors, or two 256-bit ones after V8's revectorizer. */
export const LANES = 16;
/** From this capacity on the batch goes to the lanes; below it most lanes would be empty. */
export const MIN_LANES_BATCH = 8;

export interface Layout {
  readonly lanes: boolean;
  /** Logical axes from outermost to innermost; without axis 0 when it is in the lanes. */
  readonly order: readonly number[];
  /** Elements from one index to the next, by logical axis; for axis 0 in lanes: from block to block. */
  readonly strides: readonly number[];
  /** Elements to store, padding lanes included. */
  readonly size: number;
}

export function layoutOf(type: TensorType): Layout {
  const { shape } = type;
  const lanes = type.batched && shape[0] >= MIN_LANES_BATCH;
  const axes = shape.length === 4 ? [0, 2, 3, 1] : shape.map((_, i) => i);
  const order = lanes ? axes.filter((axis) => axis !== 0) : axes;
  const strides = new Array<number>(shape.length).fill(0);
  let step = lanes ? LANES : 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = step;
    step *= shape[axis];
  }
  if (lanes) {
    strides[0] = step;
    step *= Math.ceil(shape[0] / LANES);
  }
  return { lanes, order, strides, size: step };
}

export const blocksOf = (capacity: number): number => Math.ceil(capacity / LANES);

/** True when the layout is the row-major order of the host. */
export function isRowMajor(shape: Shape, layout: Layout): boolean {
  if (layout.lanes) return sizeOf(shape) === shape[0];
  const natural = stridesOf(shape);
  return shape.every((dim, axis) => dim === 1 || layout.strides[axis] === natural[axis]);
}

/** Copies row-major host values into a layout, or back; used for states, which are never in lanes. */
export function permute(
  shape: Shape,
  layout: Layout,
  source: ArrayLike<number>,
  target: Float32Array | Int32Array,
  toLayout: boolean,
): void {
  if (isRowMajor(shape, layout)) {
    target.set(source);
    return;
  }
  // Rows of channels become rows of pixels, filter by filter, or the other way round.
  const [filters, channels, height, width] = shape;
  const pixels = height * width;
  const [rows, columns] = toLayout ? [pixels, channels] : [channels, pixels];
  for (let at = 0, filter = 0; filter < filters; filter++) {
    const start = at;
    for (let row = 0; row < rows; row++) {
      const end = start + row + rows * columns;
      for (let from = start + row; from < end; from += rows) target[at++] = source[from];
    }
  }
}
