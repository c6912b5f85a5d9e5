/** ONNX operators that move elements or change shapes. */
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import type { Call, Operator } from "../call.ts";
import { axesOf, axisOf } from "./axes.ts";

const reshape: Operator = (call) => {
  const x = call.tensor(0);
  const sizes = call.numbers(1) ?? [];
  const keepsZero = call.number("allowzero", 0) === 1;
  return x.reshape(...sizes.map((size, i) => (size === 0 && !keepsZero ? x.shape[i] : size)));
};

const flatten: Operator = (call) => {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", 1), x.rank);
  const rows = x.shape.slice(0, axis).reduce((size, dim) => size * dim, 1);
  return x.reshape(rows, -1);
};

const squeeze: Operator = (call) => {
  const x = call.tensor(0);
  const gone = axesOf(call, 1, x.rank);
  return x.reshape(...x.shape.filter((dim, i) => (gone ? !gone.includes(i) : dim !== 1)));
};

const unsqueeze: Operator = (call) => {
  const x = call.tensor(0);
  const rank = x.rank + (call.list("axes") ?? call.numbers(1) ?? []).length;
  const added = axesOf(call, 1, rank) ?? [];
  const sizes = [...x.shape];
  return x.reshape(
    ...Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : (sizes.shift() as number))),
  );
};

const transpose: Operator = (call) => {
  const x = call.tensor(0);
  return x.transpose(...(call.list("perm") ?? x.shape.map((_, i) => x.rank - 1 - i)));
};

/** A negative step goes backwards: the axis is turned, and the bounds with it. */
const slice: Operator = (call) => {
  let x = call.tensor(0);
  const starts = call.numbers(1) ?? [];
  const ends = call.numbers(2) ?? [];
  const steps = call.numbers(4) ?? starts.map(() => 1);
  const axes = axesOf(call, 3, x.rank) ?? starts.map((_, i) => i);
  axes.forEach((axis, i) => {
    const dim = x.shape[axis];
    const within = (at: number, low: number, high: number) =>
      Math.min(Math.max(at < 0 ? at + dim : at, low), high);
    if (steps[i] > 0) {
      x = x.slice(axis, within(starts[i], 0, dim), within(ends[i], 0, dim), steps[i]);
    } else {
      const first = within(starts[i], 0, dim - 1);
      const last = within(ends[i], -1, dim - 1);
      const turned = call.g.flip(x, { axes: [axis] });
      x = turned.slice(axis, dim - 1 - first, dim - 1 - last, -steps[i]);
    }
  });
  return x;
};

const split: Operator = (call) => {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", 0), x.rank);
  const sizes = call.list("split") ?? call.numbers(1) ?? evenSizes(x.shape[axis], call);
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return x.slice(axis, at - size, at);
  });
};

/** ⌈dim/parts⌉ each, what is left in the last. */
function evenSizes(dim: number, call: Call): number[] {
  const parts = call.number("num_outputs", call.results);
  const size = Math.ceil(dim / parts);
  return Array.from({ length: parts }, (_, i) => Math.min(size, dim - i * size));
}

const concat: Operator = (call) => {
  const inputs = call.tensors();
  return call.g.concat(inputs, { axis: axisOf(call.number("axis", 0), inputs[0].rank) });
};

/** Rows before and after each axis, as attribute or as input, for all axes or for those named. */
function padsOf(call: Call, x: Tensor): { before: number[]; after: number[] } {
  const given = call.list("pads") ?? call.numbers(1) ?? [];
  const axes = axesOf(call, 3, x.rank) ?? x.shape.map((_, i) => i);
  const along = (from: number) =>
    x.shape.map((_, axis) => (axes.includes(axis) ? given[from + axes.indexOf(axis)] : 0));
  return { before: along(0), after: along(axes.length) };
}

/** The layers of padding serve images; the op pads any axis, with one value. */
const pad: Operator = (call) => {
  const x = call.tensor(0);
  const { before, after } = padsOf(call, x);
  const mode = call.text("mode", "constant");
  const value = call.numbers(2)?.[0] ?? call.number("value", 0);
  const isImage = x.rank === 4 && [0, 1].every((i) => before[i] === 0 && after[i] === 0);
  if (!isImage && mode === "constant") return call.g.pad(x, { before, after, value });
  if (!isImage) throw new Error(`padding of mode ${mode} along the first axes`);
  const sides = { top: before[2], bottom: after[2], left: before[3], right: after[3] };
  const layers: Readonly<Record<string, () => nn.Module>> = {
    constant: () => nn.constantPad2d(sides, value),
    reflect: () => nn.reflectionPad2d(sides),
    edge: () => nn.replicationPad2d(sides),
    wrap: () => nn.circularPad2d(sides),
  };
  return call.layer(layers[mode](), x);
};

/** CRD is the order of PyTorch's pixel shuffle, DCR has the place in the square before the channel. */
const depthToSpace: Operator = (call) => {
  const x = call.tensor(0);
  const factor = call.number("blocksize", 1);
  const isOurs = call.text("mode", "DCR") === "CRD";
  return call.layer(nn.pixelShuffle(factor), isOurs ? x : swapChannels(x, factor ** 2));
};

const spaceToDepth: Operator = (call) => {
  const factor = call.number("blocksize", 1);
  const y = call.layer(nn.pixelUnshuffle(factor), call.tensor(0));
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

export const shape: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Slice: slice,
  Split: split,
  Concat: concat,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
