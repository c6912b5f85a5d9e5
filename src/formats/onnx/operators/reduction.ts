/** ONNX operators over axes: sums, extremes, softmax, the largest elements. */
import { sizeOf } from "../../../core/shape.ts";
import type { AnyOp } from "../../../graph/op.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { argmin } from "../../../ops/argmin.ts";
import { cumsum } from "../../../ops/cumsum.ts";
import { reduceMin } from "../../../ops/reduce-min.ts";
import { sort } from "../../../ops/sort.ts";
import type { Call, Operator } from "../call.ts";
import { reducedAxes } from "../shapes.ts";
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

type Reduce = (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor;

/** Reduces along axes of the file; those that are gone are taken out of the shape behind. */
function reduce(call: Call, value: Value, f: Reduce): Value {
  const shape = shapeOf(value);
  const axes = reducedAxes(call, shape.length);
  if (axes.length === 0) return value;
  if (axes.includes(0) && call.batchIsOpen && value.tensor.batched && !value.inner) {
    return overBatch(call, value.tensor, axes, f);
  }
  const kept = along(value, axes, (x, own) => f(x, own, true));
  if (call.flag("keepdims", true)) return kept;
  return reshaped(
    kept,
    shape.filter((_, i) => !axes.includes(i)),
  );
}

/** Of a file made for any number of examples: it means all of them. */
function overBatch(call: Call, x: Tensor, axes: readonly number[], f: Reduce): Value {
  const kept = f(x, axes, true);
  const shape = kept.shape.filter((_, i) => !axes.includes(i));
  return { tensor: call.flag("keepdims", true) ? kept : kept.reshape(...shape), inner: false };
}

const reduction =
  (f: Reduce, before: (x: Tensor) => Tensor = (x) => x): Operator =>
  (call) =>
    reduce(call, mapValue(call.value(0), before), f);

const sum: Reduce = (x, axes, keepDims) => x.sum(axes, keepDims);

/** ln Σ eˣ, less the largest x meanwhile. */
const logSumExp: Reduce = (x, axes) => {
  const most = x.amax(axes, true);
  return x.sub(most).exp().sum(axes, true).log().add(most);
};

/** Halves are multiplied until one is left: there is no op for products. */
const product: Reduce = (x, axes) =>
  axes.reduce((t, axis) => {
    let y = t;
    while (y.shape[axis] > 1) {
      const size = y.shape[axis];
      const half = size >> 1;
      const pairs = y.slice(axis, 0, half).mul(y.slice(axis, half, 2 * half));
      const rest = size % 2 === 1 ? y.slice(axis, size - 1) : undefined;
      y = rest ? pairs.builder.apply("concat", [pairs, rest], { axis }) : pairs;
    }
    return y;
  }, x);

/** The last of equals is the first of the axis turned round. */
const argExtreme =
  (which: string | AnyOp): Operator =>
  (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const axis = axisOf(call.number("axis", 0), shape.length);
    const last = call.flag("select_last_index");
    const found = along(value, [axis], (x, [at]) => {
      const turned = last ? call.apply("flip", [x], { axes: [at] }) : x;
      const place = call.apply(which, [turned], { axis: at, keepDims: true });
      return last ? place.mul(-1).add(x.shape[at] - 1) : place;
    });
    return call.flag("keepdims", true)
      ? found
      : reshaped(
          found,
          shape.filter((_, i) => i !== axis),
        );
  };

/** Before version 13 all axes from `axis` on, 1 if left out, count as one. */
const overAxis =
  (which: string): Operator =>
  (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const apply = (x: Tensor, at: number) => call.apply(which, [x], { axis: at });
    if (call.opset >= 13) {
      const axis = axisOf(call.number("axis", -1), shape.length);
      return along(value, [axis], (x, [at]) => apply(x, at));
    }
    const axis = axisOf(call.number("axis", 1), shape.length);
    const rows = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
    return reshaped(
      along(reshaped(value, rows), [1], (x, [at]) => apply(x, at)),
      shape,
    );
  };

/** The k largest, or smallest, in order, and their places. */
const topK: Operator = (call) => {
  const value = innerOf(call.value(0));
  const shape = shapeOf(value);
  const axis = axisOf(call.number("axis", -1), shape.length);
  const k = call.either("k", 1)?.[0] ?? call.number("k", 1);
  const { tensor } = value;
  const at = axis + tensor.rank - shape.length;
  const order = tensor.shape.map((_, i) => i).filter((i) => i !== at);
  const last = tensor.transpose(...order, at);
  const size = last.shape[last.rank - 1];
  const places = call.table(
    [size],
    Array.from({ length: size }, (_, i) => i),
  );
  const rowShape = [...last.shape.slice(0, -1), 1, size];
  const keys = last.reshape(...rowShape);
  const carried = call.apply("broadcastTo", [places], { shape: rowShape, batched: last.batched });
  const sorted = call
    .apply(sort, [call.apply("concat", [keys, carried], { axis: -2 })], {
      descending: call.flag("largest", true),
    })
    .slice(-1, 0, k);
  const back = tensor.shape.map((_, i) => (i === at ? tensor.rank - 1 : i < at ? i : i - 1));
  return [0, 1].map((row) => {
    const part = sorted.slice(-2, row, row + 1).reshape(...last.shape.slice(0, -1), k);
    const result = part.transpose(...back);
    return settled({ ...value, tensor: row === 0 ? result : result.to("i32") });
  });
};

const cumulative: Operator = (call) => {
  const axis = axisOf(call.numbers(1)?.[0] ?? 0, call.shape(0).length);
  return along(call.value(0), [axis], (x, [at]) => {
    const total = call.apply(cumsum, [x], { axis: at, reverse: call.flag("reverse") });
    return call.flag("exclusive") ? total.sub(x) : total;
  });
};

export const reductions: Readonly<Record<string, Operator>> = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction((x, axes, keepDims) => x.mean(axes, keepDims)),
  ReduceMax: reduction((x, axes, keepDims) => x.amax(axes, keepDims)),
  ReduceMin: reduction((x, axes, keepDims) => x.builder.apply(reduceMin, [x], { axes, keepDims })),
  ReduceProd: reduction(product),
  ReduceL1: reduction(sum, (x) => x.abs()),
  ReduceL2: reduction((x, axes) => x.square().sum(axes, true).sqrt()),
  ReduceSumSquare: reduction(sum, (x) => x.square()),
  ReduceLogSum: reduction((x, axes) => x.sum(axes, true).log()),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: argExtreme("argmax"),
  ArgMin: argExtreme(argmin),
  Softmax: overAxis("softmax"),
  LogSoftmax: overAxis("logSoftmax"),
  TopK: topK,
  CumSum: cumulative,
};
