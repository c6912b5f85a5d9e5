/**
 * Values of an ONNX graph while it is traced. A file says how to compute one batch of a size of its own; we compute any
 * number of images at a time. So the graph is traced as it stands for a batch of one image, and every tensor has a batch
 * axis of our own in front: whatever the file does with its own batch axis of size 1, moving it behind the tokens or
 * merging it with the heads of attention, happens within an image. As nearly every tensor has that 1 at axis 0, ours
 * takes its place there, N×C×H×W; only where the file's axis 0 is another, both are there.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import { Tensor } from "../../graph/tensor.ts";

export interface Value {
  readonly tensor: Tensor;
  /** Our batch axis stands before all axes of the file's tensor, not in the place of its axis 0, which is of size 1. */
  readonly inner: boolean;
}

/** What an operator gives: a tensor alone is laid out as most are. */
export type Result = Value | Tensor;

export const toValue = (result: Result): Value =>
  result instanceof Tensor ? { tensor: result, inner: false } : result;

/** The shape that the file's tensor has, for a batch of one image. */
export function shapeOf({ tensor, inner }: Value): Shape {
  if (!tensor.batched) return tensor.shape;
  return inner ? tensor.shape.slice(1) : [1, ...tensor.shape.slice(1)];
}

/** With all axes of the file after our batch axis; a tensor without one stays as it is. */
export function innerOf(value: Value): Value {
  const { tensor, inner } = value;
  if (inner || !tensor.batched) return value;
  return { tensor: tensor.reshape(tensor.shape[0], ...shapeOf(value)), inner: true };
}

/** Ours in the place of an axis 0 of size 1, again. */
export function settled(value: Value): Value {
  const { tensor, inner } = value;
  if (!inner || tensor.shape[1] !== 1) return value;
  const [n, , ...rest] = tensor.shape;
  return { tensor: tensor.reshape(n, ...rest), inner: false };
}

/** The result of `f` on the tensor; the layout stays. */
export const mapValue = ({ tensor, inner }: Value, f: (x: Tensor) => Tensor): Value =>
  settled({ tensor: f(tensor), inner });

/** Axes as ONNX writes them: negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(at) && at >= 0 && at < rank) return at;
  throw new ConvkitError("onnx", `axis ${axis} of a tensor of ${rank} axes — there is none`);
}

/** Applies `f` along axes of the file's tensor, told as axes of ours. */
export function along(
  value: Value,
  axes: readonly number[],
  f: (x: Tensor, axes: readonly number[]) => Tensor,
): Value {
  const { tensor, inner } = axes.includes(0) ? innerOf(value) : value;
  const shift = inner ? 1 : 0;
  return settled({
    tensor: f(
      tensor,
      axes.map((axis) => axis + shift),
    ),
    inner,
  });
}

/** The same elements under another shape of the file's. */
export function reshaped(value: Value, shape: Shape): Value {
  const { tensor } = value;
  if (!tensor.batched) return { tensor: tensor.reshape(...shape), inner: false };
  const own = sizeOf(shapeOf(value));
  if (sizeOf(shape) !== own) {
    throw new ConvkitError(
      "onnx",
      `${formatShape(shapeOf(value))} for each image does not fit ${formatShape(shape)} — ` +
        "the file was made for inputs of another size",
    );
  }
  const [n] = tensor.shape;
  const isLeading = shape[0] === 1;
  return { tensor: tensor.reshape(n, ...(isLeading ? shape.slice(1) : shape)), inner: !isLeading };
}

/** Operands laid out so that their axes meet as in the file, counted from the last one. */
export interface Aligned {
  readonly tensors: readonly Tensor[];
  readonly inner: boolean;
}

/** For operators that broadcast. */
export function aligned(values: readonly Value[]): Aligned {
  const shapes = values.map(shapeOf);
  const rank = Math.max(...shapes.map(({ length }) => length));
  if (values.every(({ tensor }) => !tensor.batched)) {
    return { tensors: values.map(({ tensor }) => tensor), inner: false };
  }
  const isLeading = values.every(({ tensor, inner }, i) =>
    tensor.batched
      ? !inner && shapes[i].length === rank
      : shapes[i].length < rank || shapes[i][0] === 1,
  );
  if (isLeading) return { tensors: values.map(({ tensor }) => tensor), inner: false };
  const tensors = values.map(({ tensor }, i) => {
    if (!tensor.batched) return tensor;
    const ones = new Array<number>(rank - shapes[i].length).fill(1);
    return tensor.reshape(tensor.shape[0], ...ones, ...shapes[i]);
  });
  return { tensors, inner: true };
}

/** An operator over single elements of operands that broadcast. */
export function elementwise(values: readonly Value[], f: (...x: Tensor[]) => Tensor): Value {
  const { tensors, inner } = aligned(values);
  const tensor = f(...tensors);
  return settled({ tensor, inner: inner && tensor.batched });
}
