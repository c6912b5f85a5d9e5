/**
 * What surrounds an image where a window hangs over its edge. Of the row a b c d, two elements to each side are
 *
 *   zeros      0 0 | a b c d | 0 0        (or another constant)
 *   reflect    c b | a b c d | c b
 *   replicate  a a | a b c d | d d
 *   circular   c d | a b c d | a b
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";

const MODES = ["zeros", "reflect", "replicate", "circular"] as const;
export type PaddingMode = (typeof MODES)[number];

export function checkPaddingMode(where: string, mode: string): void {
  if (MODES.some((known) => known === mode)) return;
  const known = MODES.map((name) => `"${name}"`);
  throw new ConvkitError(where, `padding mode "${mode}" is unknown — use ${known.join(", ")}`);
}

/** Surrounds images N×C×H×W; `sides` are top, bottom, left and right, as in convolutions. */
export function padImages(
  where: string,
  x: Tensor,
  [top, bottom, left, right]: readonly number[],
  mode: PaddingMode,
  value = 0,
): Tensor {
  if (mode !== "zeros") {
    return padAxis(where, padAxis(where, x, 2, top, bottom, mode), 3, left, right, mode);
  }
  if (top + bottom + left + right === 0) return x;
  const [before, after] = [
    [0, 0, top, left],
    [0, 0, bottom, right],
  ];
  return x.builder.apply("pad", [x], { before, after, value });
}

function padAxis(
  where: string,
  x: Tensor,
  axis: number,
  before: number,
  after: number,
  mode: Exclude<PaddingMode, "zeros">,
): Tensor {
  const size = x.shape[axis];
  // Reflection leaves out the edge, and neither it nor a circle goes round twice.
  const most = { reflect: size - 1, replicate: Number.POSITIVE_INFINITY, circular: size }[mode];
  if (before > most || after > most) {
    throw new ConvkitError(
      where,
      `${mode} padding of ${before} and ${after} is more than the ${most} that ${size} elements ` +
        `give — x ${formatShape(x.shape)}`,
    );
  }
  const { builder } = x;
  /** `count` elements for one side; none for none. */
  const side = (count: number, isEnd: boolean): Tensor[] => {
    if (count === 0) return [];
    if (mode === "circular") return [isEnd ? x.slice(axis, 0, count) : x.slice(axis, size - count)];
    if (mode === "replicate") {
      const shape = x.shape.map((dim, i) => (i === axis ? count : dim));
      const edge = isEnd ? x.slice(axis, size - 1) : x.slice(axis, 0, 1);
      return [builder.apply("broadcastTo", [edge], { shape, batched: x.batched })];
    }
    const start = isEnd ? size - 1 - count : 1;
    return [builder.apply("flip", [x.slice(axis, start, start + count)], { axes: [axis] })];
  };
  const parts = [...side(before, false), x, ...side(after, true)];
  return parts.length === 1 ? x : builder.apply("concat", parts, { axis });
}
