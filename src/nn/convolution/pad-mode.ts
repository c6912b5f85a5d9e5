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

export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

/** What each mode can repeat of an axis: all of it but the edge, any number of times, all of it. */
const LIMIT: Readonly<Record<PaddingMode, (size: number) => number>> = {
  zeros: () => Number.POSITIVE_INFINITY,
  reflect: (size) => size - 1,
  replicate: () => Number.POSITIVE_INFINITY,
  circular: (size) => size,
};

export function checkPaddingMode(where: string, mode: string): void {
  if (Object.hasOwn(LIMIT, mode)) return;
  const known = Object.keys(LIMIT).map((name) => `"${name}"`);
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
  const most = LIMIT[mode](size);
  if (before > most || after > most) {
    throw new ConvkitError(
      where,
      `${mode} padding of ${before} and ${after} is more than the ${most} that ${size} elements ` +
        `give — x ${formatShape(x.shape)}`,
    );
  }
  const { builder } = x;
  const turned = (part: Tensor) => builder.apply("flip", [part], { axes: [axis] });
  const repeated = (part: Tensor, times: number) => {
    const shape = x.shape.map((dim, i) => (i === axis ? times : dim));
    return builder.apply("broadcastTo", [part], { shape, batched: x.batched });
  };
  const parts = {
    reflect: {
      before: () => turned(x.slice(axis, 1, 1 + before)),
      after: () => turned(x.slice(axis, size - 1 - after, size - 1)),
    },
    replicate: {
      before: () => repeated(x.slice(axis, 0, 1), before),
      after: () => repeated(x.slice(axis, size - 1), after),
    },
    circular: {
      before: () => x.slice(axis, size - before),
      after: () => x.slice(axis, 0, after),
    },
  }[mode];
  const all = [before > 0 ? [parts.before()] : [], [x], after > 0 ? [parts.after()] : []].flat();
  return all.length === 1 ? x : builder.apply("concat", all, { axis });
}
