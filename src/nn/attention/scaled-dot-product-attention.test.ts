/** What is particular to the function: masks that leave nothing, and what is refused. */
import { expect, test } from "vitest";
import { array, ReferenceStore, wave } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { Builder } from "../../graph/builder.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { table } from "../../ops/table.ts";
import { scaledDotProductAttention } from "./scaled-dot-product-attention.ts";

function inputs(...shapes: number[][]): { builder: Builder; tensors: Tensor[] } {
  const builder = new Builder(table, 2);
  const tensors = shapes.map((shape, i) =>
    builder.input(`x${i}`, { shape, dtype: "f32", batched: true }),
  );
  return { builder, tensors };
}

const INF = Number.POSITIVE_INFINITY;
const masks = {
  "of bools": { dtype: "bool", values: [1, 0, 1, 0, 0, 0] },
  "of numbers": { dtype: "f32", values: [0, -INF, 2, -INF, -INF, -INF] },
} as const;

test.each(Object.entries(masks))(
  "a mask %s: what is forbidden counts nothing, a query without keys gets zeros, and gradients are finite",
  (_, { dtype, values }) => {
    const { builder, tensors } = inputs([2, 2, 4], [2, 3, 4], [2, 3, 2]);
    const [q, k, v] = tensors;
    const attnMask = builder.input("mask", { shape: [2, 3], dtype, batched: false });
    const y = scaledDotProductAttention(q, k, v, { attnMask });
    const outputs = [y, ...grad(y.square().sum(), tensors)];
    const given = [wave([2, 2, 4]), wave([2, 3, 4], 1), wave([2, 3, 2], 2)];
    const run = (vs: Float64Array) =>
      new ReferenceStore().run(
        builder,
        outputs,
        [given[0], given[1], array([2, 3, 2], vs), array([2, 3], values)],
        2,
      );
    const found = run(given[2].data);
    for (const value of found) expect(value.every(Number.isFinite)).toBe(true);
    const [rows, dq, dk] = found;
    for (const image of [0, 1]) {
      expect([...rows.slice(4 * image + 2, 4 * image + 4)]).toEqual([0, 0]);
      expect([...dq.slice(8 * image + 4, 8 * image + 8)]).toEqual([0, 0, 0, 0]);
      expect([...dk.slice(12 * image + 4, 12 * image + 8)]).toEqual([0, 0, 0, 0]);
    }
    expect(dq.some((value) => value !== 0)).toBe(true);
    // The second key's value is seen by nobody.
    expect(run(given[2].data.map((value, i) => (i % 6 === 2 ? 1e6 : value)))[0]).toEqual(rows);
  },
);

test("scores far beyond what exponentials bear give finite weights", () => {
  const { builder, tensors } = inputs([2, 1, 1], [2, 2, 1], [2, 2, 1]);
  const [q, k, v] = tensors;
  const y = scaledDotProductAttention(q, k, v, { scale: 1 });
  const values = [
    [1e4, -1e4],
    [1, 0.5, 1, 0.5],
    [3, 7, 3, 7],
  ];
  const shapes = [
    [2, 1, 1],
    [2, 2, 1],
    [2, 2, 1],
  ];
  const given = values.map((of, i) => array(shapes[i], of));
  const [rows] = new ReferenceStore().run(builder, [y], given, 2);
  expect([...rows]).toEqual([3, 7]);
});

test("what does not fit is refused", () => {
  const call = (shapes: number[][], options = {}) => {
    const { tensors } = inputs(...shapes);
    return () => scaledDotProductAttention(tensors[0], tensors[1], tensors[2], options);
  };
  const where = "[scaledDotProductAttention] queries";
  expect(
    call([
      [2, 3, 4],
      [2, 3, 5],
      [2, 3, 4],
    ]),
  ).toThrow(`${where} 2×3×4, keys 2×3×5, values 2×3×4`);
  expect(
    call([
      [2, 3, 4],
      [2, 3, 4],
      [2, 2, 4],
    ]),
  ).toThrow(`${where} 2×3×4, keys 2×3×4, values 2×2×4`);
  expect(
    call([
      [2, 1, 3, 4],
      [2, 2, 3, 4],
      [2, 2, 3, 4],
    ]),
  ).toThrow(`${where} 2×1×3×4`);
  expect(
    call([
      [2, 4],
      [2, 4],
      [2, 4],
    ]),
  ).toThrow(`${where} 2×4, keys 2×4, values 2×4`);
  const { tensors } = inputs([2, 3, 4]);
  const [x] = tensors;
  expect(() => scaledDotProductAttention(x, x, x, { attnMask: x, isCausal: true })).toThrow(
    "attnMask and isCausal are both given",
  );
});
