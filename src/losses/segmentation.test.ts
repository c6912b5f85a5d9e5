import { expect, test } from "vitest";
import { array, ReferenceStore } from "../../test/reference-store.ts";
import { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { allOps } from "../ops/library.ts";
import { focalTversky, softDice, softJaccard, softTversky } from "./index.ts";

const exact = { fromLogits: false, smooth: 0, reduction: "none" } as const;

/** Two classes over five pixels: class 1 has 2 hits, 1 false alarm and 1 miss; class 0 has 1 hit. */
function run(loss: (x: Tensor, y: Tensor) => Tensor): number[] {
  const builder = new Builder(allOps, 1);
  const x = builder.input("x", { shape: [1, 2, 5], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [1, 5], dtype: "i32", batched: true });
  const said = array([1, 2, 5], [0, 0, 0, 1, 1, 1, 1, 1, 0, 0]);
  const [value] = new ReferenceStore().run(
    builder,
    [loss(x, y)],
    [said, array([1, 5], [1, 1, 0, 1, 0])],
  );
  return [...value];
}

test("at predictions that are certain the losses are one minus the measures", () => {
  const close = (found: number[], expected: number[]) =>
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 12);
    });
  close(
    run((x, y) => softJaccard(x, y, exact)),
    [1 - 1 / 3, 1 - 2 / 4],
  );
  close(
    run((x, y) => softDice(x, y, exact)),
    [1 - 2 / 4, 1 - 4 / 6],
  );
  close(
    run((x, y) => softDice(x, y, { ...exact, squared: false })),
    [1 - 2 / 4, 1 - 4 / 6],
  );
  close(
    run((x, y) => softTversky(x, y, exact)),
    [1 - 1 / 2, 1 - 2 / 3],
  );
  close(
    run((x, y) => focalTversky(x, y, { ...exact, gamma: 2 })),
    [Math.sqrt(0.5), Math.sqrt(1 / 3)],
  );
  close(
    run((x, y) => softDice(x, y, { ...exact, ignoreClasses: [0] })),
    [1 - 4 / 6],
  );
});

test("misses weigh more than false alarms, unless said otherwise", () => {
  const loss = (said: number[], options = {}) => {
    const builder = new Builder(allOps);
    const x = builder.input("x", { shape: [1, 1, 4], dtype: "f32", batched: false });
    const y = builder.input("y", { shape: [1, 4], dtype: "i32", batched: false });
    const l = softTversky(x, y, { ...exact, reduction: "mean", ...options });
    const inputs = [array([1, 1, 4], said), array([1, 4], [1, 1, 0, 0])];
    return new ReferenceStore().run(builder, [l], inputs)[0][0];
  };
  const [miss, falseAlarm] = [
    [1, 0, 0, 0],
    [1, 1, 1, 0],
  ];
  expect(loss(miss)).toBeCloseTo(1 - 1 / 1.7, 12);
  expect(loss(falseAlarm)).toBeCloseTo(1 - 2 / 2.3, 12);
  expect(loss(falseAlarm, { alpha: 1, beta: 0 })).toBeCloseTo(1 - 2 / 3, 12);
});

test("classes that are not there cannot be left out, nor all of them", () => {
  for (const ignoreClasses of [[2], [-1], [0, 1]]) {
    expect(() => run((x, y) => softDice(x, y, { ignoreClasses }))).toThrow(
      "[softDice] cannot leave classes",
    );
  }
});
