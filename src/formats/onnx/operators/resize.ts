/**
 * ONNX's Resize and Upsample. Where their options are PyTorch's, `interpolate` does it. The others are matrices along each
 * axis, y = A·x, with weights from the standard's definition.
 */
import type { Shape } from "../../../core/shape.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { type InterpolateOptions, interpolate } from "../../../nn/resampling/interpolate.ts";
import type { Call, Operator } from "../call.ts";
import { axesOf } from "../shapes.ts";

/** How one axis is resampled. */
interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly roi: readonly [start: number, end: number];
}

interface Options {
  readonly mode: string;
  /** From positions of the result to those of the input. */
  readonly coordinates: string;
  readonly nearest: string;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  readonly cubicA: number;
}

/** Version 10 knew one way only. */
const optionsOf = (call: Call): Options => ({
  mode: call.text("mode", "nearest"),
  coordinates:
    call.opset < 11 ? "asymmetric" : call.text("coordinate_transformation_mode", "half_pixel"),
  nearest: call.opset < 11 ? "floor" : call.text("nearest_mode", "round_prefer_floor"),
  antialias: call.flag("antialias"),
  excludeOutside: call.flag("exclude_outside"),
  cubicA: call.number("cubic_coeff_a", -0.75),
});

/** A matrix of more would be no resampling of images. */
const LIMIT = 2 ** 24;

const resize: Operator = (call) => {
  const x = call.batch(0);
  const axes = resizedAxes(call, x.batched ? [1, ...x.shape.slice(1)] : x.shape);
  if (axes.some(({ from, to }) => !(to >= 1 && from * to <= LIMIT))) {
    return call.fail(`resizes ${x.shape.join("×")} to ${axes.map(({ to }) => to).join("×")}`);
  }
  const options = optionsOf(call);
  const layer =
    axes.slice(0, 2).every(({ from, to }) => from === to) && interpolation(axes.slice(2), options);
  if (layer) return interpolate(x, layer);
  return axes.reduce((y, axis, i) => {
    if (axis.from === axis.to && axis.scale === 1 && options.coordinates !== "tf_crop_and_resize")
      return y;
    return resample(call, y, axis, i, options);
  }, x);
};

/** A product with the matrix of one axis. */
function resample(call: Call, x: Tensor, axis: Axis, at: number, options: Options): Tensor {
  if (at < 2)
    return axis.from === axis.to ? x : call.fail("resizes images or channels — not supported");
  const order = x.shape.map((_, i) => i).filter((i) => i !== at);
  const last = x.transpose(...order, at);
  const y = call.apply("linear", [last, matrixOf(call, axis, options)]);
  return y.transpose(...x.shape.map((_, i) => (i === at ? x.rank - 1 : i < at ? i : i - 1)));
}

/** Sizes and scales of all axes, from `scales` or `sizes`, for all axes or for those named. */
function resizedAxes(call: Call, shape: Shape): Axis[] {
  const isOld = call.opset < 11;
  const named = axesOf(call, -1, shape.length) ?? shape.map((_, i) => i);
  const roi = (isOld ? undefined : call.numbers(1)) ?? [];
  const sizes = isOld ? undefined : filled(call.numbers(3));
  const told = isOld ? call.either("scales", 1) : filled(call.numbers(2));
  const scales = told ?? scalesOf(call, shape, named, sizes ?? []);
  const keepsRatio = call.text("keep_aspect_ratio_policy", "stretch") !== "stretch";
  return shape.map((from, axis) => {
    const i = named.indexOf(axis);
    // The batch is of as many images as it is.
    if (i < 0 || axis === 0) return { from, to: from, scale: 1, roi: [0, 1] };
    const byScale = keepsRatio ? Math.round(scales[i] * from) : Math.floor(scales[i] * from);
    const to = sizes && !keepsRatio ? sizes[i] : byScale;
    return { from, to, scale: scales[i], roi: [roi[i], roi[named.length + i]] };
  });
}

/** Of scales and sizes the one that is not meant may be there, and empty. */
const filled = (list: readonly number[] | undefined) =>
  list && list.length > 0 ? list : undefined;

/** One scale for all axes where the ratio is to be kept: the smaller or the larger one. */
function scalesOf(call: Call, shape: Shape, named: readonly number[], sizes: readonly number[]) {
  const scales = sizes.map((size, i) => size / shape[named[i]]);
  const policy = call.text("keep_aspect_ratio_policy", "stretch");
  if (policy === "stretch") return scales;
  const chosen = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return scales.map(() => chosen);
}

/** PyTorch's options of the same meaning, if there are any. */
function interpolation(axes: readonly Axis[], options: Options): InterpolateOptions | undefined {
  const { mode, coordinates, nearest, antialias, excludeOutside, cubicA } = options;
  const size = axes.map(({ to }) => to);
  if (antialias || excludeOutside || cubicA !== -0.75) return undefined;
  if (mode === "nearest") {
    if (coordinates === "asymmetric" && nearest === "floor") return { size };
    // PyTorch rounds halves up; by a whole scale there are none.
    const isExact = coordinates === "half_pixel" && nearest.startsWith("round_prefer");
    const isWhole = axes.every(({ to, from }) => to % from === 0);
    return isExact && isWhole ? { size, mode: "nearest-exact" } : undefined;
  }
  if (axes.length !== 2) return undefined;
  const linear = { mode: mode === "cubic" ? "bicubic" : "bilinear" } as const;
  // With a size of 1 PyTorch's half pixels are ONNX's, too.
  if (coordinates === "half_pixel" || coordinates === "pytorch_half_pixel") {
    if (coordinates === "pytorch_half_pixel" && size.includes(1)) return undefined;
    const isExact = axes.every(({ from, to, scale }) => Math.abs(from * scale - to) < 1e-6 * to);
    return isExact
      ? { size, ...linear }
      : { scaleFactor: axes.map(({ scale }) => scale), ...linear };
  }
  // ONNX takes the corners of a size that is not rounded.
  const isRounded = axes.some(({ from, to, scale }) => from * scale !== to);
  if (coordinates !== "align_corners" || isRounded) return undefined;
  return { size, alignCorners: true, ...linear };
}

/** The weights of the input's elements in those of the result, out×in. */
function matrixOf(call: Call, axis: Axis, options: Options): Tensor {
  const { from, to, scale } = axis;
  const rows = Array.from({ length: to }, (_, o) => {
    const position = positionOf(call, axis, o, options.coordinates);
    const weights = new Array<number>(from).fill(0);
    if (options.mode === "nearest") {
      weights[clampTo(from, round(position, options.nearest))] = 1;
      return weights;
    }
    // An antialiasing filter is as much wider as the image becomes smaller.
    const shrink = options.antialias ? Math.min(scale, 1) : 1;
    const reach = Math.ceil((options.mode === "linear" ? 1 : 2) / shrink);
    for (let i = Math.floor(position) - reach; i <= Math.floor(position) + reach; i++) {
      const isOutside = i < 0 || i >= from;
      const t = Math.abs(i - position) * shrink;
      const weight = options.mode === "linear" ? Math.max(0, 1 - t) : cubic(t, options.cubicA);
      if (!(isOutside && options.excludeOutside)) weights[clampTo(from, i)] += weight;
    }
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  });
  return call.table([to, from], rows.flat());
}

const clampTo = (size: number, i: number): number => Math.min(Math.max(i, 0), size - 1);

function positionOf(
  call: Call,
  { from, to, scale, roi }: Axis,
  o: number,
  coordinates: string,
): number {
  const halfPixel = (o + 0.5) / scale - 0.5;
  if (coordinates === "half_pixel") return halfPixel;
  if (coordinates === "pytorch_half_pixel") return to > 1 ? halfPixel : 0;
  if (coordinates === "asymmetric") return o / scale;
  if (coordinates === "align_corners") return (o * (from - 1)) / (from * scale - 1);
  if (coordinates === "half_pixel_symmetric") {
    return (from / 2) * (1 - to / (scale * from)) + halfPixel;
  }
  if (coordinates !== "tf_crop_and_resize")
    return call.fail(`coordinates by ${coordinates} are not supported`);
  if (to === 1) return ((roi[0] + roi[1]) / 2) * (from - 1);
  return (roi[0] + (o * (roi[1] - roi[0])) / (to - 1)) * (from - 1);
}

function round(position: number, mode: string): number {
  if (mode === "floor") return Math.floor(position);
  if (mode === "ceil") return Math.ceil(position);
  return mode === "round_prefer_ceil" ? Math.floor(position + 0.5) : Math.ceil(position - 0.5);
}

/** The cubic convolution kernel at distance t ≥ 0 (Keys 1981, equation 4). */
function cubic(t: number, a: number): number {
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((t - 5) * t + 8) * a * t - 4 * a : 0;
}

export const resizing: Readonly<Record<string, Operator>> = { Resize: resize, Upsample: resize };
