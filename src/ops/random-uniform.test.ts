import { expect, test } from "vitest";
import { evaluate } from "../backends/reference/evaluate.ts";
import { Builder } from "../graph/builder.ts";
import type { Attrs } from "../graph/node.ts";
import { allOps } from "./library.ts";
import { oracles } from "./oracles.ts";

function numbers(op: string, attrs: Attrs, key = [1, 2], batch?: number, n?: number): Float64Array {
  const builder = new Builder(allOps, batch);
  const k = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  const graph = builder.build([builder.apply(op, [k], attrs)]);
  const inputs = [{ shape: [2], data: Float64Array.from(key) }];
  return evaluate(graph, oracles, inputs, [], n).outputs[0].data;
}

const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
const shape = [20000];

test("keys and salts make different numbers, equal ones the same", () => {
  const of = (key: number[], salt: string) => [
    ...numbers("randomUniform", { shape: [4], salt }, key),
  ];
  expect(of([1, 2], "a")).toEqual(of([1, 2], "a"));
  expect(of([1, 2], "a")).not.toEqual(of([1, 2], "b"));
  expect(of([1, 2], "a")).not.toEqual(of([1, 3], "a"));
  expect(of([1, 2], "a")).not.toEqual(of([2, 2], "a"));
});

test("an image keeps its numbers when others join the batch", () => {
  const draw = (capacity: number, n: number) =>
    numbers("randomUniform", { shape: [capacity, 3], batched: true }, [5, 6], capacity, n);
  expect([...draw(16, 2)]).toEqual([...draw(4, 4).slice(0, 6)]);
  expect(new Set(draw(16, 16)).size).toBe(48);
});

test("uniform numbers fill their range evenly", () => {
  const x = numbers("randomUniform", { shape, low: -1, high: 3 });
  expect(x.every((value) => value >= -1 && value < 3)).toBe(true);
  // Six standard errors of the mean of 20,000 numbers with variance 16/12.
  expect(Math.abs(mean(x) - 1)).toBeLessThan(6 * Math.sqrt(16 / 12 / x.length));
});

test("normal numbers have the mean and the deviation asked for", () => {
  const x = numbers("randomNormal", { shape, mean: 2, std: 0.5 });
  expect(Math.abs(mean(x) - 2)).toBeLessThan((6 * 0.5) / Math.sqrt(x.length));
  const variance = mean(x.map((value) => (value - 2) ** 2));
  // The variance of a squared normal number is 2σ⁴.
  expect(Math.abs(variance - 0.25)).toBeLessThan(6 * 0.25 * Math.sqrt(2 / x.length));
});
