/**
 * ONNX's pooling by the pooling layers. Largest element and mean go axis by axis: a window of three axes is one of two
 * and then one of depth.
 */
import type { Tensor } from "../../../src/graph/tensor.ts";
import * as nn from "../../../src/nn/index.ts";
import { windowAxes } from "../../../src/ops/window.ts";
import type { Call, Operator } from "../call.ts";
import { along, asColumn, pairOf, sidesOf, type Windows, windowsOf } from "./window.ts";

/** Pools images, or sequences, whose window this is. */
type Pool = (call: Call, x: Tensor, windows: Windows) => Tensor;

const maxPlane: Pool = (call, x, windows) => call.layer(nn.maxPool2d(maxOptions(call, windows)), x);

const maxOptions = (call: Call, windows: Windows): nn.MaxPool2dOptions => ({
  kernel: pairOf(windows.kernel),
  stride: pairOf(windows.stride),
  dilation: pairOf(windows.dilation),
  padding: sidesOf(windows),
  ceilMode: call.number("ceil_mode", 0) === 1,
});

const averagePlane: Pool = (call, x, windows) => {
  if (windows.dilation.some((by) => by > 1)) return dilatedMean(call, x, windows);
  const { dilation: _, ...options } = maxOptions(call, windows);
  const countIncludePad = call.number("count_include_pad", 0) === 1;
  return call.layer(nn.avgPool2d({ ...options, countIncludePad }), x);
};

/** One number for the one axis; the layers pad both ends alike. */
function sequenceOptions(call: Call, { kernel, stride, before, after }: Windows) {
  if (before[0] !== after[0]) throw new Error(`padding ${before} and ${after} of a sequence`);
  const ceilMode = call.number("ceil_mode", 0) === 1;
  return { kernel: kernel[0], stride: stride[0], padding: before[0], ceilMode };
}

const maxSequence: Pool = (call, x, windows) => {
  const options = { ...sequenceOptions(call, windows), dilation: windows.dilation[0] };
  return call.layer(nn.maxPool1d(options), x);
};

const averageSequence: Pool = (call, x, windows) => {
  if (windows.dilation[0] > 1) throw new Error("a mean with gaps over a sequence");
  const countIncludePad = call.number("count_include_pad", 0) === 1;
  return call.layer(nn.avgPool1d({ ...sequenceOptions(call, windows), countIncludePad }), x);
};

/** No layer leaves gaps in a mean: a convolution with ones sums, and a table says by what to divide. */
function dilatedMean(call: Call, x: Tensor, windows: Windows): Tensor {
  const [n, c, ...size] = x.shape;
  const { kernel, stride, dilation, before, after } = windows;
  const { ceilMode } = maxOptions(call, windows);
  const window = {
    kernel: pairOf(kernel),
    stride: pairOf(stride),
    dilation: pairOf(dilation),
    padding: sidesOf(windows),
  };
  const axes = windowAxes("AveragePool", size, window, ceilMode);
  const counts = axes.map(({ output }, i) =>
    Array.from({ length: output }, (_, o) => {
      const taps = Array.from({ length: kernel[i] }, (_, k) => o * stride[i] + k * dilation[i]);
      const [low, high] =
        call.number("count_include_pad", 0) === 1
          ? [0, before[i] + size[i] + after[i]]
          : [before[i], before[i] + size[i]];
      return taps.filter((at) => at >= low && at < high).length;
    }),
  );
  const ends = axes.map(({ output }, i) =>
    Math.max(0, (output - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - size[i] - before[i]),
  );
  const layer = nn.conv2d(1, {
    ...window,
    padding: [before[0], ends[0], before[1], ends[1]],
    bias: false,
  });
  const ones = { shape: [1, 1, ...kernel], data: new Array(kernel[0] * kernel[1]).fill(1) };
  const sums = call.layer(layer, x.reshape(n * c, 1, ...size), { weight: ones });
  const divisors = counts[0].flatMap((rows) => counts[1].map((columns) => rows * columns));
  const shape = axes.map(({ output }) => output);
  return sums.div(call.table([1, 1, ...shape], divisors)).reshape(n, c, ...shape);
}

/** Pools over one, two or three axes by pooling images. */
function pool(call: Call, plane: Pool, sequence: Pool): Tensor {
  const x = call.tensor(0);
  const windows = windowsOf(call, x.shape.slice(2), call.list("kernel_shape") ?? []);
  if (x.rank === 4) return plane(call, x, windows);
  if (x.rank === 3) return sequence(call, x, windows);
  const [n, c, depth, height, width] = x.shape;
  const planes = x.reshape(n, c * depth, height, width);
  const y = plane(call, planes, along(windows, 1, 2));
  const [, , h, w] = y.shape;
  const pooled = plane(call, y.reshape(n, c, depth, h * w), asColumn(along(windows, 0)));
  return pooled.reshape(n, c, -1, h, w);
}

const maxPool: Operator = (call) => {
  const y = pool(call, maxPlane, maxSequence);
  return call.results === 1 ? y : [y, positions(call)];
};

/**
 * Where the largest elements stand in the whole tensor. Ours are places in the window, kh·(kernel width) + kw; ONNX
 * counts all elements, row by row or, with `storage_order` 1, column by column.
 */
function positions(call: Call): Tensor {
  const x = call.tensor(0);
  const [n, c, height, width] = x.shape;
  const windows = windowsOf(call, [height, width], call.list("kernel_shape") ?? []);
  const { kernel, stride, dilation, before } = windows;
  const places = call.g.maxPool2dIndices(x, maxOptions(call, windows)).to("f32");
  const [, , rows, columns] = places.shape;
  const count = (size: number, start: number, by: number) =>
    Array.from({ length: size }, (_, i) => start + i * by);
  const tapRow = call.g.floor(places.add(0.5).div(kernel[1]));
  const tapColumn = places.sub(tapRow.mul(kernel[1]));
  const row = call.table([rows, 1], count(rows, -before[0], stride[0]));
  const column = call.table([columns], count(columns, -before[1], stride[1]));
  const isRowMajor = call.number("storage_order", 0) === 0;
  const steps = isRowMajor ? [width, 1] : [1, height];
  const plane = call.table([n, c, 1, 1], count(n * c, 0, height * width));
  return row
    .add(tapRow.mul(dilation[0]))
    .mul(steps[0])
    .add(column.add(tapColumn.mul(dilation[1])).mul(steps[1]))
    .add(plane)
    .to("i32");
}

/** The layers give N×C. */
const global =
  (layer: () => nn.Module): Operator =>
  (call) => {
    const x = call.tensor(0);
    return call.layer(layer(), x).reshape(...x.shape.slice(0, 2), 1, 1);
  };

export const pooling: Readonly<Record<string, Operator>> = {
  MaxPool: maxPool,
  AveragePool: (call) => pool(call, averagePlane, averageSequence),
  GlobalAveragePool: global(nn.globalAvgPool2d),
  GlobalMaxPool: global(nn.globalMaxPool2d),
};
