/** ONNX operators that move elements or change shapes. */
import { broadcastShapes, type Shape, sizeOf } from "../../../core/shape.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { type PaddingMode, padImages } from "../../../nn/convolution/pad-mode.ts";
import { pixelShuffle, pixelUnshuffle } from "../../../nn/resampling/pixel-shuffle.ts";
import { gather as gatherOp } from "../../../ops/gather.ts";
import type { Call, Operator } from "../call.ts";
import type { Known } from "../known.ts";
import {
  axesOf,
  flattenedShape,
  permOf,
  rangesOf,
  reshapedShape,
  splitSizes,
  squeezedShape,
  unsqueezedShape,
} from "../shapes.ts";
import {
  along,
  axisOf,
  innerOf,
  mapValue,
  reshaped,
  settled,
  shapeOf,
  type Value,
} from "../value.ts";

const transpose: Operator = (call) => {
  const value = call.value(0);
  return transposed(value, permOf(call, shapeOf(value).length));
};

/** The axes of the file's tensor in this order. */
export function transposed(value: Value, perm: readonly number[]): Value {
  const { tensor, inner } = value;
  if (!tensor.batched) return { tensor: tensor.transpose(...perm), inner: false };
  if (perm[0] === 0 && !inner) return { tensor: tensor.transpose(...perm), inner };
  const all = innerOf(value).tensor.transpose(0, ...perm.map((axis) => axis + 1));
  return settled({ tensor: all, inner: true });
}

const slice: Operator = (call) => {
  const shape = call.shape(0);
  return rangesOf(call, shape).reduce((value, range) => {
    const { axis, start, step, count } = range;
    if (start === 0 && step === 1 && count === shape[axis]) return value;
    return along(value, [axis], (x, [at]) => {
      if (step > 0) return x.slice(at, start, start + (count - 1) * step + 1, step);
      const first = shape[axis] - 1 - start;
      const turned = call.apply("flip", [x], { axes: [at] });
      return turned.slice(at, first, first - (count - 1) * step + 1, -step);
    });
  }, call.value(0));
};

const split: Operator = (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const axis = axisOf(call.number("axis", 0), shape.length);
  let end = 0;
  return splitSizes(call, shape[axis]).map((size) => {
    end += size;
    return along(value, [axis], (x, [at]) => x.slice(at, end - size, end));
  });
};

const concat: Operator = (call) => {
  const values = call.values().filter((value) => sizeOf(shapeOf(value)) > 0);
  const axis = axisOf(call.number("axis", 0), shapeOf(values[0]).length);
  const batched = values.find(({ tensor }) => tensor.batched)?.tensor;
  if (!batched)
    return call.apply(
      "concat",
      values.map(({ tensor }) => tensor),
      { axis },
    );
  const isInner = axis === 0 || values.some(({ inner }) => inner);
  const tensors = values.map((value) => {
    const { tensor } = isInner ? innerOf(value) : value;
    return tensor.batched ? tensor : forEach(call, tensor, batched.shape[0], isInner);
  });
  const joined = call.apply("concat", tensors, { axis: isInner ? axis + 1 : axis });
  return settled({ tensor: joined, inner: isInner });
};

/** The same for each image. */
function forEach(call: Call, x: Tensor, images: number, isInner: boolean): Tensor {
  const shape = isInner ? [images, ...x.shape] : [images, ...x.shape.slice(1)];
  return call.apply("broadcastTo", [x], { shape, batched: true });
}

/** A row of the table, or rows, for each position; negative ones count from the end. */
const gather: Operator = (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const axis = axisOf(call.number("axis", 0), shape.length);
  const index = call.knownAt(1);
  if (!index) return gatherRows(call, value, axis);
  const places = Array.from(index.data, (at) => (at < 0 ? at + shape[axis] : at));
  const result = [...shape.slice(0, axis), ...index.shape, ...shape.slice(axis + 1)];
  const isRun = places.every((at, i) => at === places[0] + i);
  const taken = along(value, [axis], (x, [at]) => {
    if (places.some((place) => !(place >= 0 && place < shape[axis]))) {
      return call.fail(
        `takes element ${Math.max(...places)} of ${shape[axis]} — the file is damaged`,
      );
    }
    if (isRun) return x.slice(at, places[0], places[0] + places.length);
    return takeAlong(call, x, call.table([places.length], places, "i32"), at);
  });
  return reshaped(taken, result);
};

/** x at the places of a vector along one axis. */
function takeAlong(call: Call, x: Tensor, places: Tensor, axis: number): Tensor {
  const shape = x.shape.map((dim, i) => (i === axis ? places.size : dim));
  const column = places.reshape(places.size, ...shape.slice(axis + 1).map(() => 1));
  const index = call.apply("broadcastTo", [column], { shape, batched: x.batched });
  return call.apply(gatherOp, [x, index], { axis });
}

/** Rows of a table O×D, chosen by each image: an embedding. */
function gatherRows(call: Call, table: Value, axis: number): Value {
  const index = innerOf(call.value(1));
  const x = table.tensor;
  if (x.batched || x.rank !== 2 || axis !== 0) {
    return call.fail("places that are computed choose rows of a table only");
  }
  const shape = shapeOf(index);
  const { tensor } = index;
  const rows = tensor.to("i32").reshape(...(tensor.batched ? [tensor.shape[0], -1] : [-1]));
  // One image after the other would need as many rows: a place at a time, over the axis of images.
  const columns = Array.from({ length: call.bounded(sizeOf(shape), 4096) }, (_, i) => {
    const place = tensor.batched ? rows.slice(1, i, i + 1) : rows.slice(0, i, i + 1).reshape(1, 1);
    const wide = { shape: [place.shape[0], x.shape[1]], batched: place.batched };
    const chosen = call.apply(gatherOp, [x, call.apply("broadcastTo", [place], wide)], { axis: 0 });
    return tensor.batched ? chosen.reshape(chosen.shape[0], 1, -1) : chosen;
  });
  const joined =
    columns.length === 1
      ? columns[0]
      : call.apply("concat", columns, { axis: tensor.batched ? 1 : 0 });
  return reshaped({ tensor: joined, inner: tensor.batched }, [...shape, x.shape[1]]);
}

/** Along an axis each position chooses by itself. */
const gatherElements: Operator = (call) => {
  const value = innerOf(call.value(0));
  const index = innerOf(call.value(1));
  const axis = axisOf(call.number("axis", 0), shapeOf(value).length);
  const at = axis + value.tensor.rank - shapeOf(value).length;
  const tensor = call.apply(gatherOp, [value.tensor, index.tensor.to("i32")], { axis: at });
  return settled({ tensor, inner: index.inner });
};

/** Repeats along axes of size 1 and new ones. */
const expand: Operator = (call) => {
  const shape = call.shape(0);
  const target = call.numbers(1) ?? [];
  return repeated(call, call.value(0), broadcastShapes("onnx", shape, oneImage(call, target)));
};

/** A batch size that the file was made for is that of one image. */
const oneImage = ({ fixedBatch }: Call, target: readonly number[]): readonly number[] =>
  fixedBatch > 1 && target.length > 1 && target[0] === fixedBatch
    ? [1, ...target.slice(1)]
    : target;

function repeated(call: Call, value: Value, shape: Shape): Value {
  const own = shapeOf(value);
  if (own.length === shape.length && own.every((dim, i) => dim === shape[i])) return value;
  const full = reshaped(value, [...new Array<number>(shape.length - own.length).fill(1), ...own]);
  const { tensor, inner } = shape[0] === 1 ? full : innerOf(full);
  const target = tensor.batched ? [tensor.shape[0], ...(inner ? shape : shape.slice(1))] : shape;
  const wide = call.apply("broadcastTo", [tensor], { shape: target, batched: tensor.batched });
  return settled({ tensor: wide, inner });
}

/** All of an axis so many times: a new axis before it is repeated, and the two are one again. */
const tile: Operator = (call) => {
  const repeats = call.numbers(1) ?? [];
  return repeats.reduce((value, times, axis) => {
    if (times === 1) return value;
    const shape = shapeOf(value);
    const [before, after] = [shape.slice(0, axis), shape.slice(axis)];
    const spread = reshaped(value, [...before, 1, ...after]);
    const wide = repeated(call, spread, [...before, times, ...after]);
    return reshaped(wide, [...before, times * shape[axis], ...shape.slice(axis + 1)]);
  }, call.value(0));
};

const MODES: Readonly<Record<string, PaddingMode>> = {
  reflect: "reflect",
  edge: "replicate",
  wrap: "circular",
};

/** Rows before and after each axis, as attribute or as input, for all axes or for those named; negative ones cut. */
const pad: Operator = (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const given = call.either("pads", 1) ?? [];
  const axes = axesOf(call, 3, shape.length) ?? shape.map((_, i) => i);
  const sides = axes
    .map((axis, i) => ({ axis, before: given[i], after: given[axes.length + i] }))
    .filter(({ before, after }) => before !== 0 || after !== 0);
  const mode = call.text("mode", "constant");
  const fill = call.numbers(2)?.[0] ?? call.number("value", 0);
  const kept = sides.reduce((v, { axis, before, after }) => {
    if (before >= 0 && after >= 0) return v;
    return along(v, [axis], (x, [at]) =>
      x.slice(at, Math.max(0, -before), x.shape[at] + Math.min(0, after)),
    );
  }, value);
  const padded = sides.map(({ axis }) => axis);
  return along(kept, padded, (x, own) => {
    const side = (at: number, which: "before" | "after") =>
      Math.max(0, own.includes(at) ? sides[own.indexOf(at)][which] : 0);
    const [before, after] = (["before", "after"] as const).map((which) =>
      x.shape.map((_, at) => side(at, which)),
    );
    if (mode === "constant") return call.apply("pad", [x], { before, after, value: fill });
    if (x.rank !== 4 || own.some((at) => at < 2) || !MODES[mode]) {
      return call.fail(
        `padding of mode ${mode} is supported for the rows and columns of images only`,
      );
    }
    return padImages("onnx", x, [before[2], after[2], before[3], after[3]], MODES[mode]);
  });
};

/** CRD is the order of PyTorch's pixel shuffle, DCR has the place in the square before the channel. */
const depthToSpace: Operator = (call) => {
  const x = call.batch(0);
  const factor = call.number("blocksize", 1);
  const isOurs = call.text("mode", "DCR") === "CRD";
  return call.layer(pixelShuffle(factor), isOurs ? x : swapChannels(x, factor ** 2));
};

const spaceToDepth: Operator = (call) => {
  const factor = call.number("blocksize", 1);
  const y = call.layer(pixelUnshuffle(factor), call.batch(0));
  return swapChannels(y, y.shape[1] / factor ** 2);
};

/** Channel i·b + j becomes channel j·a + i, where there are a·b. */
function swapChannels(x: Tensor, a: number): Tensor {
  const [n, c, ...size] = x.shape;
  return x
    .reshape(n, a, c / a, ...size)
    .transpose(0, 2, 1, 3, 4)
    .reshape(...x.shape);
}

/** The triangle of matrices above (or below) a diagonal; what is outside becomes 0. */
const trilu: Operator = (call) => {
  const [rows, columns] = call.shape(0).slice(-2);
  const k = call.numbers(1)?.[0] ?? 0;
  const isUpper = call.flag("upper", true);
  const mask: Known["data"] = Array.from({ length: call.bounded(rows * columns) }, (_, i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return Number(isUpper ? distance >= k : distance <= k);
  });
  const kept = call.table([rows, columns], Array.from(mask), "i32").ne(0);
  return mapValue(call.value(0), (x) => kept.where(x, call.constant(0, x.dtype)));
};

const reshaping =
  (shape: (call: Call, from: Shape) => Shape): Operator =>
  (call) => {
    const value = call.value(0);
    return reshaped(value, shape(call, shapeOf(value)));
  };

export const movement: Readonly<Record<string, Operator>> = {
  Reshape: reshaping((call, from) => reshapedShape(call, from, call.fixedBatch)),
  Flatten: reshaping(flattenedShape),
  Squeeze: reshaping(squeezedShape),
  Unsqueeze: reshaping(unsqueezedShape),
  Transpose: transpose,
  Slice: slice,
  Split: split,
  Concat: concat,
  Gather: gather,
  GatherElements: gatherElements,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Trilu: trilu,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
