/**
 * Programs for fewer images than lanes: the work inside an image is dealt out to the threads, and stacks of matrices have
 * a kernel of their own. Large enough to be cut, checked against the reference.
 */
import { afterAll, describe, expect, test } from "vitest";
import type { ConvolutionAttrs } from "../../ops/convolution.ts";
import { gelu } from "../../ops/gelu.ts";
import { compile, type HostTensor, type Tensor } from "../../tensor/index.ts";
import { referenceDevice } from "../reference/device.ts";
import { wasmDevice } from "./device.ts";

const two = await wasmDevice({ threads: 2 });
const five = await wasmDevice({ threads: 5 });
const reference = referenceDevice();
afterAll(() => Promise.all([two, five].map((device) => device.dispose())));

function waves(shape: readonly number[], step = 0.37): HostTensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return {
    shape,
    dtype: "f32",
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(step * i)),
  };
}

/** Sums of 20 thousand waves nearly cancel. */
const TOLERANCE = 2e-5;

type Program = (x: Tensor, y: Tensor) => Tensor | Tensor[];

/** The largest difference on either device from what the reference gives; the number of threads changes no bit. */
async function difference(
  program: Program,
  inputs: readonly HostTensor[],
  capacity: number,
  batched = [true, true],
) {
  const results: (readonly HostTensor[])[] = [];
  for (const device of [reference, two, five]) {
    const run = compile((x, y) => [program(x, y)].flat(), { device, capacity, batched });
    results.push(await run(inputs[0], inputs[1] ?? inputs[0]));
    run.dispose();
  }
  const [expected, found, again] = results;
  expect(again).toEqual(found);
  let largest = 0;
  expected.forEach(({ data, shape }, k) => {
    expect(found[k].shape).toEqual(shape);
    data.forEach((value, i) => {
      const error = Math.abs(value - found[k].data[i]) / (1 + Math.abs(value));
      largest = Math.max(largest, error);
    });
  });
  return largest;
}

describe.each([
  [1, 1],
  [3, 3],
  [2, 5],
])("%i images where there is room for %i", (images, capacity) => {
  test.each<[string, Program, number[], number[]]>([
    ["an activation", (x) => x.builder.apply(gelu, [x]), [61, 307], []],
    ["turned and added", (x, y) => x.transpose(0, 2, 1).add(y), [130, 150], [150, 130]],
    ["a row added to channels", (x, y) => x.mul(y).add(1), [24, 31, 33], [24, 1, 1]],
    [
      "sums along an axis, and over all",
      (x) => [x.sum(1), x.sum(2), x.sum([1, 2])],
      [150, 131],
      [],
    ],
    ["softmax", (x) => x.builder.apply("softmax", [x], { axis: -1 }), [3, 75, 77], []],
    [
      "pictures cut into windows",
      (x) => x.reshape(x.shape[0], 6, 4, 12, 5, 12).transpose(0, 2, 4, 3, 5, 1).exp(),
      [6, 48, 60],
      [],
    ],
  ])("%s", async (_, program, first, second) => {
    const inputs = [first, second].filter((s) => s.length > 0).map((s) => waves([images, ...s]));
    expect(await difference(program, inputs, capacity)).toBeLessThan(TOLERANCE);
  });

  test.each<[string, number[], number[], boolean, boolean]>([
    ["scores of attention", [5, 37, 20], [5, 33, 20], false, true],
    ["what attention looks at", [5, 37, 33], [5, 33, 20], false, false],
    ["the gradient of its keys", [5, 37, 33], [5, 37, 20], true, false],
    ["both turned", [3, 20, 16], [3, 17, 20], true, true],
    ["windows with heads", [4, 3, 19, 18], [4, 3, 18, 16], false, false],
    ["one matrix for all heads", [4, 9, 18], [1, 18, 15], false, false],
    ["three axes", [19, 18], [18, 50], false, false],
    ["a row", [6, 1, 40], [6, 40, 7], false, false],
    ["a column", [6, 7, 40], [6, 40, 1], false, false],
    ["an outer product", [6, 7, 1], [6, 1, 21], false, false],
  ])("%s", async (_, first, second, transposeA, transposeB) => {
    const inputs = [waves([images, ...first]), waves([images, ...second], 0.71)];
    const product: Program = (x, y) =>
      x.builder.apply("matmul", [x, y], { transposeA, transposeB }).add(x.builder.constant(1));
    expect(await difference(product, inputs, capacity)).toBeLessThan(TOLERANCE);
  });

  test.each<[string, number, number, Partial<ConvolutionAttrs>]>([
    ["seven wide", 48, 7, { padding: [3, 3, 3, 3] }],
    [
      "with stride, of channels that fill no width",
      21,
      3,
      { stride: [2, 2], padding: [1, 1, 1, 1] },
    ],
    ["with dilation", 19, 3, { dilation: [2, 3] }],
    ["of three channels, padded on one side", 3, 5, { padding: [2, 0, 0, 1] }],
  ])("a depthwise convolution %s", async (_, channels, kernel, attrs) => {
    const inputs = [waves([images, channels, 30, 31]), waves([channels, 1, kernel, kernel], 0.71)];
    const program: Program = (x, w) =>
      x.builder.apply("conv2d", [x, w], { ...attrs, groups: channels }).exp();
    expect(await difference(program, inputs, capacity, [true, false])).toBeLessThan(TOLERANCE);
  });
});
