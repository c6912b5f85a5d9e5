import { expect, test } from "vitest";
import { Builder } from "../../graph/builder.ts";
import { oracles } from "../../ops/oracles.ts";
import { table } from "../../ops/table.ts";
import { evaluate } from "./evaluate.ts";

const array = (shape: number[], ...values: number[]) => ({
  shape,
  data: Float64Array.from(values),
});

test("states are read as they were, updates come out beside", () => {
  const builder = new Builder(table);
  const ref = { name: "w", shape: [2], dtype: "f32" as const };
  const before = builder.state(ref);
  builder.update(ref, before.add(1));
  const { outputs, updates } = evaluate(
    builder.build([before, builder.state(ref)]),
    oracles,
    [],
    [array([2], 5, 6)],
  );
  expect(outputs.map(({ data }) => [...data])).toEqual([
    [5, 6],
    [6, 7],
  ]);
  expect([...(updates.get(0)?.data ?? [])]).toEqual([6, 7]);
});

test("a run of n images is cut from the capacity, and counted", () => {
  const builder = new Builder(table, 4);
  const x = builder.input("x", { shape: [4, 2], dtype: "f32", batched: true });
  const graph = builder.build([x.reshape(4, 2, 1), builder.count(), x.sum()]);
  const seen: string[] = [];
  const lanes = array([4, 2], 1, 2, 3, 4, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
  const { outputs } = evaluate(graph, oracles, [lanes], [], 2, (node, value) =>
    seen.push(`${node.op} ${value.shape}`),
  );
  expect(outputs.map(({ shape }) => shape)).toEqual([[2, 2, 1], [], []]);
  expect(outputs.map(({ data }) => [...data])).toEqual([[1, 2, 3, 4], [2], [10]]);
  expect(seen).toEqual(["input 2,2", "reshape 2,2,1", "count ", "sum "]);
});

test("a composite without a meaning of its own runs by its parts", () => {
  const { softmax: _, ...fewer } = oracles;
  const builder = new Builder(table);
  const x = builder.input("x", { shape: [2], dtype: "f32", batched: false });
  const graph = builder.build([builder.apply("softmax", [x])]);
  const [{ data }] = evaluate(graph, fewer, [array([2], 3, 3)]).outputs;
  expect([...data]).toEqual([0.5, 0.5]);
});

test("wrong values are refused", () => {
  const builder = new Builder(table, 4);
  const x = builder.input("x", { shape: [4, 2], dtype: "f32", batched: true });
  const graph = builder.build([x.exp()]);
  const run = (n: number, ...inputs: ReturnType<typeof array>[]) =>
    evaluate(graph, oracles, inputs, [], n);
  expect(() => run(2)).toThrow(/input x has no value/);
  expect(() => run(2, array([1, 2], 1, 2))).toThrow(/input x has shape 1×2, expected 2×2/);
  expect(() => run(2, array([2, 3], 1, 2, 3, 4, 5, 6))).toThrow(/has shape 2×3/);
  expect(() => run(5, array([5, 2], ...new Array(10).fill(0)))).toThrow(
    /5 images, expected 1 to 4/,
  );
  expect(() => run(0, array([0, 2]))).toThrow(/0 images/);
});
