/** Windows, rolls and masks on maps small enough to write down. */
import { expect, test } from "vitest";
import { array, ReferenceStore, wave } from "../../../test/reference-store.ts";
import { Builder } from "../../graph/builder.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";
import { relativePositionIndex } from "./relative-position.ts";
import { mapOf, shiftMask, windowGrid, windowsOf } from "./window-grid.ts";

/** `f` of the map 0, 1, 2, … of one channel. */
function ofCounts(rows: number, columns: number, f: (x: Tensor) => Tensor): number[] {
  const builder = new Builder(table, 1);
  const shape = [1, rows, columns, 1];
  const x = builder.input("x", { shape, dtype: "f32", batched: true });
  const counts = array(
    shape,
    Array.from({ length: rows * columns }, (_, i) => i),
  );
  return [...new ReferenceStore().run(builder, [f(x)], [counts], 1)[0]];
}

test("windows in row-major order, positions within them likewise", () => {
  const found = ofCounts(2, 6, (x) => nn.windowPartition(x, [2, 3]));
  expect(found).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
  const back = ofCounts(2, 6, (x) =>
    nn.windowReverse(nn.windowPartition(x, [2, 3]), [2, 3], [2, 6]),
  );
  expect(back).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test("a shifted grid begins where the map was rolled to; the way back cuts the padding", () => {
  const grid = windowGrid([4, 4], [2, 2], [1, 1]);
  expect(ofCounts(4, 4, (x) => windowsOf(x, grid)).slice(0, 8)).toEqual([5, 6, 9, 10, 7, 4, 11, 8]);
  const padded = windowGrid([3, 3], [2, 2], [1, 1]);
  expect(padded.padded).toEqual([4, 4]);
  const found = ofCounts(3, 3, (x) => {
    const after = [0, 1, 1, 0];
    return mapOf(windowsOf(x.builder.apply("pad", [x], { after }), padded), padded);
  });
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a map of one window along an axis is not shifted along it", () => {
  expect(windowGrid([4, 8], [7, 7], [3, 3])).toMatchObject({ padded: [7, 14], shift: [0, 3] });
});

test("the mask parts what the roll brought together", () => {
  // One row of two windows of 2, rolled by 1: positions 1 2 | 3 0.
  const mask = shiftMask(windowGrid([1, 4], [1, 2], [0, 1]));
  expect([...mask]).toEqual([0, 0, 0, 0, 0, -100, -100, 0]);
});

test("relative positions of a 2×2 window are those of Swin", () => {
  // biome-ignore format: one query a line
  expect([...relativePositionIndex(2, 2)]).toEqual([
    4, 3, 1, 0,
    5, 4, 2, 1,
    7, 6, 4, 3,
    8, 7, 5, 4,
  ]);
});

test("a file of torchvision loads, its index of 64-bit integers included", () => {
  const net = nn.shiftedWindowAttention(2, { windowSize: 2, numHeads: 1 });
  nn.initialize(net, [2, 2, 2]);
  const file = new Map<string, nn.StateValue>(nn.stateDict(net));
  const index = nn.stateDict(net).get("relative_position_index") as nn.StateValue;
  const data = BigInt64Array.from(index.data as ArrayLike<number> as number[], BigInt);
  file.set("relative_position_index", { shape: index.shape, dtype: "i64", data });
  expect(nn.loadStateDict(net, file)).toEqual({ missing: [], unexpected: [] });
  expect([...nn.buffers(net)[0].read()]).toEqual([...relativePositionIndex(2, 2)]);
});

test("what does not fit is refused", () => {
  const make = (options: Partial<nn.ShiftedWindowAttentionOptions>) => () =>
    nn.shiftedWindowAttention(6, { windowSize: 3, numHeads: 2, ...options });
  expect(make({ windowSize: 0 })).toThrow(
    "[shiftedWindowAttention] windows of 0×0, shifted by 0 and 0",
  );
  expect(make({ shiftSize: [1, 3] })).toThrow("windows of 3×3, shifted by 1 and 3");
  expect(make({ numHeads: 4 })).toThrow("6 channels in 4 heads");
  const builder = new Builder(table, 2);
  const x = builder.input("x", { shape: [2, 6, 4, 4], dtype: "f32", batched: true });
  expect(() => make({})().call(x, { training: false })).toThrow(
    "[shiftedWindowAttention] takes maps N×H×W×6, channels last, got 2×6×4×4",
  );
  expect(() => nn.windowPartition(x, [3, 3])).toThrow("of whole windows of 3×3, got 2×6×4×4");
  expect(() => nn.windowReverse(x, 2, 6)).toThrow("2×6×4×4 does not make maps of 6×6");
});

test("a map of another size than the last asks for another mask, not for another network", () => {
  const net = nn.shiftedWindowAttention(2, { windowSize: 2, shiftSize: 1, numHeads: 1 });
  const run = (rows: number) => {
    const builder = new Builder(table, 1);
    const x = builder.input("x", { shape: [1, rows, 4, 2], dtype: "f32", batched: true });
    const y = net.call(x, { training: false });
    return new ReferenceStore().run(builder, [y], [wave([1, rows, 4, 2])], 1)[0].length;
  };
  expect([run(4), run(6)]).toEqual([32, 48]);
});
