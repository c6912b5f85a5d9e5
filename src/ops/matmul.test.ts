/** Where the batch axis of a product may stand. */
import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import { callsOf } from "../graph/calls.ts";
import type { MatmulAttrs } from "./matmul.ts";
import type { G } from "./op.ts";
import { table } from "./table.ts";

/** "8*×3" is a batch of 8. */
function product(a: string, b: string, attrs: Partial<MatmulAttrs> = {}): string {
  const builder = new Builder(table, 8);
  const g = callsOf(builder, table) as unknown as G;
  const [x, y] = [a, b].map((text) => {
    const shape = text.replace("*", "").split("×").map(Number);
    return builder.input("x", { shape, dtype: "f32", batched: text.includes("*") });
  });
  const { shape, batched } = g.matmul(x, y, attrs);
  return shape.join("×").replace(/^\d+/, batched ? "$&*" : "$&");
}

test.each<[string, string, Partial<MatmulAttrs>, string]>([
  ["8*×3", "3×4", {}, "8*×4"],
  ["8*×3", "4×3", { transposeB: true }, "8*×4"],
  ["8*×3", "8*×4", { transposeA: true }, "3×4"],
  ["8*×5×3", "3×4", {}, "8*×5×4"],
  ["8*×5×3", "8*×3×4", {}, "8*×5×4"],
  ["8*×5×3", "1×3×4", {}, "8*×5×4"],
  ["5×3", "8*×3×4", {}, "8*×5×4"],
  ["8*×2×5×3", "8*×1×4×3", { transposeB: true }, "8*×2×5×4"],
])("%s · %s is a product of images", (a, b, attrs, expected) => {
  expect(product(a, b, attrs)).toBe(expected);
});

test.each<[string, string, Partial<MatmulAttrs>]>([
  // The images would be columns, a middle axis, or two axes at once.
  ["4×3", "8*×3", { transposeB: true }],
  ["8*×3", "8*×3", { transposeB: true }],
  ["8*×3", "2×3×4", {}],
  ["8*×3", "8*×3×4", {}],
  ["8*×5×3", "8×3×4", {}],
  ["8*×5×3", "2×1×3×4", {}],
  // The sum would run over lanes without an image.
  ["4×8", "8*×3", {}],
  ["8*×4", "8×3", { transposeA: true }],
])("%s · %s loses the batch axis and is refused", (a, b, attrs) => {
  expect(() => product(a, b, attrs)).toThrow("[matmul] the batch axis (*) would not be axis 0");
});

test("sizes that do not meet are named", () => {
  expect(() => product("3×4", "5×6")).toThrow(
    "[matmul] a has 4 columns, b has 5 rows — a 3×4, b 5×6",
  );
  expect(() => product("3×4", "5×6", { transposeB: true })).toThrow("b has 6 rows — a 3×4, b 5×6ᵀ");
  expect(() => product("4", "4×3")).toThrow("[matmul] needs matrices");
});
