import { afterAll, expect, test } from "vitest";
import { onDevice } from "../../../test/on-device.ts";
import { array, ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { wasmDevice } from "../../backends/wasm/device.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";
import golden from "./golden/pyramid.json" with { type: "json" };

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

/** `f` traced over images of a program with room for `capacity` of them. */
function traced(shape: readonly number[], capacity: number, f: (x: Tensor) => Tensor[]) {
  const builder = new Builder(table, capacity);
  const type = { shape: [capacity, ...shape], dtype: "f32", batched: true } as const;
  return { builder, outputs: f(builder.input("x", type)) };
}

const mode = { training: false };
const run = (x: RefArray, f: (x: Tensor) => Tensor[]) => {
  const { builder, outputs } = traced(x.shape.slice(1), x.shape[0], f);
  return new ReferenceStore().run(builder, outputs, [x], x.shape[0]);
};
const trace = (layer: nn.Module, shape: readonly number[]) => () => nn.traceNetwork(layer, shape);

const image = array([1, 1, 13, 10], golden.gaussian[0].values);

test("pyramids are OpenCV's, and the Laplacian one gives the image back", () => {
  const gaussian = run(image, (x) => nn.imagePyramid(x, 3));
  const laplacian = run(image, (x) => nn.laplacianPyramid(x, 3));
  for (const [level, { values }] of golden.gaussian.entries()) {
    expect(relativeError(gaussian[level], values)).toBeLessThan(1e-11);
    expect(relativeError(laplacian[level], golden.laplacian[level].values)).toBeLessThan(1e-11);
  }
  const [back] = run(image, (x) => [nn.collapsePyramid(nn.laplacianPyramid(x, 3))]);
  expect(relativeError(back, image.data)).toBeLessThan(1e-14);
});

test("pyramids and their gradients on wasm are those of the reference", async () => {
  const x = wave([3, 2, 9, 8]);
  const all = (x: Tensor) => {
    const levels = nn.laplacianPyramid(x, 3);
    const loss = levels.map((level) => level.square().mul(level).mean()).reduce((a, b) => a.add(b));
    return [...levels, ...grad(loss, [x])];
  };
  const expected = run(x, all);
  for (const capacity of [3, 20]) {
    const { builder, outputs } = traced([2, 9, 8], capacity, all);
    const program = await onDevice(device, builder.build(outputs));
    if (capacity > 3) await program.spoil();
    (await program.run([x], 3)).forEach(({ data }, i) => {
      expect(relativeError(data, expected[i])).toBeLessThan(1e-5);
    });
    program.dispose();
  }
});

test("a pyramid of more levels than the image has is refused", () => {
  expect(() => run(image, (x) => nn.imagePyramid(x, 5))).toThrow(
    "[imagePyramid] 5 levels of 1×1×13×10, expected from 1 to 4",
  );
  expect(() => run(image, (x) => nn.laplacianPyramid(x, 0))).toThrow("0 levels");
});

test("shuffling there and back changes nothing", () => {
  const x = wave([2, 12, 4, 6]);
  const [pixels, channels] = run(x, (t) => [
    nn.pixelShuffle(2).call(nn.pixelUnshuffle(2).call(t, mode), mode),
    nn.channelShuffle(4).call(nn.channelShuffle(3).call(t, mode), mode),
  ]);
  expect(pixels).toEqual(x.data);
  expect(channels).toEqual(x.data);
});

test("resampling to the same size is no work, and a ramp stays a ramp", () => {
  const { builder, outputs } = traced([1, 4, 5], 1, (x) => [nn.interpolate(x, { size: [4, 5] })]);
  expect(outputs[0].node).toBe(builder.nodes[0]);
  const ramp = array([1, 1, 1, 6], [0, 1, 2, 3, 4, 5]);
  for (const mode of ["bilinear", "bicubic"] as const) {
    const options = { size: [1, 11], mode, alignCorners: true };
    const [y] = run(ramp, (x) => [nn.interpolate(x, options)]);
    const inner = mode === "bilinear" ? [...y] : [...y].slice(2, -2);
    for (const [i, value] of inner.entries()) {
      expect(value).toBeCloseTo((i + (11 - inner.length) / 2) / 2, 12);
    }
  }
});

test("a gradient of a gradient goes through interpolation", () => {
  const x = wave([1, 1, 3, 3]);
  const [found, linear] = run(x, (x) => {
    const y = nn.interpolate(x, { scaleFactor: 2, mode: "bicubic" });
    const [slope] = grad(y.square().mul(0.5).sum(), [x]); // Aᵀ·A·x
    return [...grad(slope.square().mul(0.5).sum(), [x]), slope]; // Aᵀ·A·(Aᵀ·A·x)
  });
  const [twice] = run({ shape: x.shape, data: linear }, (s) => {
    const y = nn.interpolate(s, { scaleFactor: 2, mode: "bicubic" });
    return grad(y.square().mul(0.5).sum(), [s]);
  });
  expect(relativeError(found, twice)).toBeLessThan(1e-13);
});

test("skipping after a convolution gives 1 + ⌊(m − 2h − 1)/(s + 1)⌋ positions, those of a stride of s + 1", () => {
  for (const [m, h, s] of [
    [11, 1, 1],
    [12, 2, 2],
    [9, 1, 3],
  ]) {
    const kernel = nn.kernels.gaussian({ sigma: 1, size: 2 * h + 1 });
    const dense = nn.filter2d(kernel, { padding: 0 });
    const strided = nn.filter2d(kernel, { padding: 0, stride: s + 1 });
    const x = wave([1, 1, m, m]);
    const [skipped, direct] = run(x, (t) => [
      nn.subsample(s).call(dense.call(t, mode), mode),
      strided.call(t, mode),
    ]);
    expect(skipped.length).toBe((1 + Math.floor((m - 2 * h - 1) / (s + 1))) ** 2);
    expect(skipped).toEqual(direct);
  }
});

test("blur pooling hardly sees a shift that bare subsampling sees", () => {
  // Stripes of one pixel: every second column is all there is of them.
  const stripes = (shift: number) =>
    array(
      [1, 1, 8, 8],
      Array.from({ length: 64 }, (_, i) => (i + shift) % 2),
    );
  const outputs = (x: RefArray) =>
    run(x, (t) => [nn.subsample(1).call(t, mode), nn.blurPool2d().call(t, mode)]);
  const [[bare, blurred], [bareMoved, blurredMoved]] = [0, 1].map((shift) =>
    outputs(stripes(shift)),
  );
  expect(
    relativeError(
      bareMoved,
      bare.map((v) => v + 1),
    ),
  ).toBe(0);
  expect(blurredMoved).toEqual(blurred);
});

test.each([
  [() => nn.upsample({}), "[upsample] neither size nor scaleFactor — give one of them"],
  [() => nn.upsample({ size: 3, scaleFactor: 2 }), "[upsample] both size and scaleFactor"],
  [
    () => nn.upsample({ size: 3, mode: "cubic" as "bicubic" }),
    '[upsample] mode "cubic" is unknown — use nearest, nearest-exact, linear, bilinear',
  ],
  [
    () => nn.upsample({ size: 3, alignCorners: true }),
    '[upsample] alignCorners means nothing to mode "nearest"',
  ],
  [
    trace(nn.upsample({ size: 3, mode: "bilinear" }), [2, 5]),
    "[interpolate] bilinear takes tensors of rank 4, got 1×2×5",
  ],
  [
    trace(nn.upsample({ size: [3, 4, 5] }), [2, 5, 5]),
    "[interpolate] size is [3,4,5], expected a positive number, or one for each axis of 5×5",
  ],
  [trace(nn.upsample({ scaleFactor: 0.1 }), [2, 5, 5]), "[interpolate] size is 0"],
  [trace(nn.pixelShuffle(2), [6, 2, 2]), "[pixelShuffle] 6 channels are no multiple of 2²"],
  [
    trace(nn.pixelUnshuffle(2), [6, 2, 3]),
    "[pixelUnshuffle] 2×3 does not divide into squares of 2×2",
  ],
  [
    trace(nn.channelShuffle(4), [6, 2, 3]),
    "[channelShuffle] takes N×C×… with channels that 4 groups divide",
  ],
  [() => nn.subsample(-1), "[subsample] skip is -1, expected a whole number from 0 on"],
  [
    () => nn.zeroPad2d([1, 2, 3, 4] as unknown as [number, number]),
    "[zeroPad2d] padding is [1,2,3,4], expected",
  ],
  [() => nn.reflectionPad2d(-1), "[reflectionPad2d] padding is -1, expected a whole number"],
  [
    trace(nn.reflectionPad2d(3), [1, 3, 8]),
    "[reflectionPad2d] reflect padding of 3 and 3 is more than the 2 that 3 elements give",
  ],
  [trace(nn.circularPad2d([0, 4]), [1, 3, 3]), "[circularPad2d] circular padding of 4 and 4"],
])("refuses what cannot be (%#)", (make, message) => {
  expect(make).toThrow(message);
});
