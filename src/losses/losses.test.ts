import { expect, test } from "vitest";
import { array, ReferenceStore, relativeError } from "../../test/reference-store.ts";
import { grad } from "../autodiff/grad.ts";
import { Builder } from "../graph/builder.ts";
import type { RefArray } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { table } from "../ops/table.ts";
import goldens from "./golden/goldens.json" with { type: "json" };
import { crossEntropy, mse, type Reduction, squaredError } from "./index.ts";

const store = new ReferenceStore();

/** The loss and the gradient of its sum, in a program with room for more images than there are. */
function run(x: RefArray, target: RefArray, soft: boolean, loss: (x: Tensor, t: Tensor) => Tensor) {
  const builder = new Builder(table, 7);
  const [xIn, tIn] = [x, target].map(({ shape }, i) =>
    builder.input(`${i}`, {
      shape: [7, ...shape.slice(1)],
      dtype: i === 1 && !soft ? "i32" : "f32",
      batched: true,
    }),
  );
  const l = loss(xIn, tIn);
  const [g] = grad(l.sum(), [xIn]);
  return store.run(builder, [l, g], [x, target], x.shape[0]);
}

const rows = array([5, 4], goldens.logits);
const inputs = {
  labels: [rows, array([5], goldens.labels)],
  soft: [rows, array([5, 4], goldens.soft)],
  maps: [array([2, 3, 2, 2], goldens.maps), array([2, 2, 2], goldens.mapLabels)],
} as const;

for (const golden of goldens.cases) {
  const { target, weighted, labelSmoothing, reduction } = golden;
  const title = `${target}${weighted ? ", weighted" : ""}, smoothing ${labelSmoothing}, ${reduction}`;
  test(`crossEntropy is PyTorch's: ${title}`, () => {
    const [x, t] = inputs[target as keyof typeof inputs];
    const weight = weighted ? goldens.weight.slice(0, x.shape[1]) : undefined;
    const [loss, gradient] = run(x, t, target === "soft", (logits, y) =>
      crossEntropy(logits, y, {
        labelSmoothing,
        reduction: reduction as Reduction,
        ...(weight && { weight }),
      }),
    );
    expect(relativeError(loss, golden.loss)).toBeLessThan(1e-10);
    expect(relativeError(gradient, golden.gradient)).toBeLessThan(1e-10);
  });
}

test("squaredError is half the sum over features, mse the mean over everything", () => {
  const x = array([2, 2], [1, 2, 3, 4]);
  const y = array([2, 2], [0, 0, 1, 1]);
  expect(run(x, y, true, (a, b) => squaredError(a, b))[0][0]).toBe((5 + 13) / 2 / 2);
  expect(run(x, y, true, (a, b) => squaredError(a, b, { reduction: "sum" }))[0][0]).toBe(9);
  expect([...run(x, y, true, (a, b) => squaredError(a, b, { reduction: "none" }))[0]]).toEqual([
    2.5, 6.5,
  ]);
  expect(run(x, y, true, (a, b) => mse(a, b))[0][0]).toBe(18 / 4);
  expect([...run(x, y, true, (a, b) => mse(a, b))[1]]).toEqual([0.5, 1, 1, 1.5]);
});

test("shapes that do not go together are refused", () => {
  const builder = new Builder(table);
  const input = (shape: number[], dtype: "f32" | "i32" = "f32") =>
    builder.input("x", { shape, dtype, batched: false });
  expect(() => crossEntropy(input([5, 4]), input([4], "i32"))).toThrow("[crossEntropy] logits 5×4");
  expect(() => crossEntropy(input([5, 4]), input([5]))).toThrow("distributions 5×4");
  expect(() => crossEntropy(input([5, 4]), input([5], "i32"), { weight: [1, 2] })).toThrow(
    "2 class weights for 4 classes",
  );
  expect(() => mse(input([5, 4]), input([5]))).toThrow("[mse]");
});
