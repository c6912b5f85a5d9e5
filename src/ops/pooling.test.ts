/** What pooling refuses, and what it does with NaN. */
import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import { maxPool2d, maxPool2dOracle } from "./max-pool2d.ts";
import { maxPool2dIndicesOracle } from "./max-pool2d-indices.ts";
import type { G } from "./op.ts";
import type { MaxPoolGiven } from "./pooling.ts";
import { table } from "./table.ts";

const image = { shape: [1, 1, 2, 4], dtype: "f32", batched: false } as const;

const pool = (shape: number[], attrs: MaxPoolGiven) => (): unknown => {
  const builder = new Builder(table);
  const g = callsOf(builder, table) as unknown as G;
  return g.maxPool2d(builder.input("x", { ...image, shape }), attrs);
};

test.each([
  ["no kernel", pool([1, 1, 4, 4], {}), "[maxPool2d] needs a kernel: { kernel: 2 }"],
  [
    "a small image",
    pool([1, 1, 2, 4], { kernel: 3 }),
    "[maxPool2d] a window of 3×3 does not fit into 2×4",
  ],
  ["rank", pool([4, 4], { kernel: 2 }), "[maxPool2d] takes images N×C×H×W, got 4×4"],
  [
    "windows of padding only",
    pool([1, 1, 4, 4], { kernel: 2, padding: 2 }),
    "[maxPool2d] padding 2,2,2,2 must be smaller than the window 2×2",
  ],
])("%s: the error tells what was found", (_what, build, message) => {
  expect(build).toThrow(message);
});

test("NaN wins every window that holds it, and its place is told", () => {
  const data = Float64Array.of(1, Number.NaN, 3, 4, 5, 6, 7, 2);
  const x = { shape: image.shape, data };
  const attrs = maxPool2d.normalize?.({ kernel: 2 }, [image]) as never;
  const out = maxPool2d.infer([image], attrs);
  expect([...maxPool2dOracle.reference([x], attrs, out)]).toEqual([Number.NaN, 7]);
  expect([...maxPool2dIndicesOracle.reference([x], attrs, out)]).toEqual([1, 2]);
});
