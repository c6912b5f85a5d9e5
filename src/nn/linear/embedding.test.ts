/** What is particular to embeddings: rows that are not trained, indices outside the table, what is refused. */
import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { Builder } from "../../graph/builder.ts";
import { table } from "../../ops/table.ts";
import * as nn from "../index.ts";

function trace(net: nn.Embedding, dtype: "i32" | "f32" = "i32") {
  const builder = new Builder(table, 2);
  const x = builder.input("x", { shape: [2, 3], dtype, batched: true });
  const y = net.call(x, { training: true });
  return { builder, y, gradient: grad(y.sum(), [builder.state(nn.parameters(net)[0])])[0] };
}

test("each row's gradient counts how often it was read; the padding's stays 0", () => {
  const net = nn.embedding(4, 2, { paddingIdx: 1 });
  const { builder, gradient } = trace(net);
  const [found] = new ReferenceStore().run(
    builder,
    [gradient],
    [array([2, 3], [3, 1, 0, 3, 3, 1])],
  );
  expect([...found]).toEqual([1, 1, 0, 0, 0, 0, 3, 3]);
});

test("the padding's row begins as zeros, the others do not", () => {
  for (const paddingIdx of [2, -2]) {
    const net = nn.embedding(4, 2, { paddingIdx });
    trace(net);
    const values = [...nn.parameters(net)[0].read()];
    expect(values.slice(4, 6)).toEqual([0, 0]);
    expect(values.filter((value) => value === 0).length).toBe(2);
  }
});

test("an index outside the table reads its nearest row and trains nothing", () => {
  const net = nn.embedding(3, 1, { weightInit: () => [10, 20, 30] });
  const { builder, y, gradient } = trace(net);
  const x = array([2, 3], [-1, 0, 1, 2, 3, 99]);
  const [rows, found] = new ReferenceStore().run(builder, [y, gradient], [x]);
  expect([...rows]).toEqual([10, 10, 20, 30, 30, 30]);
  expect([...found]).toEqual([1, 1, 1]);
});

test("what does not fit is refused", () => {
  expect(() => nn.embedding(0, 3)).toThrow("[embedding] a table of 0×3 — positive");
  expect(() => nn.embedding(3, 1.5)).toThrow("[embedding] a table of 3×1.5 — positive");
  expect(() => nn.embedding(3, 2, { paddingIdx: 3 })).toThrow("paddingIdx 3 is no row of 3×2");
  expect(() => nn.embedding(3, 2, { paddingIdx: -4 })).toThrow("paddingIdx -4 is no row of 3×2");
  expect(() => trace(nn.embedding(3, 2), "f32")).toThrow(
    '[embedding] takes i32 indices N×…, got f32 2×3 — convert with .to("i32")',
  );
});
