import { expect, test } from "vitest";
import { table } from "../ops/table.ts";
import { parse } from "./parse.ts";
import { verify } from "./verify.ts";

const good = `graph batch=4
state 0 "w" f32[3]
%0 = input {"index":0,"name":"x"} : f32[4*,3]
%1 = state {"slot":0,"name":"w"} : f32[3]
%2 = mul(%0, %1) : f32[4*,3]
%3 = sum(%2) {"axes":[0],"keepDims":false} : f32[3]
update 0 %3
return %2
`;

test("a good graph passes", () => {
  expect(() => verify(parse(good, table))).not.toThrow();
});

test.each([
  [
    "a wrong shape",
    "%2 = mul(%0, %1) : f32[4*,3]",
    "%2 = mul(%0, %1) : f32[4*,2]",
    /%2 = mul.*should be f32\[4\*,3\]/,
  ],
  [
    "a lost batch axis",
    'sum(%2) {"axes":[0],"keepDims":false} : f32[3]',
    'sum(%2) {"axes":[1],"keepDims":false} : f32[4]',
    /%3 = sum.*should be f32\[4\*\]/,
  ],
  ["another batch", "graph batch=4", "graph batch=5", /%0 = input.*another batch axis/],
  ["an unknown op", "mul(", "mull(", /%2 = mull.*no op of the table/],
  ["an inherited name", "mul(", "toString(", /no op of the table/],
  ["an impossible op", '"axes":[0]', '"axes":[7]', /%3 = sum.*axis 7 does not exist/],
  ["loose attributes", '"axes":[0]', '"axes":[-2]', /not canonical/],
  ["a missing slot", '"slot":0', '"slot":3', /slot that does not exist/],
  ["a wrong update", "update 0 %3", "update 0 %2", /does not fit state w/],
  ["a slot that is not there", "update 0 %3", "update 1 %3", /slot 1, which does not exist/],
  ["two updates", "update 0 %3", "update 0 %3\nupdate 0 %3", /two updates of w/],
  ["inputs out of order", '"index":0', '"index":1', /listed as input 0/],
])("%s is found", (_name, from, to, message) => {
  expect(good).toContain(from);
  expect(() => verify(parse(good.replace(from, to), table))).toThrow(message);
});

test("a node that is used before it stands, or stands elsewhere, is found", () => {
  const graph = parse(good, table);
  const [x, w, y, s] = graph.nodes;
  expect(() => verify({ ...graph, nodes: [x, w, s, y] })).toThrow(/stands at place 2/);
  const early = { ...w, id: 1, op: "exp", inputs: [y], attrs: {} };
  expect(() => verify({ ...graph, nodes: [x, early, y, s] })).toThrow(/uses %2/);
});
