import { expect, test } from "vitest";
import { INPUTS, problem } from "../../test/golden/optim-problem.ts";
import { array, relativeError } from "../../test/reference-store.ts";
import { accumulate, adamW, lookahead, sam, sgd } from "./index.ts";

const [x, y] = INPUTS;
/** Rows `from` … `to` of the problem's five. */
const rows = (from: number, to: number) => [
  array([to - from, 3], x.data.subarray(3 * from, 3 * to)),
  array([to - from, 2], y.data.subarray(2 * from, 2 * to)),
];

test.each([
  ["sgd", () => sgd({ lr: 0.1, momentum: 0.9, dampening: 0.1 }), {}],
  ["adamW, clipped after the sum", () => adamW({ lr: 0.05 }), { clipNorm: 0.3 }],
  ["lookahead", () => lookahead(sgd({ lr: 0.1 }), { k: 2 }), {}],
])("%s: parts of a batch make the step of the whole", (_, make, clip) => {
  const whole = problem(make(), clip);
  const parts = problem(accumulate(make(), 3), clip);
  for (let t = 0; t < 6; t++) {
    const before = parts.step(rows(0, 2), 2);
    expect(before.updated).toBe(0);
    expect(parts.step(rows(2, 3), 1)).toMatchObject({ updated: 0, path: before.path });
    const made = parts.step(rows(3, 5), 2);
    const expected = whole.step();
    expect(made.updated).toBe(1);
    expect(relativeError(made.path, expected.path)).toBeLessThan(1e-12);
    expect(made.norm).toBeCloseTo(expected.norm, 12);
  }
});

test("one run to a step is no accumulation", () => {
  const [plain, once] = [problem(sgd({ lr: 0.1 })), problem(accumulate(sgd({ lr: 0.1 }), 1))];
  for (let t = 0; t < 3; t++) {
    expect(relativeError(once.step().path, plain.step().path)).toBeLessThan(1e-14);
  }
});

test("a bad part is left out, as if it had not happened", () => {
  const make = () => problem(accumulate(adamW({ lr: 0.05 }), 2));
  const [calm, hit] = [make(), make()];
  calm.step(rows(0, 2), 2);
  hit.step(rows(0, 2), 2);
  const bad = array([1, 2], [Number.NaN, 0]);
  expect(hit.step([rows(2, 3)[0], bad], 1)).toMatchObject({ finite: 0, updated: 0 });
  const [a, b] = [calm.step(rows(2, 5), 3), hit.step(rows(2, 5), 3)];
  expect(b).toMatchObject({ finite: 1, updated: 1 });
  expect(b.path).toEqual(a.path);
});

test("states have stable names", () => {
  const optimizer = accumulate(sgd({ lr: 0.1 }), 2);
  problem(optimizer);
  expect(optimizer.state().map(({ name }) => name)).toEqual([
    "sgd.lr",
    "sgd.accumulated_runs",
    "sgd.accumulated_images",
    "sgd.accumulated.fc.weight",
    "sgd.accumulated.fc.bias",
  ]);
  expect(optimizer.options).toEqual({ lr: 0.1, accumulate: 2 });
});

test("sharpness-aware steps are gathered, too, and what cannot be is refused", () => {
  const whole = problem(sam(sgd({ lr: 0.1 })));
  const parts = problem(sam(accumulate(sgd({ lr: 0.1 }), 2)));
  // The same rows twice: their mean is that of the whole.
  parts.step();
  expect(relativeError(parts.step().path, whole.step().path)).toBeLessThan(1e-14);
  expect(() => accumulate(sgd(), 0)).toThrow("[accumulate] 0 runs to a step");
});
