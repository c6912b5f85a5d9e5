/**
 * ONNX's Resize and Upsample. Where their options are PyTorch's, `upsample` does it. The others are matrices along each
 * axis, y = A·x, whose weights are written down here from the standard's definition: they show that the engine can
 * express them, no more.
 */
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";
import { axesOf } from "./axes.ts";

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

const optionsOf = (call: Call): Options => ({
  mode: call.text("mode", "nearest"),
  coordinates: call.text("coordinate_transformation_mode", "half_pixel"),
  nearest: call.text("nearest_mode", "round_prefer_floor"),
  antialias: call.number("antialias", 0) === 1,
  excludeOutside: call.number("exclude_outside", 0) === 1,
  cubicA: call.number("cubic_coeff_a", -0.75),
});

const resize: Operator = (call) => {
  const x = call.tensor(0);
  const axes = resizedAxes(call, x);
  const options = optionsOf(call);
  const layer = layerFor(axes.slice(2), options);
  if (layer) return call.layer(layer, x);
  const [rows, columns] = [2, 3].map((i) => matrixOf(call, axes[i], options));
  return rows.matmul(x).matmul(columns, { transposeB: true });
};

/** Sizes and scales of all four axes, from `scales` or `sizes`, for all axes or for those named. */
function resizedAxes(call: Call, x: Tensor): Axis[] {
  const named = axesOf(call, -1, x.rank) ?? x.shape.map((_, i) => i);
  const roi = call.numbers(1) ?? [];
  const sizes = call.numbers(3);
  const scales = call.numbers(2) ?? scalesOf(call, x, named, sizes ?? []);
  const keepsRatio = call.text("keep_aspect_ratio_policy", "stretch") !== "stretch";
  return x.shape.map((from, axis) => {
    const i = named.indexOf(axis);
    if (i < 0) return { from, to: from, scale: 1, roi: [0, 1] };
    const byScale = keepsRatio ? Math.round(scales[i] * from) : Math.floor(scales[i] * from);
    const to = sizes && !keepsRatio ? sizes[i] : byScale;
    return { from, to, scale: scales[i], roi: [roi[i], roi[named.length + i]] };
  });
}

/** One scale for all axes where the ratio is to be kept: the smaller or the larger one. */
function scalesOf(call: Call, x: Tensor, named: readonly number[], sizes: readonly number[]) {
  const scales = sizes.map((size, i) => size / x.shape[named[i]]);
  const policy = call.text("keep_aspect_ratio_policy", "stretch");
  if (policy === "stretch") return scales;
  const chosen = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return scales.map(() => chosen);
}

/** The layer of the same meaning, if there is one. */
function layerFor(axes: readonly Axis[], options: Options): nn.Module | undefined {
  const { mode, coordinates, nearest, antialias, excludeOutside, cubicA } = options;
  const size = axes.map(({ to }) => to);
  if (antialias || excludeOutside || cubicA !== -0.75) return undefined;
  if (mode === "nearest") {
    const isFloor = coordinates === "asymmetric" && nearest === "floor";
    if (isFloor) return nn.upsample({ size });
    // PyTorch rounds halves up; by a whole scale there are none.
    const isExact = coordinates === "half_pixel" && nearest.startsWith("round_prefer");
    const isWhole = axes.every(({ to, from }) => to % from === 0);
    return isExact && isWhole ? nn.upsample({ size, mode: "nearest-exact" }) : undefined;
  }
  const linear = { mode: mode === "linear" ? "bilinear" : "bicubic" } as const;
  if (coordinates === "half_pixel") {
    return nn.upsample({ scaleFactor: axes.map(({ scale }) => scale), ...linear });
  }
  // ONNX takes the corners of a size that is not rounded.
  const isRounded = axes.some(({ from, to, scale }) => from * scale !== to);
  if (coordinates !== "align_corners" || isRounded) return undefined;
  return nn.upsample({ size, alignCorners: true, ...linear });
}

/** The weights of the input's elements in those of the result, out×in. */
function matrixOf(call: Call, axis: Axis, options: Options): Tensor {
  const { from, to, scale } = axis;
  const rows = Array.from({ length: to }, (_, o) => {
    const position = positionOf(axis, o, options.coordinates);
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

function positionOf({ from, to, scale, roi }: Axis, o: number, coordinates: string): number {
  const halfPixel = (o + 0.5) / scale - 0.5;
  if (coordinates === "half_pixel") return halfPixel;
  if (coordinates === "asymmetric") return o / scale;
  if (coordinates === "align_corners") return (o * (from - 1)) / (from * scale - 1);
  if (coordinates === "half_pixel_symmetric") {
    return (from / 2) * (1 - to / (scale * from)) + halfPixel;
  }
  if (coordinates !== "tf_crop_and_resize") throw new Error(`coordinates by ${coordinates}`);
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

/** Deprecated since version 10: nearest, by a whole number. */
const upsample: Operator = (call) => {
  const scales = call.list("scales") ?? call.numbers(1) ?? [];
  const mode = call.text("mode", "nearest");
  if (mode !== "nearest") throw new Error(`Upsample of mode ${mode}`);
  return call.layer(nn.upsample({ scaleFactor: scales.slice(2) }), call.tensor(0));
};

export const resizing: Readonly<Record<string, Operator>> = { Resize: resize, Upsample: upsample };
