/**
 * ONNX's pooling. Largest element and mean go axis by axis: a window of three axes is one of two and then one of depth; a
 * sequence is an image 1 wide.
 */
import type { Tensor } from "../../../graph/tensor.ts";
import { avgPool2d } from "../../../ops/avg-pool2d.ts";
import { floor } from "../../../ops/floor.ts";
import { windowAxes } from "../../../ops/window.ts";
import type { Call, Operator } from "../call.ts";
import { asColumn, over, pairOf, sidesOf, type Windows, windowsOf } from "./window.ts";

/** Pools images whose window this is. */
type Pool = (call: Call, x: Tensor, windows: Windows) => Tensor;

const attrsOf = (call: Call, windows: Windows) => ({
  kernel: pairOf(windows.kernel),
  stride: pairOf(windows.stride),
  padding: sidesOf(windows),
  ceilMode: call.flag("ceil_mode"),
});

const dilated = ({ dilation }: Windows) => ({ dilation: pairOf(dilation) });

const maxPlane: Pool = (call, x, windows) =>
  call.apply("maxPool2d", [x], { ...attrsOf(call, windows), ...dilated(windows) });

const averagePlane: Pool = (call, x, windows) => {
  if (windows.dilation.some((by) => by > 1)) return dilatedMean(call, x, windows);
  const countIncludePad = call.flag("count_include_pad");
  return call.apply(avgPool2d, [x], { ...attrsOf(call, windows), countIncludePad });
};

/** No op leaves gaps in a mean: a convolution with ones sums, and a table says by what to divide. */
function dilatedMean(call: Call, x: Tensor, windows: Windows): Tensor {
  const [, c, ...size] = x.shape;
  const { kernel, stride, dilation, before, after } = windows;
  const window = { ...attrsOf(call, windows), ...dilated(windows) };
  const { ceilMode, ...attrs } = window;
  const axes = windowAxes("AveragePool", size, window, ceilMode);
  for (const [i, { output }] of axes.entries()) call.bounded(output * kernel[i]);
  const counts = axes.map(({ output }, i) =>
    Array.from({ length: output }, (_, o) => {
      const taps = Array.from({ length: kernel[i] }, (_, k) => o * stride[i] + k * dilation[i]);
      const [low, high] = call.flag("count_include_pad")
        ? [0, before[i] + size[i] + after[i]]
        : [before[i], before[i] + size[i]];
      return taps.filter((at) => at >= low && at < high).length;
    }),
  );
  const ends = axes.map(({ output }, i) =>
    Math.max(0, (output - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - size[i] - before[i]),
  );
  const padding = [before[0], ends[0], before[1], ends[1]];
  const ones = call.apply("broadcastTo", [call.constant(1)], { shape: [c, 1, ...kernel] });
  const sums = call.apply("conv2d", [x, ones], {
    stride: attrs.stride,
    dilation: attrs.dilation,
    padding,
    groups: c,
  });
  call.bounded(counts[0].length * counts[1].length);
  const divisors = counts[0].flatMap((rows) => counts[1].map((columns) => rows * columns));
  return sums.div(
    call.table(
      axes.map(({ output }) => output),
      divisors,
    ),
  );
}

/** Pools over one, two or three axes by pooling images. */
function pool(call: Call, plane: Pool): Tensor {
  const x = call.batch(0);
  const windows = windowsOf(call, x.shape.slice(2), call.list("kernel_shape") ?? []);
  if (x.rank === 4) return plane(call, x, windows);
  if (x.rank === 3) {
    const y = plane(call, x.reshape(...x.shape, 1), asColumn(windows));
    return y.reshape(...y.shape.slice(0, 3));
  }
  if (x.rank !== 5)
    return call.fail(`images of ${x.rank - 2} axes are not supported — up to 3 are`);
  const [n, c, depth, height, width] = x.shape;
  const planes = x.reshape(n, c * depth, height, width);
  const y = plane(call, planes, over(windows, 1, 2));
  const [, , h, w] = y.shape;
  const pooled = plane(call, y.reshape(n, c, depth, h * w), asColumn(windows));
  return pooled.reshape(n, c, -1, h, w);
}

const maxPool: Operator = (call) => {
  const y = pool(call, maxPlane);
  return call.wants(1) ? [y, positions(call)] : y;
};

/**
 * Where the largest elements stand in the whole tensor, of one image. Ours are places in the window, kh·(kernel width) +
 * kw; ONNX counts all elements, row by row or, with `storage_order` 1, column by column.
 */
function positions(call: Call): Tensor {
  const x = call.batch(0);
  if (x.rank !== 4) return call.fail("places of largest elements are supported for images only");
  const [n, c, height, width] = x.shape;
  const windows = windowsOf(call, [height, width], call.list("kernel_shape") ?? []);
  const { kernel, stride, dilation, before } = windows;
  const attrs = { ...attrsOf(call, windows), ...dilated(windows) };
  const places = call.apply("maxPool2dIndices", [x], attrs).to("f32");
  const [, , rows, columns] = places.shape;
  const count = (size: number, start: number, by: number) =>
    Array.from({ length: call.bounded(size) }, (_, i) => start + i * by);
  const tapRow = call.apply(floor, [places.add(0.5).div(kernel[1])]);
  const tapColumn = places.sub(tapRow.mul(kernel[1]));
  const row = call.table([rows, 1], count(rows, -before[0], stride[0]));
  const column = call.table([columns], count(columns, -before[1], stride[1]));
  const steps = call.flag("storage_order") ? [1, height] : [width, 1];
  const images = x.batched ? 1 : n;
  const plane = call.table([images, c, 1, 1], count(images * c, 0, height * width));
  return row
    .add(tapRow.mul(dilation[0]))
    .mul(steps[0])
    .add(column.add(tapColumn.mul(dilation[1])).mul(steps[1]))
    .add(plane)
    .to("i32");
}

/** Over all positions of each channel, which stay as sizes of 1. */
const global =
  (reduce: (x: Tensor, axes: number[]) => Tensor): Operator =>
  (call) => {
    const x = call.batch(0);
    return reduce(x, x.shape.map((_, i) => i).slice(2));
  };

/** (Σ|x|ᵖ)^(1/p). */
const globalLp: Operator = (call) => {
  const p = call.number("p", 2);
  const x = call.batch(0);
  const axes = x.shape.map((_, i) => i).slice(2);
  return x
    .abs()
    .pow(p)
    .sum(axes, true)
    .pow(1 / p);
};

export const pooling: Readonly<Record<string, Operator>> = {
  MaxPool: maxPool,
  AveragePool: (call) => pool(call, averagePlane),
  GlobalAveragePool: global((x, axes) => x.mean(axes, true)),
  GlobalMaxPool: global((x, axes) => x.amax(axes, true)),
  GlobalLpPool: globalLp,
};
