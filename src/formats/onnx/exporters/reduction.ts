/**
 * Ops along axes: sums, extremes, their places, and softmax. A batch axis is reduced like any other: a file's batch has no empty
 * places.
 */
import type { ArgAttrs } from "../../../ops/arg-extreme.ts";
import type { AxisAttrs } from "../../../ops/axis.ts";
import type { CumsumAttrs } from "../../../ops/cumsum.ts";
import type { ReduceAttrs } from "../../../ops/reduction.ts";
import { DATA_TYPES } from "../proto.ts";
import { int } from "./emission.ts";
import { attrsOf, type Exporter } from "./exporter.ts";

const reduce =
  (opType: string): Exporter =>
  (e, node, [x]) => {
    const { axes, keepDims } = attrsOf<ReduceAttrs>(node);
    // Without axes ONNX would reduce all.
    if (axes.length === 0) return x;
    return e.emit(opType, [x, e.ints(axes)], { keepdims: int(Number(keepDims)) });
  };

/** Over the plane of images, the axes kept, it is a pool. */
const reduceOrPool =
  (opType: string, pool: string): Exporter =>
  (e, node, inputs) => {
    const { axes, keepDims } = attrsOf<ReduceAttrs>(node);
    const isPool = keepDims && node.shape.length === 4 && String(axes) === "2,3";
    return isPool ? e.emit(pool, inputs) : reduce(opType)(e, node, inputs);
  };

/** ONNX counts places in int64. */
const place =
  (opType: string): Exporter =>
  (e, node, inputs) => {
    const { axis, keepDims } = attrsOf<ArgAttrs>(node);
    const attributes = { axis: int(axis), keepdims: int(Number(keepDims)) };
    return e.emit("Cast", [e.emit(opType, inputs, attributes)], { to: int(DATA_TYPES.int32) });
  };

const along =
  (opType: string): Exporter =>
  (e, node, inputs) =>
    e.emit(opType, inputs, { axis: int(attrsOf<AxisAttrs>(node).axis) });

const cumsum: Exporter = (e, node, [x]) => {
  const { axis, reverse } = attrsOf<CumsumAttrs>(node);
  return e.emit("CumSum", [x, e.scalar(axis, "i32")], { reverse: int(Number(reverse)) });
};

export const reductions = {
  sum: reduce("ReduceSum"),
  mean: reduceOrPool("ReduceMean", "GlobalAveragePool"),
  reduceMax: reduceOrPool("ReduceMax", "GlobalMaxPool"),
  reduceMin: reduce("ReduceMin"),
  argmax: place("ArgMax"),
  argmin: place("ArgMin"),
  softmax: along("Softmax"),
  logSoftmax: along("LogSoftmax"),
  cumsum,
} as const satisfies Record<string, Exporter>;
