import { expect, test } from "vitest";
import { table } from "../ops/table.ts";
import { Builder } from "./builder.ts";
import { parse } from "./parse.ts";
import { print } from "./print.ts";

function example() {
  const builder = new Builder(table, 4);
  const x = builder.input('an input: "x" } @y', { shape: [4, 3], dtype: "f32", batched: true });
  const ref = { name: 'layer "1".weight : f32', shape: [3], dtype: "f32" as const };
  const y = builder.within("layer 1.0", () => x.mul(builder.state(ref)));
  builder.update(ref, y.sum(0));
  return builder.build([y, builder.constant(Number.NaN), builder.count()]);
}

test("text and graph are one another's", () => {
  const graph = example();
  const text = print(graph);
  expect(text).toContain("graph batch=4\n");
  expect(text).toContain("= mul(%0, %1) : f32[4*,3] @layer 1.0\n");
  expect(text).toContain('{"value":"NaN"} : f32[]');
  expect(parse(text, table)).toEqual(graph);
});

test.each([
  ["", /ends without return/],
  ["grph\n", /line 1: expected "graph"/],
  ["graph\n%1 = count : f32[]\nreturn %1", /line 2: expected %0/],
  ["graph\n%0 = exp(%0) : f32[]\nreturn %0", /line 2: no node %0 yet/],
  ["graph\n%0 = count : f99[]\nreturn %0", /unknown element type f99/],
  ["graph\n%0 = count : f32[1,]\nreturn %0", /not a type/],
  ["graph\n%0 = count {oops} : f32[]\nreturn %0", /broken JSON/],
  ['graph\nstate 1 "w" f32[]\nreturn', /expected slot 0/],
  ["graph\nreturn\nreturn", /a line after return/],
])("%j is refused", (text, message) => {
  expect(() => parse(text, table)).toThrow(message);
});
