import { expect, test } from "vitest";
import { array, ReferenceStore, wave } from "../../../test/reference-store.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";

/** The layer's result on x. */
function run(layer: nn.Module, x: RefArray): Float64Array {
  const builder = new Builder(table);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: false });
  const y = layer.call(input, { training: false });
  return new ReferenceStore().run(builder, [y], [x])[0];
}

const trace = (layer: nn.Module, shape: readonly number[]) => () => nn.traceNetwork(layer, shape);

test("C3 of LeNet-5 has 60 connections and 1,516 parameters", () => {
  const layer = nn.initialize(nn.partialConv2d(nn.lenet5Table, { kernel: 5 }), [6, 14, 14]);
  const sizes = nn.namedParameters(layer).map(([name, { size }]) => [name, size]);
  expect(sizes).toEqual([
    ["weight", 1500],
    ["bias", 16],
  ]);
  // Each column of Table I once, and each map of S2 in ten of C3.
  expect(new Set(nn.lenet5Table.map(String)).size).toBe(16);
  for (let i = 0; i < 6; i++) {
    expect(nn.lenet5Table.filter((inputs) => inputs.includes(i)).length).toBe(10);
  }
});

test("first values of a partial convolution are drawn by each output's own fan", () => {
  const layer = nn.initialize(nn.partialConv2d([[0], [0, 1, 2, 3]], { kernel: 2 }), [4, 3, 3]);
  const [weight, bias] = nn.parameters(layer).map((p) => [...p.read()].map(Math.abs));
  const one = Math.max(...weight.slice(0, 4));
  const four = Math.max(...weight.slice(4));
  expect(one).toBeLessThanOrEqual(1 / 2);
  expect(four).toBeLessThanOrEqual(1 / 4);
  expect(four).toBeGreaterThan(0.8 / 4);
  expect(bias[1]).toBeLessThanOrEqual(1 / 4);
});

test("an output of a partial convolution does not see maps outside its table", () => {
  const layer = nn.initialize(nn.partialConv2d([[0, 2], [1]], { kernel: 3 }), [3, 3, 3]);
  const before = run(layer, wave([1, 3, 3, 3]));
  const { shape, data } = wave([1, 3, 3, 3]);
  const after = run(layer, { shape, data: data.map((v, i) => (i >= 9 && i < 18 ? v + 1 : v)) });
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("a separable convolution is the convolution with the products of its kernels", () => {
  const layer = nn.initialize(nn.separableConv2d(2, { kernel: 3, padding: 1 }), [3, 4, 4]);
  const [depthwise, pointwise, bias] = nn.parameters(layer).map((p) => p.read());
  const dense = nn.initialize(nn.conv2d(2, { kernel: 3, padding: 1 }), [3, 4, 4]);
  const [weight, denseBias] = nn.parameters(dense);
  weight.write(
    Array.from({ length: 54 }, (_, at) => pointwise[Math.floor(at / 9)] * depthwise[at % 27]),
  );
  denseBias.write(bias);
  const x = wave([2, 3, 4, 4]);
  const expected = run(dense, x);
  for (const [i, value] of run(layer, x).entries()) expect(value).toBeCloseTo(expected[i], 6);
});

test("a filter has no parameters, follows the channels, and leaves flat images flat under a blur", () => {
  const layer = nn.filter2d(nn.kernels.binomial(5));
  const flat = array(
    [1, 2, 6, 7],
    Array.from({ length: 84 }, (_, i) => (i < 42 ? 3 : -1)),
  );
  expect(run(layer, flat)).toEqual(flat.data);
  expect(nn.namedStates(layer)).toEqual([]);
});

test("a true convolution of a sequence turns the kernel round", () => {
  const weightInit = () => [1, 2, 3];
  const layer = nn.conv1d(1, { kernel: 3, bias: false, flip: true, weightInit });
  expect([...run(layer, array([1, 1, 4], [1, 0, 0, 1]))]).toEqual([3, 1]);
});

test.each([
  // As PyTorch's layers are called.
  [() => nn.conv2d(16, 3 as never), "[conv2d] needs a kernel: { kernel: 2 }"],
  [() => nn.depthwiseConv2d({} as never), "[depthwiseConv2d] needs a kernel"],
  [
    trace(nn.conv2d(2, { kernel: [3, -1] }), [1, 4, 9]),
    "[conv2d] kernel is 3,-1, expected a whole",
  ],
  [() => nn.conv2d(4, { kernel: 3, groups: 0 }), "[conv2d] 4 output channels in 0 groups"],
  [
    () => nn.filter2d({ shape: [2, 2], values: [1] }),
    "[filter2d] a kernel of 1 values and shape 2×2",
  ],
  [
    () => nn.conv2d(2, { kernel: 3, paddingMode: "same" as "zeros" }),
    '[conv2d] padding mode "same" is unknown — use "zeros", "reflect", "replicate", "circular"',
  ],
  [
    trace(nn.conv2d(2, { kernel: 9, padding: 4, paddingMode: "reflect" }), [1, 4, 9]),
    "[conv2d] reflect padding of 4 and 4 is more than the 3 that 4 elements give — x 1×1×4×9",
  ],
  [trace(nn.conv1d(2, { kernel: 3 }), [1, 4, 9]), "[conv1d] takes sequences N×C×L, got 1×1×4×9"],
  [
    trace(nn.conv1d(4, { kernel: 3, groups: 2 }), [3, 9]),
    "[conv1d] input has 3 channels, which 2 groups",
  ],
  [
    () => nn.convTranspose1d(3, { kernel: 3, groups: 2 }),
    "[convTranspose1d] 3 output channels in 2 groups",
  ],
  [
    () => nn.depthwiseConv2d({ kernel: 3, multiplier: 0.5 }),
    "[depthwiseConv2d] multiplier is 0.5, expected a whole number of at least 1",
  ],
  [
    () => nn.partialConv2d([[0], []], { kernel: 3 }),
    "[partialConv2d] output 1 of the table sees []",
  ],
  [
    () => nn.partialConv2d([[0, 0]], { kernel: 3 }),
    "output 0 of the table sees [0,0] — list at least",
  ],
  [() => nn.partialConv2d([], { kernel: 3 }), "[partialConv2d] the table has no outputs"],
  [
    trace(nn.partialConv2d([[0, 3]], { kernel: 3 }), [3, 5, 5]),
    "[partialConv2d] the table names input map 3, the input has 3, numbered from 0",
  ],
])("refuses what cannot be (%#)", (make, message) => {
  expect(make).toThrow(message);
});
