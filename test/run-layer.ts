/** Runs a layer once on the reference backend, with gradients: for tests of single layers. */
import { grad } from "../src/autodiff/grad.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Module } from "../src/nn/index.ts";
import { allOps } from "../src/ops/library.ts";
import { array, ReferenceStore } from "./reference-store.ts";

export interface LayerRun {
  readonly shape: readonly number[];
  readonly y: number[];
  /** ∂(Σ y)/∂x. */
  readonly gradient: number[];
}

/** `x` is a batch. `seed` makes the random key; null gives none. */
export function runLayer(
  net: Module,
  x: RefArray,
  { training = false, seed = 1 }: { training?: boolean; seed?: number | null } = {},
): LayerRun {
  const [images] = x.shape;
  const builder = new Builder(allOps, images);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: true });
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  const y = net.call(input, seed === null ? { training } : { training, key });
  const outputs = [y, ...grad(y.sum(), [input])];
  const values = [x, array([2], [seed ?? 0, 7])];
  const [made, gradient] = new ReferenceStore().run(builder, outputs, values, images);
  return { shape: y.shape, y: [...made], gradient: [...gradient] };
}

/** `size` times the same value, as a batch of `images`. */
export const filled = (shape: readonly number[], value: number): RefArray =>
  array(shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(value));
