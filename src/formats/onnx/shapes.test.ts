import { expect, test } from "vitest";
import { KnownArguments } from "./evaluate.ts";
import { reshapedShape } from "./shapes.ts";

const reshape = (sizes: readonly number[]) =>
  new KnownArguments(
    { opType: "Reshape", inputs: ["x", "s"], outputs: ["y"], attributes: [] },
    16,
    [undefined, { dtype: "i32", shape: [sizes.length], data: sizes }],
  );

// What PyTorch writes down for a batch of three, of transformers with three heads, and with windows of three by three.
test.each([
  ["tokens to heads", [17, 1, 24], [17, 9, 8], [17, 3, 8]],
  ["heads to tokens", [17, 3, 8], [51, 24], [17, 24]],
  ["patches", [1, 192, 4, 4], [3, 192, 16], [1, 192, 16]],
  ["channels as many as the batch", [1, 768], [3, 3, 16, 16], [1, 3, 16, 16]],
  ["rows to windows", [1, 21, 21, 12], [3, 3, 7, 3, 7, 12], [1, 3, 7, 3, 7, 12]],
  ["windows to tokens", [1, 3, 3, 7, 7, 12], [27, 49, 12], [9, 49, 12]],
  ["queries, keys and values", [9, 49, 36], [27, 49, 3, 2, 6], [9, 49, 3, 2, 6]],
  ["a mask for each window", [9, 2, 49, 49], [3, 9, 2, 49, 49], [1, 9, 2, 49, 49]],
  ["tokens to windows", [9, 49, 12], [3, 3, 3, 7, 7, 12], [1, 3, 3, 7, 7, 12]],
  ["windows to rows", [1, 3, 7, 3, 7, 12], [3, 21, 21, 12], [1, 21, 21, 12]],
  ["a size that is left open", [1, 512, 1, 1], [3, -1], [1, 512]],
  ["the batch left open", [9, 49, 12], [-1, 12], [441, 12]],
  ["no batch", [9, 12], [12, 9], [12, 9]],
])("%s: a file made for three examples, for one", (_, from, sizes, expected) => {
  expect(reshapedShape(reshape(sizes), from, 3)).toEqual(expected);
});
