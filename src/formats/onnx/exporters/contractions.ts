/** Sums of products: convolutions, matrix products and linear layers. Where a convolution's bias was found, it is the third input. */
import type { Node } from "../../../graph/node.ts";
import type { ConvTranspose2dAttrs } from "../../../ops/conv-transpose2d.ts";
import type { Conv2dAttrs } from "../../../ops/conv2d.ts";
import type { Conv2dInputGradAttrs } from "../../../ops/conv2d-input-grad.ts";
import type { ConvolutionAttrs } from "../../../ops/convolution.ts";
import type { MatmulAttrs } from "../../../ops/matmul.ts";
import { type Emission, int, ints } from "./emission.ts";
import { attrsOf, type Exporter } from "./exporter.ts";
import { reversed } from "./movement.ts";

/** Top, left, bottom, right, as ONNX has them. */
export const padsOf = ([top, bottom, left, right]: readonly number[]): number[] => [
  top,
  left,
  bottom,
  right,
];

const windowOf = (
  { stride, padding, dilation, groups }: ConvolutionAttrs,
  [, weight]: readonly Node[],
) => ({
  kernel_shape: ints(weight.shape.slice(2)),
  strides: ints(stride),
  pads: ints(padsOf(padding)),
  dilations: ints(dilation),
  group: int(groups),
});

const conv2d: Exporter = (e, node, [x, w, ...bias]) => {
  const attrs = attrsOf<Conv2dAttrs>(node);
  const kernel = attrs.flip ? reversed(e, w, node.inputs[1], [2, 3]) : w;
  return e.emit("Conv", [x, kernel, ...bias], windowOf(attrs, node.inputs));
};

const convTranspose2d: Exporter = (e, node, [x, ...others]) => {
  const attrs = attrsOf<ConvTranspose2dAttrs>(node);
  const { outputPadding, stride } = attrs;
  // Whole strides of output padding are windows without an element; ONNX allows less than one stride.
  const after = outputPadding.map((size, i) => Math.floor(size / stride[i]));
  const isPadded = after.some((count) => count > 0);
  const pads = e.ints([0, 0, 0, 0, 0, 0, ...after]);
  const windows = isPadded ? e.emit("Pad", [x, pads, e.scalar(0, node.dtype)]) : x;
  const output_padding = ints(outputPadding.map((size, i) => size % stride[i]));
  const window = { ...windowOf(attrs, node.inputs), output_padding };
  return e.emit("ConvTranspose", [windows, ...others], window);
};

/** The transposed convolution whose result has the input's size. */
const conv2dInputGrad: Exporter = (e, node, inputs) => {
  const attrs = attrsOf<Conv2dInputGradAttrs>(node);
  const { stride, padding, dilation, inputSize } = attrs;
  const [y, w] = node.inputs;
  const output_padding = inputSize.map((size, i) => {
    const reach = dilation[i] * (w.shape[2 + i] - 1) + 1;
    const covered = (y.shape[2 + i] - 1) * stride[i] + reach;
    return size + padding[2 * i] + padding[2 * i + 1] - covered;
  });
  const window = { ...windowOf(attrs, node.inputs), output_padding: ints(output_padding) };
  return e.emit("ConvTranspose", inputs, window);
};

const matmul: Exporter = (e, node, [a, b]) => {
  const { transposeA, transposeB } = attrsOf<MatmulAttrs>(node);
  const [left, right] = node.inputs;
  if (left.shape.length === 2 && right.shape.length === 2) {
    return e.emit("Gemm", [a, b], {
      transA: int(Number(transposeA)),
      transB: int(Number(transposeB)),
    });
  }
  return e.emit("MatMul", [
    transposeA ? turned(e, a, left) : a,
    transposeB ? turned(e, b, right) : b,
  ]);
};

/** The last two axes swapped. */
function turned(e: Emission, x: string, { shape }: Node): string {
  const axes = shape.map((_, i) => i);
  const [row, column] = axes.splice(-2);
  return e.emit("Transpose", [x], { perm: ints([...axes, column, row]) });
}

/** Over tokens; rows are a pattern, as they go with their bias. */
const linear: Exporter = (e, node, [x, w]) => e.emit("MatMul", [x, turned(e, w, node.inputs[1])]);

export const contractions = {
  conv2d,
  convTranspose2d,
  conv2dInputGrad,
  matmul,
  linear,
} as const satisfies Record<string, Exporter>;
