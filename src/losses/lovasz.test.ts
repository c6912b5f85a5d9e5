import { expect, test } from "vitest";
import { array, ReferenceStore, relativeError, wave } from "../../test/reference-store.ts";
import { grad } from "../autodiff/grad.ts";
import { Builder } from "../graph/builder.ts";
import type { RefArray } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { allOps } from "../ops/library.ts";
import { lovaszHinge, lovaszSoftmax } from "./index.ts";

/** The loss and its gradient in the scores, in a program with room for two images more. */
function run(scores: RefArray, labels: RefArray, loss: (x: Tensor, y: Tensor) => Tensor) {
  const [n] = scores.shape;
  const builder = new Builder(allOps, n + 2);
  const x = builder.input("x", { ...wider(scores), dtype: "f32", batched: true });
  const y = builder.input("y", { ...wider(labels), dtype: "i32", batched: true });
  const l = loss(x, y);
  return new ReferenceStore().run(builder, [l, ...grad(l.sum(), [x])], [scores, labels], n);
}

const wider = ({ shape: [n, ...inner] }: RefArray) => ({ shape: [n + 2, ...inner] });

const certain = (classes: readonly number[]) =>
  array(
    [1, 3, classes.length],
    [0, 1, 2].flatMap((c) => classes.map((own) => (own === c ? 1 : 0))),
  );

test("at predictions that are certain it is one minus the mean intersection over union", () => {
  const truth = [0, 0, 0, 1, 1, 2];
  const said = [0, 0, 1, 1, 2, 2];
  const [loss] = run(certain(said), array([1, 6], truth), (x, y) =>
    lovaszSoftmax(x, y, { fromLogits: false }),
  );
  expect(loss[0]).toBeCloseTo(1 - (2 / 3 + 1 / 3 + 1 / 2) / 3, 12);
});

test("a class that is absent counts among all classes, with its largest error", () => {
  const probabilities = array([1, 2, 2], [0.7, 0.9, 0.3, 0.1]);
  const labels = array([1, 2], [0, 0]);
  const [present] = run(probabilities, labels, (x, y) =>
    lovaszSoftmax(x, y, { fromLogits: false }),
  );
  const [all] = run(probabilities, labels, (x, y) =>
    lovaszSoftmax(x, y, { fromLogits: false, classes: "all" }),
  );
  expect(all[0]).toBeCloseTo((present[0] + 0.3) / 2, 12);
});

test("equal errors share their weight", () => {
  const logits = array([1, 4], [0.5, 0.5, 0.5, 0.5]);
  const [loss, gradient] = run(logits, array([1, 4], [1, 1, 1, 1]), (x, y) => lovaszHinge(x, y));
  expect(loss[0]).toBeCloseTo(0.5, 12);
  for (const slope of gradient) expect(slope).toBeCloseTo(-0.25, 12);
});

test("over a batch the images are as one large image", () => {
  const scores = wave([3, 2, 5]);
  const labels = array([3, 5], [0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1]);
  const [loss, gradient] = run(scores, labels, (x, y) => lovaszSoftmax(x, y));
  // N×C×P → 1×C×(N·P)
  const order = [0, 1].flatMap((c) =>
    [0, 1, 2].flatMap((i) => [0, 1, 2, 3, 4].map((p) => i * 10 + c * 5 + p)),
  );
  const joined = array(
    [1, 2, 15],
    order.map((i) => scores.data[i]),
  );
  const [other, itsGradient] = run(joined, array([1, 15], labels.data), (x, y) =>
    lovaszSoftmax(x, y),
  );
  expect(relativeError(loss, other)).toBeLessThan(1e-12);
  expect(
    relativeError(
      order.map((i) => gradient[i]),
      itsGradient,
    ),
  ).toBeLessThan(1e-12);
});

test("an image of nothing but ignored pixels has no loss and no gradient", () => {
  const [loss, gradient] = run(
    wave([2, 2, 3]),
    array([2, 3], [0, 1, 1, -100, -100, -100]),
    (x, y) => lovaszSoftmax(x, y, { perImage: true, reduction: "none" }),
  );
  expect(loss[0]).toBeGreaterThan(0);
  expect(loss[1]).toBe(0);
  expect([...gradient.slice(6)].every((g) => g === 0)).toBe(true);
});

test("what does not go together is refused", () => {
  const builder = new Builder(allOps);
  const input = (shape: number[], dtype: "f32" | "i32" = "f32") =>
    builder.input("x", { shape, dtype, batched: false });
  const [x, y] = [input([2, 3, 4]), input([2, 4], "i32")];
  expect(() => lovaszSoftmax(x, input([2, 3, 4]))).toThrow("[lovaszSoftmax] takes i32 labels");
  expect(() => lovaszSoftmax(x, y, { classes: [3] })).toThrow("classes 3 are not some of 0 … 2");
  expect(() => lovaszHinge(x, y)).toThrow("[lovaszHinge] logits 2×3×4 go with i32 labels");
});
