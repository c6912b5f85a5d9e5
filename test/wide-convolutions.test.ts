/**
 * Convolutions as wide as networks have them, with their epilogues and gradients, against the reference: the
 * widths at which kernels change tiles or turn to Winograd's algorithm, and images that fill them unevenly.
 */
import { afterAll, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import { onDevice } from "./on-device.ts";
import { meanings, ops, randomArray, relativeError } from "./op-cases.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

// c channels, o filters, h×w image, p padding on four sides, k kernel, n images, room
// biome-ignore format: one case a line
const rows: readonly (readonly [c: number, o: number, h: number, w: number, p: number[], k: number, n: number, room: number])[] = [
  [32, 32,   8,  8, [1, 1, 1, 1], 3, 17, 40],
  [32, 33,  12, 12, [1, 1, 1, 1], 3,  3, 40],
  [33, 48,   4,  8, [1, 1, 1, 1], 3,  5, 40],
  [40, 36,   6,  6, [0, 0, 0, 0], 3,  5, 17],
  [36, 40,   4,  8, [2, 0, 0, 2], 3, 16, 16],
  [64, 64,   5,  7, [1, 2, 2, 1], 3,  2, 16],
  [96, 160,  8,  8, [1, 1, 1, 1], 3,  1, 16],
  [50, 70,   7,  5, [0, 1, 1, 0], 1,  5, 40],
  [20, 31,   9,  9, [2, 2, 2, 2], 5,  5, 40],
  [64, 40,   8,  8, [1, 1, 1, 1], 3,  1,  1],
  [33, 65,   7,  5, [1, 1, 1, 1], 3,  3,  4],
];

test.each(rows)("%i→%i, %i×%i, padding %j, kernel %i: %i images of %i", async (...row) => {
  const [c, o, h, w, padding, k, n, room] = row;
  const builder = new Builder(ops, room);
  const input = (name: string, shape: number[], batched = false) =>
    builder.input(name, { shape, dtype: "f32", batched });
  const x = input("x", [room, c, h, w], true);
  const weight = input("w", [o, c, k, k]);
  const bias = input("b", [o, 1, 1]);
  const conv = builder.apply("conv2d", [x, weight], { padding });
  const y = builder.apply("relu", [conv.add(bias)]);
  const ct = input("ct", [...y.shape], true);
  const gradients = grad(y.mul(ct).sum(), [x, weight, bias]);
  const graph = builder.build([y, ...gradients]);
  const scales = [1, Math.sqrt(2 / (c * k * k)), 0.1, 1];
  const inputs = graph.inputs.map(({ shape, batched }, i): RefArray => {
    const { shape: own, data } = randomArray(batched ? [n, ...shape.slice(1)] : shape, i);
    return { shape: own, data: data.map((value) => Math.fround(scales[i] * value)) };
  });
  const program = await onDevice(device, graph);
  await program.spoil();
  const found = await program.run(inputs, n);
  const { outputs } = evaluate(graph, meanings, inputs, [], n);
  outputs.forEach((expected, i) => {
    expect(found[i].shape).toEqual(expected.shape);
    expect(relativeError(found[i].data, expected.data), `output ${i}`).toBeLessThan(1e-5);
  });
  program.dispose();
});
