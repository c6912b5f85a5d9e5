/** ONNX's convolutions. One axis is an image 1 wide; of three axes the first is a sum over the kernel's slices. */
import type { Tensor } from "../../../graph/tensor.ts";
import { convTranspose2d } from "../../../ops/conv-transpose2d.ts";
import type { Call, Operator } from "../call.ts";
import { asColumn, over, pairOf, sidesOf, type Windows, windowsOf } from "./window.ts";

const attrsOf = (call: Call, windows: Windows) => ({
  stride: pairOf(windows.stride),
  dilation: pairOf(windows.dilation),
  padding: sidesOf(windows),
  groups: call.number("group", 1),
});

/** …×L as …×L×1. */
const column = (x: Tensor): Tensor => x.reshape(...x.shape, 1);

/** Adds the bias of each channel, if there is one. */
function biased(call: Call, y: Tensor): Tensor {
  if (!call.has(2)) return y;
  const bias = call.weight(2);
  return y.add(bias.reshape(bias.size, ...y.shape.slice(2).map(() => 1)));
}

const conv: Operator = (call) => {
  const [x, w] = [call.batch(0), call.weight(1)];
  const windows = windowsOf(call, x.shape.slice(2), w.shape.slice(2));
  const plane = (a: Tensor, b: Tensor, of: Windows) =>
    call.apply("conv2d", [a, b], attrsOf(call, of));
  if (x.rank === 4) return biased(call, plane(x, w, windows));
  if (x.rank === 3) {
    const y = plane(column(x), column(w), asColumn(windows));
    return biased(call, y.reshape(...y.shape.slice(0, 3)));
  }
  if (x.rank === 5) return biased(call, volumes(call, x, w, windows, plane));
  return call.fail(`images of ${x.rank - 2} axes are not supported — up to 3 are`);
};

/** y at depth d is the sum over the kernel's slices k of the slice of x at d·s + k·dilation, convolved with it. */
function volumes(
  call: Call,
  x: Tensor,
  w: Tensor,
  windows: Windows,
  plane: (x: Tensor, w: Tensor, windows: Windows) => Tensor,
): Tensor {
  const [kernel, stride, dilation] = [windows.kernel[0], windows.stride[0], windows.dilation[0]];
  const padded = call.apply("pad", [x], {
    before: [0, 0, windows.before[0], 0, 0],
    after: [0, 0, windows.after[0], 0, 0],
  });
  const size = padded.shape[2];
  const depth = 1 + Math.floor((size - dilation * (kernel - 1) - 1) / stride);
  // A convolution a slice: right for short videos and scans of few layers.
  call.bounded(depth * kernel, 4096);
  const kernels = Array.from({ length: kernel }, (_, k) => {
    const slice = w.slice(2, k, k + 1);
    return slice.reshape(...w.shape.slice(0, 2), ...w.shape.slice(3));
  });
  const slices = Array.from({ length: depth }, (_, d) => {
    const terms = kernels.map((slice, k) => {
      const at = d * stride + k * dilation;
      const image = padded
        .slice(2, at, at + 1)
        .reshape(...x.shape.slice(0, 2), ...x.shape.slice(3));
      return plane(image, slice, over(windows, 1, 2));
    });
    const sum = terms.reduce((a, b) => a.add(b));
    return sum.reshape(...sum.shape.slice(0, 2), 1, ...sum.shape.slice(2));
  });
  return call.apply("concat", slices, { axis: 2 });
}

const convTranspose: Operator = (call) => {
  const [x, w] = [call.batch(0), call.weight(1)];
  const windows = windowsOf(call, x.shape.slice(2), w.shape.slice(2));
  const margins = marginsOf(call, x.shape.slice(2), windows);
  const plane = (a: Tensor, b: Tensor, of: Windows, outputPadding: readonly number[]) =>
    call.apply(convTranspose2d, [a, b], {
      ...attrsOf(call, of),
      outputPadding: pairOf(outputPadding),
    });
  const cut = { ...windows, ...margins };
  if (x.rank === 4) return biased(call, plane(x, w, cut, margins.outputPadding));
  if (x.rank !== 3) return call.fail(`images of ${x.rank - 2} axes are not supported — 1 or 2 are`);
  const y = plane(column(x), column(w), asColumn(cut), [margins.outputPadding[0], 0]);
  return biased(call, y.reshape(...y.shape.slice(0, 3)));
};

/** What is cut off, and what is added at the end; `output_shape` and `auto_pad` say the size instead. */
function marginsOf(call: Call, size: readonly number[], windows: Windows) {
  const { kernel, stride, dilation, before, after } = windows;
  const mode = call.text("auto_pad", "NOTSET");
  const told = call.list("output_shape")?.slice(-size.length);
  const shape =
    told ?? (mode.startsWith("SAME") ? size.map((dim, i) => dim * stride[i]) : undefined);
  const outputPadding = call.list("output_padding") ?? size.map(() => 0);
  if (!shape) return { before, after, outputPadding };
  const surplus = size.map(
    (dim, i) => (dim - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - shape[i],
  );
  const cut = surplus.map((by) => Math.max(0, by));
  const [less, more] = [cut.map((by) => Math.floor(by / 2)), cut.map((by) => Math.ceil(by / 2))];
  return {
    before: mode === "SAME_UPPER" ? less : more,
    after: mode === "SAME_UPPER" ? more : less,
    outputPadding: surplus.map((by) => Math.max(0, -by)),
  };
}

export const convolution: Readonly<Record<string, Operator>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
};
