/**
 * Images at another size, PyTorch's F.interpolate: nearest, linear or cubic along each axis in turn, which is the same
 * as along all at once. Element o of an axis resampled from `in` to `out` elements lies at
 *
 *   s = (o + ½)·in/out − ½      or, with alignCorners,      s = o·(in − 1)/(out − 1)
 *
 * of the input; nearest takes element ⌊o·in/out⌋, nearest-exact ⌊(o + ½)·in/out⌋. With `scaleFactor` f, 1/f stands for
 * in/out and out = ⌊in·f⌋. There is no antialiasing: blur before you shrink.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Attrs } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type InterpolateGiven, interpolate as interpolateOp } from "../../ops/interpolate.ts";

export type InterpolateMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "trilinear"
  | "bicubic";

export interface InterpolateOptions {
  /** Of the result, one number for all axes or one for each. Either this or `scaleFactor`. */
  readonly size?: number | readonly number[];
  /** 1 by default. */
  readonly scaleFactor?: number | readonly number[];
  /** "nearest" by default; "linear" is for N×C×L, "bilinear" and "bicubic" for N×C×H×W. */
  readonly mode?: InterpolateMode;
  /** The first and last elements of both sides lie on each other; not for the nearest ones; false by default. */
  readonly alignCorners?: boolean;
  /** Takes in/out of the sizes for the positions, in place of 1/scaleFactor; false by default. */
  readonly recomputeScaleFactor?: boolean;
}

/** The op's mode, and the rank that PyTorch's name stands for. */
const MODES: Readonly<
  Record<InterpolateMode, [NonNullable<InterpolateGiven["mode"]>, number | undefined]>
> = {
  nearest: ["nearest", undefined],
  "nearest-exact": ["nearest-exact", undefined],
  linear: ["linear", 3],
  bilinear: ["linear", 4],
  trilinear: ["linear", 5],
  bicubic: ["cubic", 4],
};

/** Resamples all axes of `x` but the first two. */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkInterpolate("interpolate", options);
  const { mode = "nearest", alignCorners = false, recomputeScaleFactor = false } = options;
  const [axisMode, rank] = MODES[mode];
  if (x.rank < 3 || (rank !== undefined && x.rank !== rank)) {
    throw new ConvkitError(
      "interpolate",
      `${mode} takes tensors of rank ${rank ?? "3 or more"}, got ${formatShape(x.shape)}`,
    );
  }
  const spatial = x.shape.slice(2);
  const sizes = options.size === undefined ? undefined : perAxis("size", options.size, spatial);
  const { scaleFactor = 1 } = options;
  const factors = sizes ? undefined : perAxis("scaleFactor", scaleFactor, spatial);
  return spatial.reduce((y, from, i) => {
    const factor = factors?.[i];
    const size = sizes?.[i] ?? Math.floor(from * (factor as number));
    if (size === from && (factor ?? 1) === 1) return y;
    const scale: Attrs =
      factor === undefined || recomputeScaleFactor ? {} : { scaleFactor: factor };
    const attrs = { axis: 2 + i, size, mode: axisMode, alignCorners, ...scale };
    return y.builder.apply(interpolateOp, [y], attrs);
  }, x);
}

function perAxis(name: string, given: number | readonly number[], spatial: readonly number[]) {
  const list = typeof given === "number" ? spatial.map(() => given) : given;
  const fits = list.length === spatial.length && list.every((n) => n > 0 && Number.isFinite(n));
  if (fits) return list;
  throw new ConvkitError(
    "interpolate",
    `${name} is ${JSON.stringify(given)}, expected a positive number, or one for each axis of ` +
      formatShape(spatial),
  );
}

export function checkInterpolate(where: string, options: InterpolateOptions): void {
  const { size, scaleFactor, mode = "nearest", alignCorners } = options;
  if (!Object.hasOwn(MODES, mode)) {
    throw new ConvkitError(
      where,
      `mode "${mode}" is unknown — use ${Object.keys(MODES).join(", ")}`,
    );
  }
  if ((size === undefined) === (scaleFactor === undefined)) {
    const found = size === undefined ? "neither size nor scaleFactor" : "both size and scaleFactor";
    throw new ConvkitError(where, `${found} — give one of them`);
  }
  if (alignCorners !== undefined && mode.startsWith("nearest")) {
    throw new ConvkitError(where, `alignCorners means nothing to mode "${mode}" — leave it out`);
  }
}
