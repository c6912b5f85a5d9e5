/** What convolutions refuse, how they say it, and that equal convolutions are one node. */
import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import type { Tensor } from "../graph/tensor.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import type { Conv2dGiven } from "./conv2d.ts";
import type { G } from "./op.ts";
import { table } from "./table.ts";

function start() {
  const builder = new Builder(table, 8);
  const g = callsOf(builder, table) as unknown as G;
  const make = (shape: number[], batched = false): Tensor =>
    builder.input("x", { shape, dtype: "f32", batched });
  return { g, make };
}

const conv =
  (x: number[], w: number[], attrs: Conv2dGiven = {}) =>
  () => {
    const { g, make } = start();
    return g.conv2d(make(x), make(w), attrs);
  };

test.each([
  [
    "channels",
    conv([1, 3, 32, 32], [8, 4, 3, 3]),
    "[conv2d] input has 3 channels, weight expects 4 — x 1×3×32×32, w 8×4×3×3",
  ],
  [
    "grouped channels",
    conv([1, 3, 8, 8], [8, 2, 3, 3], { groups: 2 }),
    "[conv2d] input has 3 channels, weight expects 4 in 2 groups — x 1×3×8×8, w 8×2×3×3",
  ],
  [
    "groups of filters",
    conv([1, 4, 8, 8], [5, 2, 3, 3], { groups: 2 }),
    "[conv2d] 5 filters do not divide into 2 groups — x 1×4×8×8, w 5×2×3×3",
  ],
  [
    "a window over the image",
    conv([1, 1, 3, 8], [1, 1, 3, 3], { dilation: 2 }),
    "[conv2d] a window of 5×5 does not fit into 3×8",
  ],
  ["rank", conv([3, 8, 8], [4, 3, 3, 3]), "[conv2d] takes images N×C×H×W, got 3×8×8"],
  ["a flat weight", conv([1, 3, 8, 8], [4, 27]), "[conv2d] weights are O×C×kH×kW"],
  [
    "three paddings",
    conv([1, 1, 8, 8], [1, 1, 3, 3], { padding: [1, 1, 1] }),
    "[conv2d] padding is 1,1,1, expected",
  ],
  [
    "half a stride",
    conv([1, 1, 8, 8], [1, 1, 3, 3], { stride: 0.5 }),
    "[conv2d] stride is 0.5, expected a whole number of at least 1",
  ],
  [
    "no groups",
    conv([1, 1, 8, 8], [1, 1, 3, 3], { groups: 0 }),
    "[conv2d] groups is 0, expected a whole number of at least 1",
  ],
  [
    "weights for each image",
    () => {
      const { g, make } = start();
      return g.conv2d(make([8, 1, 5, 5], true), make([8, 1, 3, 3], true));
    },
    "[conv2d] weights are O×C×kH×kW for all images, got 8*×1×3×3",
  ],
  [
    "a cotangent of another size",
    () => {
      const { g, make } = start();
      return g.conv2dInputGrad(make([1, 4, 5, 5]), make([4, 3, 3, 3]), { inputSize: [8, 8] });
    },
    "[conv2dInputGrad] the convolution of 8×8 gives 4×6×6 — ct 1×4×5×5, w 4×3×3×3",
  ],
  [
    "a lone batch axis",
    () => {
      const { g, make } = start();
      return g.conv2dWeightGrad(make([8, 3, 5, 5], true), make([8, 4, 3, 3]), {
        kernelSize: [3, 3],
      });
    },
    "[conv2dWeightGrad] the cotangent must be 8*×4×3×3 — x 8*×3×5×5, ct 8×4×3×3",
  ],
  [
    "output padding over the stride",
    () => {
      const { make } = start();
      const x = make([1, 3, 4, 4]);
      return x.builder.apply(convTranspose2d, [x, make([3, 2, 3, 3])], { outputPadding: 1 });
    },
    "[convTranspose2d] outputPadding 1,1 must be smaller than the stride 1,1",
  ],
])("%s: the error tells what was found", (_what, build, message) => {
  expect(build).toThrow(message);
});

test("attributes have one form, so that equal convolutions are computed once", () => {
  const { g, make } = start();
  const [x, w] = [make([2, 3, 9, 9]), make([4, 3, 3, 3])];
  const y = g.conv2d(x, w, { stride: 2, padding: "same" });
  expect(g.conv2d(x, w, { groups: 1, padding: [1, 1, 1, 1], stride: [2, 2] }).node).toBe(y.node);
  expect(g.conv2d(x, w, { padding: 1, stride: [2, 2], dilation: 1, flip: false }).node).toBe(
    y.node,
  );
  expect(g.conv2d(x, w, { padding: 1, stride: 2, flip: true }).node).not.toBe(y.node);
  expect(y.node.attrs).toEqual({
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    groups: 1,
    flip: false,
  });
});

test("an even kernel's odd padding stands at the end", () => {
  const { g, make } = start();
  const y = g.conv2d(make([1, 1, 6, 6]), make([1, 1, 4, 2]), { padding: "same", dilation: [1, 3] });
  expect(y.shape).toEqual([1, 1, 6, 6]);
  expect(y.node.attrs.padding).toEqual([1, 2, 1, 2]);
});

test("all three ops of a grouped convolution cost the same multiplications", () => {
  const { g, make } = start();
  const [x, w] = [make([2, 6, 9, 8]), make([4, 3, 3, 2])];
  const attrs = { groups: 2, stride: 2 };
  const y = g.conv2d(x, w, attrs);
  // N·O·OH·OW·(C/groups)·kH·kW
  const expected = 2 * 4 * 4 * 4 * 3 * 3 * 2;
  const dx = g.conv2dInputGrad(y, w, { ...attrs, inputSize: [9, 8] });
  const dw = g.conv2dWeightGrad(x, y, { ...attrs, kernelSize: [3, 2] });
  expect([dx.shape, dw.shape]).toEqual([x.shape, w.shape]);
  for (const { node } of [y, dx, dw]) {
    const { macs, flops } = table[node.op as "conv2d"];
    const types = node.inputs as unknown as readonly [typeof node, typeof node];
    expect(macs?.(types, node.attrs as never, node)).toBe(expected);
    expect(flops?.(types, node.attrs as never, node)).toBe(0);
  }
});
