/**
 * Resampling of one axis to another size. Element o of the result lies at s = (a·o + b)/d of the input, and
 *
 *   nearest  y[o] = x[⌊s⌋]
 *   linear   y[o] = Σ_k hat(s − k)·x[k],    hat(t) = max(0, 1 − |t|)
 *   cubic    y[o] = Σ_k keys(s − k)·x[k],   Keys 1981, IEEE Trans. ASSP 29(6), eq. 4 with a = −0.75
 *
 * where a k outside the axis reads the axis' nearest end: PyTorch's interpolate, one axis at a time. Positions are
 * fractions of integers, so that no rounding moves an element to its neighbour. `interpolateGrad` is the adjoint.
 */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Element, Guard, Index, Lowering } from "../graph/lower.ts";
import type { RefArray } from "../graph/op.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle, Sample, TensorType } from "./op.ts";
import { checkDomain } from "./pointwise.ts";
import { checkPositions, positionOf } from "./resample-position.ts";
import { step } from "./samples.ts";

export type InterpolateAttrs = {
  readonly axis: number;
  /** Of the result along the axis. */
  readonly size: number;
  readonly mode: "nearest" | "linear" | "cubic";
  /** a, b and d. */
  readonly position: readonly [number, number, number];
};

export type InterpolateGiven = {
  readonly axis?: number;
  readonly size?: number;
  /** "nearest" takes the element under the new one's corner, "nearest-exact" that under its centre. */
  readonly mode?: InterpolateAttrs["mode"] | "nearest-exact";
  /** The first and last elements of both sides lie on each other, not their outer edges. */
  readonly alignCorners?: boolean;
  /** Elements of the result to one of the input; the ratio of the sizes by default. */
  readonly scaleFactor?: number;
  readonly position?: readonly number[];
};

/** Elements that a position reaches to either side. */
const REACH = { nearest: 0, linear: 1, cubic: 2 } as const;

function normalizeInterpolate(
  where: string,
  given: InterpolateGiven,
  [x]: readonly TensorType[],
): InterpolateAttrs {
  const { size = 0, scaleFactor = 1 } = given;
  if (!(scaleFactor > 0 && Number.isFinite(scaleFactor))) {
    throw new ConvkitError(where, `scaleFactor is ${scaleFactor}, expected a number above 0`);
  }
  const axis = normalizeAxis(where, given.axis ?? -1, x.shape.length);
  const [a, b, d] = given.position ?? positionOf(x.shape[axis], { ...given, size });
  return { axis, size, mode: canonical(given.mode), position: [a, b, d] };
}

const canonical = (mode: InterpolateGiven["mode"] = "nearest"): InterpolateAttrs["mode"] =>
  mode === "nearest-exact" ? "nearest" : mode;

function resampledType(where: string, x: TensorType, { axis, size }: InterpolateAttrs): TensorType {
  checkDomain(where, "float", [x]);
  if (!Number.isInteger(size) || size < 1) {
    throw new ConvkitError(where, `size is ${size}, expected a whole number of at least 1`);
  }
  if (x.batched && axis === 0) {
    throw new ConvkitError(where, `the batch axis (*) of ${formatType(x)} cannot be resampled`);
  }
  const shape = x.shape.map((dim, i) => (i === axis ? size : dim));
  return { shape, dtype: x.dtype, batched: x.batched };
}

export const interpolate: Op<InterpolateAttrs, 1, InterpolateGiven> = {
  name: "interpolate",
  normalize: (given, inputs) => normalizeInterpolate("interpolate", given, inputs),
  infer: ([x], attrs) => {
    const type = resampledType("interpolate", x, attrs);
    checkPositions("interpolate", x.shape[attrs.axis], attrs.size, attrs.position);
    return type;
  },
  vjp: (_g, ct, [x], attrs) => [
    ct.builder.apply(interpolateGrad, [ct], { ...attrs, size: x.shape[attrs.axis] }),
  ],
  lower: (e, [x], { axis, mode, position: [a, b, d] }, index) => {
    const { quotient, remainder } = divide(e, e.iadd(e.imul(index[axis], a), b), d, b);
    const t = e.binary("mul", e.fromIndex(remainder), e.constant(1 / d));
    const tap = (k: number): Element => {
      const at = (i: Index) => x.at(...index.map((place, j) => (j === axis ? i : place)));
      const k0 = e.iadd(quotient, k);
      const last = x.shape[axis] - 1;
      const inside: Guard = { index: k0, low: 0, high: last + 1 };
      const before: Guard = { index: k0, low: -2, high: 0 };
      const ends = e.guard([before], () => at(e.i(0)), at(e.i(last)));
      return e.guard([inside], () => at(k0), ends);
    };
    if (mode === "nearest") return tap(0);
    const near = e.binary("sub", e.constant(1), t);
    const products =
      mode === "linear"
        ? [e.binary("mul", near, tap(0)), e.binary("mul", t, tap(1))]
        : [
            e.binary("mul", outer(e, e.binary("add", t, e.constant(1))), tap(-1)),
            e.binary("mul", inner(e, t), tap(0)),
            e.binary("mul", inner(e, near), tap(1)),
            e.binary("mul", outer(e, e.binary("add", near, e.constant(1))), tap(2)),
          ];
    return products.reduce((sum, product) => e.binary("add", sum, product));
  },
  flops: (_inputs, { mode }, out) => sizeOf(out.shape) * { nearest: 0, linear: 4, cubic: 20 }[mode],
};

export const interpolateGrad: Op<InterpolateAttrs, 1, InterpolateGiven> = {
  name: "interpolateGrad",
  normalize: (given, inputs) => normalizeInterpolate("interpolateGrad", given, inputs),
  infer: ([ct], attrs) => {
    const type = resampledType("interpolateGrad", ct, attrs);
    checkPositions("interpolateGrad", attrs.size, ct.shape[attrs.axis], attrs.position);
    return type;
  },
  vjp: (_g, v, [ct], attrs) => [
    v.builder.apply(interpolate, [v], { ...attrs, size: ct.shape[attrs.axis] }),
  ],
  // Who reads element i: the o with |s − i| less than the reach, or ⌊s⌋ = i.
  lower: (e, [ct], { axis, size, mode, position: [a, b, d] }, index) => {
    const outputs = ct.shape[axis];
    const i = index[axis];
    const reach = REACH[mode];
    const zero = e.constant(0);
    const span = mode === "nearest" ? d : 2 * reach * d;
    const count = a === 0 ? outputs : Math.ceil(span / a);
    // The first o with a·o + b ≥ i·d, or > (i − reach)·d.
    const ahead = mode === "nearest" ? a - 1 - b : -reach * d - b + a;
    const first =
      a === 0 ? e.i(0) : divide(e, e.iadd(e.imul(i, d), ahead), a, Math.min(0, ahead)).quotient;
    return e.reduce("sum", [count], ([k]) => {
      const o = e.iadd(first, k);
      const offset = e.iadd(e.iadd(e.imul(o, a), b), e.imul(i, -d));
      const exists: Guard = { index: o, low: 0, high: outputs };
      const read = () => ct.at(...index.map((place, j) => (j === axis ? o : place)));
      if (mode === "nearest") {
        return e.guard([exists, { index: offset, low: 0, high: d }], read, zero);
      }
      const distance = e.binary("mul", e.fromIndex(offset), e.constant(1 / d));
      const weight = (shift: number): Element => {
        const t = e.unary("abs", e.binary("add", distance, e.constant(shift)));
        if (mode === "linear") {
          return e.binary("max", e.binary("sub", e.constant(1), t), zero);
        }
        const far = e.select(e.binary("lt", t, e.constant(2)), outer(e, t), zero);
        return e.select(e.binary("lt", t, e.constant(1)), inner(e, t), far);
      };
      // The ends stand for the elements beyond them.
      const beyond = (end: number, sign: number): Element =>
        e.guard(
          [{ index: i, low: end, high: end + 1 }],
          () => (reach === 1 ? weight(sign) : e.binary("add", weight(sign), weight(2 * sign))),
          zero,
        );
      const all = [weight(0), beyond(0, 1), beyond(size - 1, -1)];
      const sum = () => all.reduce((left, right) => e.binary("add", left, right));
      return e.guard([exists], () => e.binary("mul", sum(), read()), zero);
    });
  },
  flops: ([ct], { mode }) => sizeOf(ct.shape) * { nearest: 1, linear: 8, cubic: 40 }[mode],
};

/** n = quotient·d + remainder, 0 ≤ remainder < d, for an index that is at least `least`, which may be negative. */
function divide(e: Lowering, n: Index, d: number, least: number) {
  const lift = Math.max(0, Math.ceil(-least / d));
  const lifted = e.iadd(n, lift * d);
  return { quotient: e.iadd(e.idiv(lifted, d), -lift), remainder: e.imod(lifted, d) };
}

/** keys(t) = (1.25·t − 2.25)·t² + 1 for 0 ≤ t ≤ 1. */
function inner(e: Lowering, t: Element): Element {
  const line = e.binary("sub", e.binary("mul", t, e.constant(1.25)), e.constant(2.25));
  return e.binary("add", e.binary("mul", line, e.binary("mul", t, t)), e.constant(1));
}

/** keys(t) = ((−0.75·t + 3.75)·t − 6)·t + 3 for 1 ≤ t ≤ 2. */
function outer(e: Lowering, t: Element): Element {
  const times = (a: Element): Element => e.binary("mul", a, t);
  const line = e.binary("add", times(e.constant(-0.75)), e.constant(3.75));
  const square = e.binary("sub", times(line), e.constant(6));
  return e.binary("add", times(square), e.constant(3));
}

/** Visits every element of the result of `interpolate` with every element of its input that it reads. */
function eachTap(
  x: Shape,
  y: Shape,
  { axis, mode, position: [a, b, d] }: InterpolateAttrs,
  visit: (x: number, y: number, weight: number) => void,
): void {
  const a0 = -0.75;
  const weightAt = (t: number): number => {
    if (mode === "linear") return Math.max(0, 1 - t);
    if (t <= 1) return (a0 + 2) * t ** 3 - (a0 + 3) * t ** 2 + 1;
    return t < 2 ? a0 * (t ** 3 - 5 * t ** 2 + 8 * t - 4) : 0;
  };
  const place = y.map(() => 0);
  for (let to = 0; to < sizeOf(y); to++) {
    const s = (a * place[axis] + b) / d;
    for (let k = Math.floor(s) - REACH[mode]; k <= Math.floor(s) + REACH[mode]; k++) {
      const end = Math.min(Math.max(k, 0), x[axis] - 1);
      const from = x.reduce((flat, dim, i) => flat * dim + (i === axis ? end : place[i]), 0);
      visit(from, to, mode === "nearest" ? 1 : weightAt(Math.abs(s - k)));
    }
    step(place, y);
  }
}

const CASES: readonly {
  name: string;
  x: readonly number[];
  attrs: InterpolateGiven & { axis: number; size: number };
  batched?: boolean;
}[] =
  // biome-ignore format: one case a line
  [
    { name: "nearest, twice", x: [2, 5], attrs: { axis: 1, size: 10 } },
    { name: "nearest, 7 to 10", x: [7, 2], attrs: { axis: 0, size: 10 } },
    { name: "nearest, 10 to 3", x: [10], attrs: { axis: 0, size: 3 } },
    { name: "nearest-exact, 10 to 3", x: [10], attrs: { axis: 0, size: 3, mode: "nearest-exact" } },
    { name: "nearest-exact, 3 to 8", x: [2, 3, 2], attrs: { axis: 1, size: 8, mode: "nearest-exact" } },
    { name: "linear, twice", x: [2, 3, 4, 5], attrs: { axis: 2, size: 8, mode: "linear" } },
    { name: "linear, half", x: [2, 3, 4, 6], attrs: { axis: 3, size: 3, mode: "linear" } },
    { name: "linear, 7 to 4", x: [7], attrs: { axis: 0, size: 4, mode: "linear" } },
    { name: "linear, 5 to 7 by 1.5", x: [5], attrs: { axis: 0, size: 7, mode: "linear", scaleFactor: 1.5 } },
    { name: "linear, one element", x: [1, 3], attrs: { axis: 0, size: 5, mode: "linear" } },
    { name: "linear, to one element", x: [5, 3], attrs: { axis: 0, size: 1, mode: "linear" } },
    { name: "linear, corners", x: [4, 2], attrs: { axis: 0, size: 9, mode: "linear", alignCorners: true } },
    { name: "linear, corners of one element", x: [6], attrs: { axis: 0, size: 1, mode: "linear", alignCorners: true } },
    { name: "cubic, twice", x: [2, 4], attrs: { axis: 1, size: 8, mode: "cubic" } },
    { name: "cubic, 2 to 9", x: [2], attrs: { axis: 0, size: 9, mode: "cubic" } },
    { name: "cubic, 11 to 4", x: [11], attrs: { axis: 0, size: 4, mode: "cubic" } },
    { name: "cubic, corners", x: [5], attrs: { axis: 0, size: 7, mode: "cubic", alignCorners: true } },
    { name: "batch, nearest", x: [5, 3, 2, 4], attrs: { axis: 3, size: 12 }, batched: true },
    { name: "batch, linear", x: [5, 3, 4, 4], attrs: { axis: 2, size: 8, mode: "linear" }, batched: true },
    { name: "batch, linear, 4 to 7", x: [17, 2, 4, 3], attrs: { axis: 2, size: 7, mode: "linear" }, batched: true },
    { name: "batch, cubic", x: [5, 2, 3, 6], attrs: { axis: 3, size: 4, mode: "cubic" }, batched: true },
  ];

const interpolateSamples = (
  sample: (c: (typeof CASES)[number]) => Pick<Sample, "inputs" | "attrs">,
): Sample[] => CASES.map((c) => ({ name: c.name, batched: c.batched ?? false, ...sample(c) }));

export const interpolateOracle: Oracle<InterpolateAttrs> = {
  reference: ([x], attrs, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    eachTap(x.shape, out.shape, attrs, (from, to, weight) => {
      y[to] += weight * x.data[from];
    });
    return y;
  },
  samples: /* @__PURE__ */ interpolateSamples(({ x, attrs }) => ({
    inputs: [{ shape: x }],
    attrs,
  })),
};

export const interpolateGradOracle: Oracle<InterpolateAttrs> = {
  reference: ([ct]: readonly RefArray[], attrs, out) => {
    const dx = new Float64Array(sizeOf(out.shape));
    eachTap(out.shape, ct.shape, attrs, (from, to, weight) => {
      dx[from] += weight * ct.data[to];
    });
    return dx;
  },
  samples: /* @__PURE__ */ interpolateSamples(({ x, attrs }) => ({
    inputs: [{ shape: x.map((dim, i) => (i === attrs.axis ? attrs.size : dim)) }],
    attrs: {
      axis: attrs.axis,
      size: x[attrs.axis],
      mode: canonical(attrs.mode),
      position: positionOf(x[attrs.axis], attrs),
    },
  })),
};
