/** A worked figure of lecture notes: a fully connected layer and a convolution are the same function, either way round. */
import { expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { sizeOf } from "../src/core/shape.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import * as nn from "../src/nn/index.ts";
import { ops, relativeError } from "./op-cases.ts";
import { compute, computeAll, random } from "./reference-compute.ts";
import { ReferenceStore } from "./reference-store.ts";

/** Runs a layer in doubles with the values given for its states. */
function run(layer: nn.Module, x: RefArray, states: Record<string, RefArray>): Float64Array {
  const builder = new Builder(ops, x.shape[0]);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: true });
  const y = layer.call(input, { training: false });
  const store = new ReferenceStore();
  for (const [name, parameter] of nn.namedParameters(layer)) {
    store.set(parameter, states[name].data);
  }
  return store.run(builder, [y], [x], x.shape[0])[0];
}
const reshaped = ({ data }: RefArray, shape: readonly number[]): RefArray => ({ shape, data });

test("A18: 4096 neurons over 7×7×512 have the weights of 4096 filters of 7×7", () => {
  const [dense, filters] = [
    nn.sequential(nn.flatten(), nn.linear(4096)),
    nn.sequential(nn.conv2d(4096, { kernel: 7 })),
  ].map((net) => {
    const { builder, output } = nn.traceNetwork(net, [512, 7, 7]);
    const { states } = builder.build([output]);
    return { output: output.shape.slice(1), shapes: states.map((state) => state.shape) };
  });
  expect(dense).toEqual({ output: [4096], shapes: [[4096, 25_088], [4096]] });
  expect(filters).toEqual({ output: [4096, 1, 1], shapes: [[4096, 512, 7, 7], [4096]] });
  expect(sizeOf(filters.shapes[0])).toBe(sizeOf(dense.shapes[0]));
});

test("A18: either is the other with its weights in another shape", () => {
  for (const [c, h, w, out] of [
    [3, 7, 7, 5],
    [8, 2, 3, 4],
    [1, 1, 1, 2],
  ]) {
    const x = random([2, c, h, w], "A18 x");
    const bias = random([out], "A18 b");
    const weight = random([out, c * h * w], "A18 w");
    const dense = run(nn.sequential(nn.flatten(), nn.linear(out)), x, {
      "1.weight": weight,
      "1.bias": bias,
    });
    const filter = reshaped(weight, [out, c, h, w]);
    const layer = nn.conv2d(out, { kernel: [h, w] });
    const convolved = run(layer, x, { weight: filter, bias });
    expect(relativeError(convolved, dense)).toBeLessThan(1e-14);
  }
});

test("A18: over a larger image the convolution gives the layer's output for every crop", () => {
  const [x, weight, bias] = [
    random([1, 2, 5, 6], "x"),
    random([3, 2, 3, 3], "w"),
    random([3], "b"),
  ];
  const layer = nn.conv2d(3, { kernel: 3 });
  const whole = run(layer, x, { weight, bias });
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 4; j++) {
      const crop = compute([x], (_g, image) => image.slice(2, i, i + 3).slice(3, j, j + 3));
      const dense = run(nn.sequential(nn.flatten(), nn.linear(3)), crop, {
        "1.weight": reshaped(weight, [3, 18]),
        "1.bias": bias,
      });
      const here = [0, 1, 2].map((o) => whole[(o * 3 + i) * 4 + j]);
      expect(relativeError(Float64Array.from(here), dense)).toBeLessThan(1e-14);
    }
  }
});

test("A18: any convolution is a fully connected layer, most of whose weights are 0", () => {
  const [x, weight] = [random([2, 2, 5, 4], "x"), random([3, 2, 3, 2], "w")];
  const attrs = { stride: [2, 1], padding: 1 };
  const y = compute([x, weight], (g, image, w) => g.conv2d(image, w, attrs));
  // The weights of one output: the image's gradient of it.
  const size = sizeOf(y.shape.slice(1));
  const rows = computeAll([random([1, 2, 5, 4], "any"), weight], (g, image, w) => {
    const outputs = g.conv2d(image, w, attrs).reshape(size);
    return Array.from(
      { length: size },
      (_, i) => grad(outputs.slice(0, i, i + 1).sum(), [image])[0],
    );
  });
  const matrix = { shape: [size, 40], data: Float64Array.from(rows.flatMap((r) => [...r.data])) };
  const layer = nn.sequential(nn.flatten(), nn.linear(size, { bias: false }));
  expect(relativeError(run(layer, x, { "1.weight": matrix }), y.data)).toBeLessThan(1e-14);
  const zeros = matrix.data.filter((v) => v === 0).length;
  expect(zeros / matrix.data.length).toBeGreaterThan(0.7);
});
