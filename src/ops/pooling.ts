/** What the pooling ops share: attributes, shape rules and samples. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Lower } from "../graph/lower.ts";
import type { TensorType } from "../graph/node.ts";
import type { Sample, SampleInput } from "../graph/op.ts";
import { formatType } from "./broadcast.ts";
import { checkDomain } from "./pointwise.ts";
import {
  type GivenPadding,
  type GivenPair,
  type Pair,
  type Sides,
  tapOf,
  toPadding,
  toPair,
  type Window,
  type WindowAxis,
  windowAxes,
} from "./window.ts";

export type MaxPoolAttrs = Window & { readonly ceilMode: boolean };
export type AvgPoolAttrs = {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  readonly ceilMode: boolean;
  /** Whether the padding counts in the mean; PyTorch's default is that it does. */
  readonly countIncludePad: boolean;
};

export type MaxPoolGiven = {
  readonly kernel?: GivenPair;
  /** The kernel's size, if left out. */
  readonly stride?: GivenPair;
  readonly padding?: GivenPadding;
  readonly dilation?: GivenPair;
  readonly ceilMode?: boolean;
};
export type AvgPoolGiven = Omit<MaxPoolGiven, "dilation"> & { readonly countIncludePad?: boolean };

export function normalizeWindow(where: string, given: MaxPoolGiven): Window {
  if (given.kernel === undefined) throw new ConvkitError(where, "needs a kernel: { kernel: 2 }");
  const kernel = toPair(where, "kernel", given.kernel);
  const dilation = toPair(where, "dilation", given.dilation ?? 1);
  const padding = toPadding(where, given.padding ?? 0, kernel, dilation);
  const reach = [0, 1].map((axis) => dilation[axis] * (kernel[axis] - 1) + 1);
  if (padding.some((size, side) => size >= reach[side >> 1])) {
    throw new ConvkitError(
      where,
      `padding ${padding} must be smaller than the window ${formatShape(reach)}, which else holds no element`,
    );
  }
  const stride = toPair(where, "stride", given.stride ?? kernel);
  return { kernel, stride, padding, dilation };
}

export const normalizeMaxPool = (where: string, given: MaxPoolGiven): MaxPoolAttrs => ({
  ...normalizeWindow(where, given),
  ceilMode: given.ceilMode ?? false,
});

type PoolAttrs = Omit<MaxPoolAttrs, "dilation"> & { readonly dilation?: Pair };

/** The axes of the window over an image of H×W. */
export const poolAxes = (
  where: string,
  size: Shape,
  { kernel, stride, padding, dilation = [1, 1], ceilMode }: PoolAttrs,
): readonly [WindowAxis, WindowAxis] =>
  windowAxes(where, size, { kernel, stride, padding, dilation }, ceilMode);

/** The type of the pooled image. */
export function pooledType(where: string, x: TensorType, attrs: PoolAttrs): TensorType {
  if (x.shape.length !== 4) {
    throw new ConvkitError(
      where,
      `takes images N×C×H×W, got ${formatType(x)} — add axes with reshape`,
    );
  }
  checkDomain(where, "float", [x]);
  const [vertical, horizontal] = poolAxes(where, x.shape.slice(2), attrs);
  return { ...plain(x), shape: [x.shape[0], x.shape[1], vertical.output, horizontal.output] };
}

/** The type of the image of H×W that was pooled to `pooled`. */
export function unpooledType(
  where: string,
  pooled: TensorType,
  inputSize: Pair,
  attrs: PoolAttrs,
): TensorType {
  const x = { ...plain(pooled), shape: [...pooled.shape.slice(0, 2), ...inputSize] };
  const expected = pooledType(where, x, attrs);
  if (!sameShape(expected.shape, pooled.shape)) {
    throw new ConvkitError(
      where,
      `pooling ${formatShape(inputSize)} gives ${formatType(expected)}, got ${formatType(pooled)}`,
    );
  }
  return x;
}

/** The positions that `maxPool2dIndices` gave for these images. */
export function checkIndices(where: string, indices: TensorType, pooled: TensorType): void {
  const same = sameShape(indices.shape, pooled.shape) && indices.batched === pooled.batched;
  if (same && indices.dtype === "i32") return;
  throw new ConvkitError(
    where,
    `indices must be i32 ${formatType(pooled)}, got ${indices.dtype} ${formatType(indices)}`,
  );
}

const plain = ({ shape, dtype, batched }: TensorType): TensorType => ({ shape, dtype, batched });

interface PoolCase<A> {
  readonly name: string;
  readonly x: Shape;
  readonly y: Shape;
  readonly attrs: A;
  readonly batched?: boolean;
}

// biome-ignore format: one case a line
const shared: readonly PoolCase<Omit<MaxPoolGiven, "dilation">>[] = [
  { name: "2×2", x: [2, 3, 4, 6], y: [2, 3, 2, 3], attrs: { kernel: 2 } },
  { name: "2×2, odd image", x: [1, 2, 5, 7], y: [1, 2, 2, 3], attrs: { kernel: 2 } },
  { name: "3×3, stride 2", x: [1, 2, 7, 7], y: [1, 2, 3, 3], attrs: { kernel: 3, stride: 2 } },
  { name: "3×3, stride 1, padding 1", x: [1, 1, 4, 5], y: [1, 1, 4, 5], attrs: { kernel: 3, stride: 1, padding: 1 } },
  { name: "stride over the kernel", x: [1, 2, 7, 8], y: [1, 2, 3, 2], attrs: { kernel: [1, 2], stride: [3, 5] } },
  { name: "two strides, four paddings", x: [1, 2, 6, 7], y: [1, 2, 4, 3], attrs: { kernel: [3, 2], stride: [2, 3], padding: [2, 1, 0, 1] } },
  { name: "the whole image", x: [2, 5, 3, 4], y: [2, 5, 1, 1], attrs: { kernel: [3, 4] } },
  { name: "ceil mode", x: [1, 2, 6, 8], y: [1, 2, 3, 4], attrs: { kernel: 3, stride: 2, ceilMode: true } },
  { name: "ceil mode, padding 1", x: [1, 2, 5, 6], y: [1, 2, 3, 4], attrs: { kernel: 3, stride: 2, padding: 1, ceilMode: true } },
  { name: "ceil mode, windows apart", x: [1, 1, 5, 4], y: [1, 1, 3, 2], attrs: { kernel: 2, stride: [2, 3], ceilMode: true } },
  { name: "batch 2×2", x: [5, 3, 6, 4], y: [5, 3, 3, 2], attrs: { kernel: 2 }, batched: true },
  { name: "batch of 17, 3×3, stride 2, padding 1", x: [17, 2, 5, 4], y: [17, 2, 3, 2], attrs: { kernel: 3, stride: 2, padding: 1 }, batched: true },
  { name: "batch 5×5", x: [5, 1, 7, 7], y: [5, 1, 3, 3], attrs: { kernel: 5, stride: 1 }, batched: true },
];

// biome-ignore format: one case a line
const dilated: readonly PoolCase<MaxPoolGiven>[] = [
  { name: "dilation 2", x: [1, 2, 7, 6], y: [1, 2, 3, 2], attrs: { kernel: 3, stride: 1, dilation: 2, padding: [0, 0, 0, 0] } },
  { name: "dilation, padding and stride", x: [1, 1, 8, 9], y: [1, 1, 4, 3], attrs: { kernel: [2, 3], stride: [2, 3], dilation: [3, 2], padding: [1, 1, 1, 1] } },
];

// biome-ignore format: one case a line
const unpadded: readonly PoolCase<AvgPoolGiven>[] = [
  { name: "padding not counted", x: [1, 2, 5, 4], y: [1, 2, 3, 2], attrs: { kernel: 3, stride: 2, padding: 1, countIncludePad: false } },
  { name: "padding not counted, ceil mode", x: [1, 1, 6, 7], y: [1, 1, 4, 4], attrs: { kernel: 3, stride: 2, padding: 1, countIncludePad: false, ceilMode: true } },
  { name: "batch, four paddings not counted", x: [5, 2, 4, 5], y: [5, 2, 3, 3], attrs: { kernel: 2, stride: 2, padding: [1, 1, 0, 1], countIncludePad: false }, batched: true },
];

/** One place in the window for each pooled element. */
export const placesLike = (y: Shape, { kernel = 1 }: MaxPoolGiven): SampleInput => {
  const [height, width] = toPair("places", "kernel", kernel);
  return { shape: y, dtype: "i32", low: 0, high: height * width - 1 };
};

type Cases<A> = (c: PoolCase<A>) => Pick<Sample, "inputs" | "attrs">;

/** The cases as samples of one of the ops of maximum pooling, and more samples. */
export const maxPoolSamples = (sample: Cases<MaxPoolGiven>, more: readonly Sample[] = []) => [
  ...[...shared, ...dilated].map((c) => named(c, sample(c))),
  ...more,
];

/** The cases as samples of one of the ops of average pooling. */
export const avgPoolSamples = (sample: Cases<AvgPoolGiven>) =>
  [...shared, ...unpadded].map((c) => named(c, sample(c)));

const named = (
  { name, batched = false }: PoolCase<unknown>,
  sample: Pick<Sample, "inputs" | "attrs">,
): Sample => ({ name, batched, ...sample });

/** The largest element of each window, or its position; padding counts as −∞. */
export const lowerMaxPool =
  (fn: "max" | "argmax"): Lower<MaxPoolAttrs> =>
  (e, [x], attrs, [n, c, oh, ow]) => {
    const [vertical, horizontal] = poolAxes("maxPool2d", x.shape.slice(2), attrs);
    return e.reduce(fn, attrs.kernel, ([kh, kw]) => {
      const row = tapOf(e, vertical, oh, kh);
      const column = tapOf(e, horizontal, ow, kw);
      return e.guard(
        [row.guard, column.guard],
        () => x.at(n, c, row.at, column.at),
        e.constant(Number.NEGATIVE_INFINITY, x.dtype),
      );
    });
  };
