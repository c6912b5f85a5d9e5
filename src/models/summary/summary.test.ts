import { expect, test } from "vitest";
import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { createModel } from "../index.ts";
import { summary } from "./summary.ts";

const field = (net: nn.Module, inputShape = [2, 32, 32]) => {
  const row = summary(net, inputShape).layers.at(-1);
  return { size: row?.receptiveField, jump: row?.jump };
};
const conv = (kernel: number, options = {}) => nn.conv2d(2, { kernel, ...options });

test("figure A24: two 3×3 see what one 5×5 sees, three what one 7×7 sees", () => {
  expect(field(nn.sequential(conv(3), conv(3))).size).toEqual([5, 5]);
  expect(field(nn.sequential(conv(3), conv(3), conv(3))).size).toEqual([7, 7]);
  expect(field(conv(7)).size).toEqual([7, 7]);
});

test("strides, dilation, pooling, transposed convolution and both axes", () => {
  expect(field(nn.sequential(conv(3, { stride: 2 }), conv(3, { dilation: 2 })))).toEqual({
    size: [11, 11],
    jump: [2, 2],
  });
  expect(field(nn.sequential(nn.maxPool2d(2), nn.avgPool2d({ kernel: 3, stride: 2 })))).toEqual({
    size: [6, 6],
    jump: [4, 4],
  });
  expect(field(nn.conv2d(2, { kernel: [1, 5], stride: [1, 2] }))).toEqual({
    size: [1, 5],
    jump: [1, 2],
  });
  // Enlarged by 2, an output meets 2 of 4 taps in each direction.
  const up = nn.convTranspose2d(2, { kernel: 4, stride: 2 });
  expect(field(nn.sequential(nn.maxPool2d(2), up))).toEqual({ size: [4, 4], jump: [1, 1] });
});

test("what looks at a whole map sees the whole image; branches take the larger field", () => {
  expect(field(nn.sequential(conv(5, { padding: 2 }), nn.globalAvgPool2d())).size).toEqual([
    36, 36,
  ]);
  expect(field(nn.sequential(nn.maxPool2d(4), nn.flatten(), nn.linear(3))).size).toEqual([32, 32]);
  expect(field(nn.sequential(nn.maxPool2d(4), nn.flatten(), nn.relu())).size).toEqual([4, 4]);
  const wide = nn.conv2d(2, { kernel: 9, padding: 4 });
  const narrow = nn.conv2d(2, { kernel: 3, padding: 1 });
  const sum = nn.add();
  const fork = nn.module("fork", (x: Tensor, m) => {
    const [a, b] = [m.child("wide", () => wide), m.child("narrow", () => narrow)];
    return m.child("sum", () => sum).call(a.call(x, m.mode), b.call(x, m.mode), m.mode);
  });
  expect(field(fork).size).toEqual([9, 9]);
  expect(summary(nn.linear(3), [7]).layers[0].receptiveField).toBeNull();
});

test("attention over all tokens sees the image once; a linear layer on tokens sees no neighbours", () => {
  const patches = nn.patchEmbed(8, { patchSize: 4 });
  const tokens = nn.sequential(patches, nn.linear(8));
  expect(field(tokens)).toEqual({ size: [4, 4], jump: [4, 4] });
  const attention = nn.attention(8, { numHeads: 2 });
  // 8×8 patches: 4 + 7·4 pixels; a second sum over all adds nothing.
  expect(field(nn.sequential(patches, attention, attention)).size).toEqual([32, 32]);
});

test("attention within windows sees the window more each time; merged neighbours see one step more", async () => {
  const { net, inputShape } = await createModel("swin_t");
  const { layers } = summary(net, inputShape);
  const sizeAt = (name: string) =>
    layers.filter((row) => row.name.startsWith(name)).at(-1)?.receptiveField;
  // Windows of 7×7 patches, 4 pixels apart: 4 + 6·4, again + 6·4, then the next patch.
  expect(sizeAt("features.1.0.")).toEqual([28, 28]);
  expect(sizeAt("features.1.1.")).toEqual([52, 52]);
  expect(sizeAt("features.2")).toEqual([56, 56]);
  expect(sizeAt("features.3.0.")).toEqual([56 + 6 * 8, 56 + 6 * 8]);
});

test("enlarging and shuffling pixels bring neighbours nearer", () => {
  const up = nn.sequential(nn.maxPool2d(4), nn.upsample({ scaleFactor: 2 }));
  expect(field(up)).toEqual({ size: [4, 4], jump: [2, 2] });
  const shuffled = nn.sequential(nn.conv2d(8, { kernel: 2, stride: 2 }), nn.pixelShuffle(2));
  expect(field(shuffled)).toEqual({ size: [2, 2], jump: [1, 1] });
});

test("rows add up, a shared layer counts once, frozen weights are told", () => {
  const shared = nn.linear(8);
  const net = nn.sequential(shared, nn.relu(), shared, nn.linear(2));
  const made = summary(net, [8], { batch: 4 });
  expect(made.layers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "0 linear",
    "1 relu",
    "0 linear",
    "3 linear",
  ]);
  expect(made.layers.map((row) => row.parameters)).toEqual([72, 0, 0, 18]);
  expect(made.layers.map((row) => row.macs)).toEqual([256, 0, 256, 64]);
  expect(made).toMatchObject({ parameters: 90, trainableParameters: 90, macs: 576 });
  expect(made.layers[0].outputShape).toEqual([4, 8]);
  nn.freeze(net, "3.*");
  expect(summary(net, [8])).toMatchObject({ parameters: 90, trainableParameters: 72 });
});

test("a module with parameters of its own around others is a row, too", () => {
  const net = nn.module("gain", (x: Tensor, m) =>
    m
      .child("fc", () => nn.linear(3, { bias: false }))
      .call(x.mul(m.param("weight", [5], nn.init.ones())), m.mode),
  );
  const made = summary(net, [5]);
  expect(made.layers.map(({ kind, parameters }) => [kind, parameters])).toEqual([
    ["gain", 5],
    ["linear", 15],
  ]);
  expect(made.parameters).toBe(20);
});

test("forward memory is the sum of the outputs; training adds gradients and what is kept", () => {
  const net = nn.sequential(
    nn.conv2d(4, { kernel: 3, padding: 1 }),
    nn.batchNorm2d(),
    nn.maxPool2d(2),
    nn.flatten(),
    nn.dropout(0.5),
    nn.linear(10),
  );
  const { layers, activationBytes } = summary(net, [3, 8, 8], { batch: 2 });
  const outputs = layers.map((row) => 4 * row.outputShape.reduce((a, b) => a * b, 1));
  expect(layers.map((row) => row.activationBytes.forward)).toEqual(outputs);
  expect(activationBytes.forward).toBe(outputs.reduce((a, b) => a + b, 0));
  expect(activationBytes.training).toBeGreaterThan(2 * activationBytes.forward);
  const extra = layers.map((row, i) => row.activationBytes.training - 2 * outputs[i]);
  // Batch norm keeps mean and variance of its 4 channels; nothing else but dropout keeps anything.
  expect(extra[1]).toBe(2 * 4 * 4);
  expect(extra.filter((_, i) => i !== 1 && i !== 4)).toEqual([0, 0, 0, 0]);
  // Without a gradient there is nothing to keep.
  nn.freeze(net);
  expect(summary(net, [3, 8, 8]).activationBytes).toEqual({
    forward: activationBytes.forward / 2,
    training: activationBytes.forward / 2,
  });
});

test("a network of half a billion weights is summed up without making them", () => {
  const net = nn.sequential(nn.flatten(), nn.linear(4096), nn.relu(), nn.linear(1000));
  const start = performance.now();
  const { parameters } = summary(net, [3, 200, 200]);
  expect(parameters).toBe(120_000 * 4096 + 4096 + 4096 * 1000 + 1000);
  expect(performance.now() - start).toBeLessThan(1000);
});

test("ConvNeXt-XL is summed up without its 1.4 GB of weights", async () => {
  const { net, inputShape } = await createModel("convnext_xlarge");
  nn.initialize(net, inputShape);
  const before = process.memoryUsage();
  const start = performance.now();
  const { parameters, layers } = summary(net, inputShape);
  const after = process.memoryUsage();
  expect(performance.now() - start).toBeLessThan(2000);
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(
    200e6,
  );
  expect(parameters).toBe(350_196_968);
  expect(layers).toHaveLength(300);
});

test("a network of thousands of layers takes time in proportion", () => {
  const time = (layers: number) => {
    const net = nn.sequential(
      ...Array.from({ length: layers }, () => nn.conv2d(4, { kernel: 3, padding: 1 })),
    );
    nn.initialize(net, [4, 8, 8]);
    const start = performance.now();
    expect(summary(net, [4, 8, 8]).layers).toHaveLength(layers);
    return performance.now() - start;
  };
  time(500);
  // Four times the layers; squared, it would be sixteen times.
  expect(time(4000)).toBeLessThan(10 * time(1000));
});
