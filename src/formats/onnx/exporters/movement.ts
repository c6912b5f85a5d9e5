/**
 * Ops that move elements and compute nothing. No size of a batch is written: a batched tensor's first size is copied or asked
 * for.
 */
import type { Node } from "../../../graph/node.ts";
import type { ConcatAttrs } from "../../../ops/concat.ts";
import type { FlipAttrs } from "../../../ops/flip.ts";
import type { GatherAttrs } from "../../../ops/gather.ts";
import type { IotaAttrs } from "../../../ops/iota.ts";
import type { OneHotAttrs } from "../../../ops/one-hot.ts";
import type { PadAttrs } from "../../../ops/pad.ts";
import type { SliceAttrs } from "../../../ops/slice.ts";
import type { SortAttrs } from "../../../ops/sort.ts";
import type { TransposeAttrs } from "../../../ops/transpose.ts";
import { DATA_TYPES } from "../proto.ts";
import { type Emission, int, ints } from "./emission.ts";
import { attrsOf, type Exporter, type Pattern } from "./exporter.ts";

const reshape: Exporter = (e, { inputs: [from], shape, batched }, [x]) => {
  if (batched && shape.length === 2 && from.shape.length > 2) return e.emit("Flatten", [x]);
  // 0 copies the input's size.
  return e.emit("Reshape", [x, e.ints(batched ? [0, ...shape.slice(1)] : shape)]);
};

const broadcastTo: Exporter = (e, node, [x]) => {
  const [from] = node.inputs;
  const { shape, batched, dtype } = node;
  if (from.op === "constant" && !batched) return e.filled(Number(from.attrs.value), shape, dtype);
  return e.emit("Expand", [x, batched ? batchedShape(e, node, from.batched) : e.ints(shape)]);
};

/** Expand lets a size stand where 1 is asked for; only a batch that is new has to be told. */
function batchedShape(e: Emission, { shape }: Node, isBatch: boolean): string {
  const [, ...others] = shape;
  if (isBatch) return e.ints([1, ...others]);
  if (others.length === 0) return e.batchSize();
  return e.emit("Concat", [e.batchSize(), e.ints(others)], { axis: int(0) });
}

const transpose: Exporter = (e, node, inputs) =>
  e.emit("Transpose", inputs, { perm: ints(attrsOf<TransposeAttrs>(node).axes) });

const slice: Exporter = (e, node, [x]) => {
  const { begins, ends, steps } = attrsOf<SliceAttrs>(node);
  const { shape } = node.inputs[0];
  const cut = shape.flatMap((dim, i) => (node.shape[i] === dim ? [] : [i]));
  if (cut.length === 0) return x;
  const of = (list: readonly number[]) => e.ints(cut.map((axis) => list[axis]));
  return e.emit("Slice", [x, of(begins), of(ends), e.ints(cut), of(steps)]);
};

/** Backwards from the last element to the one before the first. */
export function reversed(e: Emission, x: string, { shape }: Node, axes: readonly number[]): string {
  const all = (value: number) => e.ints(axes.map(() => value));
  const ends = e.ints(axes.map((axis) => -shape[axis] - 1));
  return e.emit("Slice", [x, all(-1), ends, e.ints(axes), all(-1)]);
}

const flip: Exporter = (e, node, [x]) => reversed(e, x, node, attrsOf<FlipAttrs>(node).axes);

const concat: Exporter = (e, node, inputs) =>
  e.emit("Concat", inputs, { axis: int(attrsOf<ConcatAttrs>(node).axis) });

const pad: Exporter = (e, node, [x]) => {
  const { before, after, interior, value } = attrsOf<PadAttrs>(node);
  const fill = e.scalar(value, node.dtype);
  const apart = interior.reduce(
    (y, count, axis) => (count > 0 ? spread(e, y, node, axis, fill) : y),
    x,
  );
  if ([...before, ...after].every((count) => count === 0)) return apart;
  return e.emit("Pad", [apart, e.ints([...before, ...after]), fill]);
};

/**
 * Puts `fill` between neighbours along one axis: every element gets a cell, which is filled up behind it; the cells become
 * one axis again, of which the last filling is cut off.
 */
function spread(e: Emission, x: string, node: Node, axis: number, fill: string): string {
  const { interior } = attrsOf<PadAttrs>(node);
  const [{ shape, batched }] = node.inputs;
  const count = interior[axis];
  const cells = e.emit("Unsqueeze", [x, e.ints([axis + 1])]);
  const pads = new Array(2 * (shape.length + 1)).fill(0).with(axis - shape.length, count);
  const filled = e.emit("Pad", [cells, e.ints(pads), fill]);
  const widths = shape.map((dim, i) => (i <= axis ? dim + (dim - 1) * interior[i] : dim));
  const whole = widths.with(axis, shape[axis] * (count + 1));
  const row = e.emit("Reshape", [filled, e.ints(batched ? whole.with(0, 0) : whole)]);
  return e.emit("Slice", [row, e.ints([0]), e.ints([widths[axis]]), e.ints([axis])]);
}

const gather: Exporter = (e, node, [x, index]) => {
  const { axis } = attrsOf<GatherAttrs>(node);
  const inside = withinAxis(e, index, node.inputs[0].shape[axis]);
  return e.emit("GatherElements", [x, inside], { axis: int(axis) });
};

/** An index outside the axis reads its nearest end; ONNX would count from the end, or refuse. */
const withinAxis = (e: Emission, index: string, size: number): string =>
  e.emit("Min", [e.emit("Max", [index, e.scalar(0, "i32")]), e.scalar(size - 1, "i32")]);

/** The same places of a vector along one axis, whatever stands on the others. */
export const gatherPlaces: Pattern = ({ op, attrs, inputs: [x, index] }) => {
  if (op !== "gather" || index.op !== "broadcastTo") return undefined;
  const axis = Number(attrs.axis);
  const [places] = index.inputs;
  const size = index.shape[axis];
  const column = index.shape.map((_, i) => (i === axis ? size : 1));
  const isVector = !places.batched && `1,${column}`.endsWith(`,${places.shape}`);
  const isWhole = x.shape.every((dim, i) => i === axis || dim === index.shape[i]);
  if (!isVector || !isWhole || places.shape.reduce((a, b) => a * b, 1) !== size) return undefined;
  return {
    inputs: [x, places],
    write: (e, [from, given]) => {
      const line = places.shape.length === 1 ? given : e.emit("Reshape", [given, e.ints([-1])]);
      return e.emit("Gather", [from, withinAxis(e, line, x.shape[axis])], { axis: int(axis) });
    },
  };
};

/** Whole rows of a table V×D by an index …×1: the same place in every column. */
export const gatherRows: Pattern = ({ op, attrs, inputs: [x, index] }) => {
  if (op !== "gather" || attrs.axis !== 0 || index.op !== "broadcastTo") return undefined;
  const [places] = index.inputs;
  const isRepeated = x.op === "broadcastTo" && x.inputs[0].op === "reshape";
  const table = isRepeated ? x.inputs[0].inputs[0] : x;
  const fits = table.shape.length === 2 && x.shape[0] === table.shape[0];
  const isColumn = places.shape.length === index.shape.length && places.shape.at(-1) === 1;
  if (!fits || !isColumn || index.shape.at(-1) !== table.shape[1]) return undefined;
  return {
    inputs: [table, places],
    write: (e, [rows, column]) => {
      const list = e.emit("Squeeze", [column, e.ints([-1])]);
      return e.emit("Gather", [rows, withinAxis(e, list, table.shape[0])], { axis: int(0) });
    },
  };
};

/** By comparison: an index outside the classes gives zeros, which ONNX's OneHot would count from the end. */
const oneHot: Exporter = (e, node, [index]) => {
  const { classes } = attrsOf<OneHotAttrs>(node);
  const numbers = Array.from({ length: classes }, (_, i) => i);
  const last = e.emit("Unsqueeze", [index, e.ints([-1])]);
  const isHere = e.emit("Equal", [last, e.tensor(numbers, [classes], "i32")]);
  return e.emit("Cast", [isHere], { to: int(DATA_TYPES.float) });
};

const iota: Exporter = (e, node) => {
  const { axis } = attrsOf<IotaAttrs>(node);
  const { shape, batched } = node;
  const aside = shape.map((_, i) => (i === axis ? -1 : 1));
  const numbers = Array.from({ length: shape[axis] }, (_, i) => i);
  if (!batched) {
    const table = e.tensor(numbers, aside.map(Math.abs).with(axis, shape[axis]), "i32");
    return e.emit("Expand", [table, e.ints(shape)]);
  }
  const line = axis === 0 ? images(e) : e.tensor(numbers, [shape[axis]], "i32");
  const column = e.emit("Reshape", [line, e.ints(aside)]);
  return e.emit("Expand", [column, batchedShape(e, node, false)]);
};

/** 0, 1, … up to the last example. */
function images(e: Emission): string {
  const count = e.emit("Squeeze", [e.batchSize(), e.ints([0])]);
  const end = e.emit("Cast", [count], { to: int(DATA_TYPES.int32) });
  return e.emit("Range", [e.scalar(0, "i32"), end, e.scalar(1, "i32")]);
}

/** The order of the first row, which the columns follow. */
const sort: Exporter = (e, node, [x]) => {
  const { shape } = node;
  const [rows, columns] = shape.slice(-2);
  const keys = e.emit("Slice", [x, e.ints([0]), e.ints([1]), e.ints([-2])]);
  const largest = int(Number(attrsOf<SortAttrs>(node).descending));
  const [, order] = e.emitFor(2, "TopK", [keys, e.ints([columns])], { axis: int(-1), largest });
  const spread = e.emit("Expand", [order, e.ints([rows, 1])]);
  return e.emit("GatherElements", [x, spread], { axis: int(-1) });
};

export const movement = {
  reshape,
  broadcastTo,
  transpose,
  slice,
  flip,
  concat,
  pad,
  gather,
  oneHot,
  iota,
  sort,
} as const satisfies Record<string, Exporter>;
