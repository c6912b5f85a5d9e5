import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../test/reference-store.ts";
import { grad } from "../autodiff/grad.ts";
import type { DType } from "../core/dtype.ts";
import { Builder } from "../graph/builder.ts";
import type { RefArray } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { allOps } from "../ops/library.ts";
import {
  crossEntropy,
  klDiv,
  mse,
  multiMargin,
  softMargin,
  softmaxFocal,
  squaredError,
} from "./index.ts";

const labels = (...values: number[]) => ({
  ...array([values.length], values),
  dtype: "i32" as const,
});

/** The loss and the gradient of its sum in the first input, in a program with room for more images than there are. */
function run(
  inputs: readonly (RefArray & { readonly dtype?: DType })[],
  loss: (...inputs: Tensor[]) => Tensor,
) {
  const builder = new Builder(allOps, 7);
  const given = inputs.map(({ shape, dtype = "f32" }, i) =>
    builder.input(`x${i}`, { shape: [7, ...shape.slice(1)], dtype, batched: true }),
  );
  const l = loss(...given);
  const [n] = inputs[0].shape;
  return new ReferenceStore().run(builder, [l, ...grad(l.sum(), [given[0]])], inputs, n);
}

test("squaredError is half the sum over features, mse the mean over everything", () => {
  const x = array([2, 2], [1, 2, 3, 4]);
  const y = array([2, 2], [0, 0, 1, 1]);
  expect(run([x, y], (a, b) => squaredError(a, b))[0][0]).toBe((5 + 13) / 2 / 2);
  expect(run([x, y], (a, b) => squaredError(a, b, { reduction: "sum" }))[0][0]).toBe(9);
  expect([...run([x, y], (a, b) => squaredError(a, b, { reduction: "none" }))[0]]).toEqual([
    2.5, 6.5,
  ]);
  expect(run([x, y], (a, b) => mse(a, b))[0][0]).toBe(18 / 4);
  expect([...run([x, y], (a, b) => mse(a, b))[1]]).toEqual([0.5, 1, 1, 1.5]);
});

test("the SVM loss of ConvNetJS is K times multiMargin", () => {
  // max(0, 1 − 2 + 3) + max(0, 1 − 2 + 0.5) + max(0, 1 − 2 + 1.5), summed
  const scores = array([1, 4], [3, 2, 0.5, 1.5]);
  const [loss, gradient] = run([scores, labels(1)], (x, y) => multiMargin(x, y));
  expect(loss[0] * 4).toBe(2 + 0 + 0.5);
  expect([...gradient].map((g) => g * 4)).toEqual([1, -2, 0, 1]);
});

test("labels that are ignored leave mean and gradient to the others", () => {
  const both = array([2, 3], [1, 2, 0.5, -1, 0, 3]);
  const first = array([1, 3], [1, 2, 0.5]);
  for (const loss of [crossEntropy, softmaxFocal]) {
    const [value, gradient] = run([both, labels(2, -100)], (x, y) => loss(x, y));
    const [alone, own] = run([first, labels(2)], (x, y) => loss(x, y));
    expect(value).toEqual(alone);
    expect([...gradient]).toEqual([...own, 0, 0, 0]);
  }
});

test("the focal loss with gamma 0 is cross-entropy", () => {
  const x = array([2, 3], [1, 2, 0.5, -1, 0, 3]);
  const given = [x, labels(2, 0)];
  expect(run(given, (a, b) => softmaxFocal(a, b, { gamma: 0 }))).toEqual(
    run(given, (a, b) => crossEntropy(a, b)),
  );
});

test("softMargin does not overflow, where PyTorch's does", () => {
  const [x, y] = [array([2], [1e4, -1e4]), array([2], [-1, -1])];
  const [loss, slope] = run([x, y], (a, b) => softMargin(a, b, { reduction: "none" }));
  expect([...loss]).toEqual([1e4, 0]);
  expect([...slope]).toEqual([1, 0]);
});

test("what does not go together is refused", () => {
  const builder = new Builder(allOps);
  const input = (shape: number[], dtype: "f32" | "i32" = "f32") =>
    builder.input("x", { shape, dtype, batched: false });
  expect(() => crossEntropy(input([5, 4]), input([4], "i32"))).toThrow("[crossEntropy] logits 5×4");
  expect(() => crossEntropy(input([5, 4]), input([5]))).toThrow("distributions 5×4");
  expect(() => crossEntropy(input([5, 4]), input([5], "i32"), { weight: [1, 2] })).toThrow(
    "2 class weights for 4 classes",
  );
  expect(() => crossEntropy(input([5]), input([5], "i32"))).toThrow("one row of K classes");
  expect(() => mse(input([5, 4]), input([5]))).toThrow("[mse] prediction f32 5×4 and target f32 5");
  expect(() => mse(input([5]), input([5], "i32"))).toThrow("target i32 5 differ");
  expect(() => klDiv(input([]), input([]), { reduction: "batchmean" })).toThrow("needs examples N");
});
