import { expect, test } from "vitest";
import { evaluate } from "../backends/reference/evaluate.ts";
import { Builder } from "../graph/builder.ts";
import type { AnyOp, OpTable } from "../graph/op.ts";
import { verify } from "../graph/verify.ts";
import { oracles } from "../ops/oracles.ts";
import { table } from "../ops/table.ts";
import { expand } from "./expand.ts";

test("parts take the place, scope and state of the composites", () => {
  const builder = new Builder(table, 4);
  builder.input("unused", { shape: [], dtype: "f32", batched: false });
  const x = builder.input("x", { shape: [4, 3], dtype: "f32", batched: true });
  const first = { name: "first", shape: [3], dtype: "f32" as const };
  const second = { name: "second", shape: [3], dtype: "f32" as const };
  const shifted = x.add(builder.state(first));
  builder.update(second, builder.state(second).add(shifted.mean(0)));
  const y = builder.within("head", () => builder.apply("softmax", [shifted], { axis: -1 }));
  const graph = builder.build([y]);
  const parts = expand(graph);

  verify(parts);
  expect(parts.nodes.map((node) => node.op)).not.toContain("softmax");
  expect(parts.nodes.filter((node) => node.op === "exp").map((node) => node.scope)).toEqual([
    "head",
  ]);
  expect(parts.inputs.map((node) => node.attrs.name)).toEqual(["unused", "x"]);
  expect(parts.states).toEqual([first, second]);
  expect(parts.updates.map((update) => update.slot)).toEqual([1]);

  const data = (...values: number[]) => Float64Array.from(values);
  const inputs = [
    { shape: [], data: data(0) },
    { shape: [2, 3], data: data(1, 2, 3, 4, 5, 7) },
  ];
  const states = [
    { shape: [3], data: data(1, 0, -1) },
    { shape: [3], data: data(10, 20, 30) },
  ];
  const whole = evaluate(graph, oracles, inputs, states, 2);
  const split = evaluate(parts, oracles, inputs, states, 2);
  expect(whole.updates.get(1)?.data).toEqual(data(13.5, 23.5, 34));
  expect(split.updates.get(1)?.data).toEqual(data(13.5, 23.5, 34));
  split.outputs[0].data.forEach((value, i) => {
    expect(value).toBeCloseTo(whole.outputs[0].data[i], 14);
  });
});

test("parts that do not fit the shape rule are refused", () => {
  const known: AnyOp = table.softmax;
  const ops: OpTable = { ...table, softmax: { ...known, compose: (_g, [x]) => x.sum() } };
  const builder = new Builder(ops);
  const x = builder.input("x", { shape: [3], dtype: "f32", batched: false });
  const graph = builder.build([builder.apply("softmax", [x])]);
  expect(() => expand(graph)).toThrow(/\[softmax\] its parts give/);
});
