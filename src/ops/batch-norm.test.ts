/** That running statistics cost no further pass over the batch. */
import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import { batchNorm } from "./batch-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import type { G } from "./op.ts";
import { table } from "./table.ts";

test("mean and variance are the nodes that a running statistic asks for", () => {
  const builder = new Builder(table, 8);
  const g = callsOf(builder, table) as unknown as G;
  const x = builder.input("x", { shape: [8, 3, 4, 4], dtype: "f32", batched: true });
  const vector = { shape: [3], dtype: "f32", batched: false } as const;
  const [gamma, beta] = [builder.input("gamma", vector), builder.input("beta", vector)];
  const y = batchNorm.compose?.(g, [x, gamma, beta], { eps: 1e-5 });
  expect(y?.shape).toEqual(x.shape);
  const nodes = builder.nodes.length;
  x.mean([0, 2, 3]);
  x.var([0, 2, 3]);
  expect(builder.nodes.length).toBe(nodes);
});

test("γ and β of another size are refused with all shapes", () => {
  const builder = new Builder(table);
  const make = (...shape: number[]) => builder.input("x", { shape, dtype: "f32", batched: false });
  expect(() => builder.apply(batchNorm, [make(2, 3, 4, 4), make(4), make(3)])).toThrow(
    "[batchNorm] γ and β must be of size 3 — x 2×3×4×4, γ 4, β 3",
  );
  expect(() => builder.apply(layerNorm, [make(2, 3, 4), make(3), make(3)])).toThrow(
    "[layerNorm] γ and β must have the sizes of the last axes of x",
  );
});
