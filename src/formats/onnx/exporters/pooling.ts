/**
 * Pooling. Windows that hang over the end in ceil mode are written as padding that does not count: versions and runtimes
 * disagree on `ceil_mode`.
 */
import type { Node } from "../../../graph/node.ts";
import { type AvgPoolAttrs, type MaxPoolAttrs, poolAxes } from "../../../ops/pooling.ts";
import type { WindowAxis } from "../../../ops/window.ts";
import { padsOf } from "./contractions.ts";
import { type Emission, int, ints } from "./emission.ts";
import { attrsOf, type Exporter } from "./exporter.ts";

/** Padding after the image that the last window needs. */
const reachAfter = ({ kernel, stride, dilation, before, input, output }: WindowAxis): number =>
  Math.max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - before - input);

/** Top, bottom, left and right, as far as the windows reach. */
function reachOf(node: Node, attrs: MaxPoolAttrs | AvgPoolAttrs): number[] {
  const axes = poolAxes(node.op, node.inputs[0].shape.slice(2), attrs);
  return axes.flatMap((axis) => [axis.before, reachAfter(axis)]);
}

function padded(
  e: Emission,
  x: string,
  { dtype }: Node,
  sides: readonly number[],
  value: number,
): string {
  const [top, left, bottom, right] = padsOf(sides);
  const pads = e.ints([0, 0, top, left, 0, 0, bottom, right]);
  return e.emit("Pad", [x, pads, e.scalar(value, dtype)]);
}

const maxPool2d: Exporter = (e, node, [x]) => {
  const attrs = attrsOf<MaxPoolAttrs>(node);
  const { kernel, stride, dilation } = attrs;
  const sides = reachOf(node, attrs);
  const window = {
    kernel_shape: ints(kernel),
    strides: ints(stride),
    dilations: ints(dilation),
  };
  // Runtimes refuse padding as wide as the kernel, which a dilated one can have.
  if (sides.every((size, side) => size < kernel[side >> 1])) {
    return e.emit("MaxPool", [x], { ...window, pads: ints(padsOf(sides)) });
  }
  return e.emit("MaxPool", [padded(e, x, node, sides, Number.NEGATIVE_INFINITY)], window);
};

const avgPool2d: Exporter = (e, node, [x]) => {
  const attrs = attrsOf<AvgPoolAttrs>(node);
  const { kernel, stride, padding, countIncludePad } = attrs;
  const sides = reachOf(node, attrs);
  const window = { kernel_shape: ints(kernel), strides: ints(stride) };
  const over = sides.map((size, side) => Math.max(0, size - padding[side]));
  const hangs = over.some((size) => size > 0);
  if (!countIncludePad || !hangs) {
    const count_include_pad = int(Number(countIncludePad));
    return e.emit("AveragePool", [x], { ...window, pads: ints(padsOf(sides)), count_include_pad });
  }
  // Zeros that count, and beyond them what does not.
  const zeros = padded(e, x, node, padding, 0);
  return e.emit("AveragePool", [zeros], { ...window, pads: ints(padsOf(over)) });
};

export const pooling = { maxPool2d, avgPool2d } as const satisfies Record<string, Exporter>;
