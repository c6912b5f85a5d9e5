/** What the shape rules refuse, and how they say it: op, shapes, cure, and the user's line. */
import { expect, test } from "vitest";
import type { DType } from "../core/dtype.ts";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import type { Tensor } from "../graph/tensor.ts";
import { dropout } from "./dropout.ts";
import { randomUniform } from "./random-uniform.ts";
import { table } from "./table.ts";

type Build = (
  g: ReturnType<typeof callsOf<typeof table>>,
  make: (shape: number[], batched?: boolean, dtype?: DType) => Tensor,
) => Tensor;

const refused: [what: string, message: RegExp, build: Build][] = [
  ["shapes", /\[add\] shapes do not broadcast — 2×3, 4×3/, (g, t) => g.add(t([2, 3]), t([4, 3]))],
  ["types", /\[mul\] f32 and i32 do not mix/, (g, t) => g.mul(t([2]), t([2], false, "i32"))],
  ["integers", /\[exp\] takes floats, got i32/, (g, t) => g.exp(t([2], false, "i32"))],
  ["numbers", /\[and\] takes bools, got f32/, (g, t) => g.and(t([2]), t([2]))],
  ["a condition", /\[where\] takes bools/, (g, t) => g.where(t([2]), t([2]), t([2]))],
  [
    "a moved batch",
    /\[add\] 8\*×3, 8×8×3: the batch axis/,
    (g, t) => g.add(t([8, 3], true), t([8, 8, 3])),
  ],
  [
    "a false batch",
    /\[add\] 8\*×3, 8×3: the batch axis/,
    (g, t) => g.add(t([8, 3], true), t([8, 3])),
  ],
  [
    "axis twice",
    /\[sum\] axes 1,-1 name an axis twice/,
    (g, t) => g.sum(t([2, 3]), { axes: [1, -1] }),
  ],
  [
    "no such axis",
    /\[softmax\] axis 2 does not exist/,
    (g, t) => g.softmax(t([2, 3]), { axis: 2 }),
  ],
  [
    "elements",
    /\[reshape\] 2×3 has 6 elements and does not fit 4×-1|4×1.5/,
    (g, t) => g.reshape(t([2, 3]), { shape: [4, -1] }),
  ],
  [
    "batch lost",
    /\[reshape\] 8\*×3 to 24 moves the batch axis/,
    (g, t) => g.reshape(t([8, 3], true), { shape: [24] }),
  ],
  [
    "order",
    /\[transpose\] axes 0,0 are no order/,
    (g, t) => g.transpose(t([2, 3]), { axes: [0, 0] }),
  ],
  [
    "batch transposed",
    /\[transpose\] .*move the batch axis/,
    (g, t) => g.transpose(t([8, 3], true), { axes: [1, 0] }),
  ],
  [
    "batch flipped",
    /\[flip\] 8\*×3: the batch axis/,
    (g, t) => g.flip(t([8, 3], true), { axes: [0] }),
  ],
  ["batch cut", /\[slice\] the batch axis/, (g, t) => g.slice(t([8, 3], true), { ends: [4, 3] })],
  [
    "nothing cut",
    /\[slice\] 2 ≤ i < 2 by 1 takes nothing/,
    (g, t) => g.slice(t([3]), { begins: [2], ends: [2] }),
  ],
  [
    "shrinking",
    /\[broadcastTo\] 2×3 cannot be repeated to 3/,
    (g, t) => g.broadcastTo(t([2, 3]), { shape: [3] }),
  ],
  [
    "unbatching",
    /\[broadcastTo\] 8\*×3 cannot/,
    (g, t) => g.broadcastTo(t([8, 3], true), { shape: [8, 3], batched: false }),
  ],
  ["bounds", /\[clamp\] cannot clamp to 2 … 1/, (g, t) => g.clamp(t([2]), { min: 2, max: 1 })],
  ["target type", /\[cast\] to i8 is not possible/, (g, t) => g.cast(t([2]), { dtype: "i8" })],
  [
    "rate",
    /\[dropout\] p is 1, expected/,
    (_g, t) => t([2]).builder.apply(dropout, [t([2]), t([2], false, "i32")], { p: 1 }),
  ],
  [
    "key",
    /\[randomUniform\] the key is f32 2, expected i32 2/,
    (_g, t) => t([2]).builder.apply(randomUniform, [t([2])], { shape: [2] }),
  ],
];

test.each(refused)("%s", (_what, message, build) => {
  const builder = new Builder(table, 8);
  const make = (shape: number[], batched = false, dtype: DType = "f32") =>
    builder.input("x", { shape, dtype, batched });
  let error: Error | undefined;
  try {
    build(callsOf(builder, table), make);
  } catch (caught) {
    error = caught as Error;
  }
  expect(error?.message).toMatch(message);
  expect(error?.message).toMatch(/shape-rules\.test\.ts:\d+/);
});

test("equal nodes are one, whichever way their attributes were given", () => {
  const builder = new Builder(table);
  const g = callsOf(builder, table);
  const x = builder.input("x", { shape: [2, 3], dtype: "f32", batched: false });
  expect(g.sum(x, { axes: [-1, 0] }).node).toBe(g.sum(x).node);
  expect(g.reshape(x, { shape: [-1] }).node).toBe(x.reshape(6).node);
  expect(g.softmax(x).node).toBe(g.softmax(x, { axis: 1 }).node);
});
