import { expect, test } from "vitest";
import { ReferenceStore, relativeError, wave } from "../../test/reference-store.ts";
import { Builder } from "../graph/builder.ts";
import { table } from "../ops/table.ts";
import { Parameter } from "../tensor/parameter.ts";
import { muon } from "./index.ts";
import { orthogonalize } from "./muon.ts";

type Matrix = number[][];
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const turn = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
const rowsOf = (values: ArrayLike<number>, columns: number): Matrix =>
  Array.from({ length: values.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[i * columns + j]),
  );

/** As it is printed, without a transposition: X ← a·X + b·XXᵀX + c·(XXᵀ)²X. */
function newtonSchulz(d: Matrix, steps = 5): Matrix {
  const norm = Math.sqrt(d.flat().reduce((sum, value) => sum + value * value, 0));
  let x = d.map((row) => row.map((value) => value / norm));
  for (let i = 0; i < steps; i++) {
    const cubic = product(product(x, turn(x)), x);
    const quintic = product(product(x, turn(x)), cubic);
    x = x.map((row, r) =>
      row.map((value, c) => 3.4445 * value - 4.775 * cubic[r][c] + 2.0315 * quintic[r][c]),
    );
  }
  return x;
}

test.each([
  [3, 5],
  [5, 3],
  [4, 4],
])("singular values of a %i×%i matrix come near 1", (rows, columns) => {
  const d = wave([rows, columns], 1);
  const builder = new Builder(table);
  const input = builder.input("d", { shape: [rows, columns], dtype: "f32", batched: false });
  const [x] = new ReferenceStore().run(builder, [orthogonalize(input)], [d]);
  expect(relativeError(x, newtonSchulz(rowsOf(d.data, columns)).flat())).toBeLessThan(1e-12);
  const made = rowsOf(x, columns);
  const gram = rows <= columns ? product(made, turn(made)) : product(turn(made), made);
  // The trace is the sum of the squares of the singular values, each in [0.7, 1.2].
  const squares = gram.reduce((sum, row, i) => sum + row[i], 0) / gram.length;
  expect(squares).toBeGreaterThan(0.49);
  expect(squares).toBeLessThan(1.44);
});

test.each([
  ["original", Math.sqrt(6 / 4)],
  ["matchRmsAdamW", 0.2 * Math.sqrt(6)],
] as const)("a kernel is the matrix O×(I·k·k), its rate adjusted: %s", (adjustLr, scale) => {
  const shape = [6, 1, 2, 2];
  const [start, slope] = [wave(shape), wave(shape, 2)];
  const store = new ReferenceStore();
  const p = new Parameter("conv.weight", shape, () => start.data);
  store.set(p, start.data);
  const builder = new Builder(table);
  const g = builder.input("g", { shape, dtype: "f32", batched: false });
  const loss = builder.state(p).mul(g).sum();
  muon({ lr: 0.5, weightDecay: 0, adjustLr }).step(loss, [p]);
  store.run(builder, [loss], [slope]);
  // The first momentum is a multiple of the gradient, and the iteration knows no multiples.
  const x = newtonSchulz(rowsOf(slope.data, 4)).flat();
  const expected = x.map((value, i) => start.data[i] - 0.5 * scale * value);
  expect(relativeError(store.get(p), expected)).toBeLessThan(1e-12);
});

test("a normalised matrix steps from the norm √n, whatever it was and however it decays", () => {
  const shape = [3, 2, 1, 2];
  const [start, slope] = [wave(shape), wave(shape, 2)];
  const store = new ReferenceStore();
  const p = new Parameter("conv.weight", shape, () => start.data);
  store.set(p, start.data);
  const builder = new Builder(table);
  const g = builder.input("g", { shape, dtype: "f32", batched: false });
  const loss = builder.state(p).mul(g).sum();
  muon({ lr: 0.5, weightDecay: 0.3, normalize: true }).step(loss, [p]);
  store.run(builder, [loss], [slope]);
  const x = newtonSchulz(rowsOf(slope.data, 4)).flat();
  const scale = Math.sqrt(3) / Math.hypot(...Array.from(start.data));
  const expected = x.map((value, i) => scale * start.data[i] - 0.5 * value);
  expect(relativeError(store.get(p), expected)).toBeLessThan(1e-12);
});

test("names go AdamW's way with a rate of their own", () => {
  const store = new ReferenceStore();
  const [head, body] = ["head.weight", "body.weight"].map(
    (name) => new Parameter(name, [2, 2], () => [1, 2, 3, 4]),
  );
  const builder = new Builder(table);
  const loss = builder.state(head).mul(builder.state(body)).sum();
  const optimizer = muon({ lr: 0.5, weightDecay: 0, adamW: ["head.*"], adamWLr: 0.25 });
  optimizer.step(loss, [head, body]);
  store.run(builder, [loss], []);
  // Adam's first step is the rate, whatever the gradient.
  for (const [i, value] of [1, 2, 3, 4].entries()) {
    expect(store.get(head)[i]).toBeCloseTo(value - 0.25, 6);
  }
  expect(optimizer.state().map(({ name }) => name)).toEqual([
    ...["muon.lr", "muon.bias1", "muon.bias2"],
    ...["muon.exp_avg.head.weight", "muon.exp_avg_sq.head.weight"],
    "muon.momentum_buffer.body.weight",
  ]);
});
