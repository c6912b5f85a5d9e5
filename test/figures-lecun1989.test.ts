/**
 * LeCun's network of 1989 in a lecture note's simplified form: one map a layer,
 *
 *   Y¹ = B¹ + K¹ ⋆ Y⁰,  Y³ = S f(Y¹) Sᵀ,  Y⁴ = B⁴ + K⁴ ⋆ Y³,  Y⁶ = S f(Y⁴) Sᵀ,  y = f(Σ w·Y⁶),  H = ½(y − t)²,
 *
 * with f(x) = ln(1 + e^(kx))/k and S, which keeps every second row. The derivatives that the note writes down, and those
 * of the first layer that it leaves to its reader, in plain loops, against autodiff. Where the note has to be read with
 * care:
 * - it calls ⋆ a convolution and writes Σ K[k, t]·Y[r + k, s + t], the cross-correlation; without padding, so that position
 *   (r, s) of the result stands at (r + h₁, s + h₂) of Y;
 * - B is a bias for each position;
 * - ∂(y − t)²/∂w is printed as (y − t)·∂y/∂w: the factor 2 is missing, and right only with the ½ of H;
 * - ∂H/∂K⁴ is printed for one (r, s) of Y⁶: it is the sum over all of them;
 * - row 2(r − 1) counts from 0, while r counts from 1.
 */
import { describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { Builder } from "../src/graph/builder.ts";
import { Lecun1989 } from "../src/models/lecun1989.ts";
import * as nn from "../src/nn/index.ts";
import { allOps } from "../src/ops/library.ts";
import { ReferenceStore, relativeError, wave } from "./reference-store.ts";

type Map2 = number[][];
type Size = readonly [rows: number, columns: number];

const grid = ([rows, columns]: Size, f: (r: number, s: number) => number): Map2 =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, s) => f(r, s)));
const sizeOfMap = (m: Map2): Size => [m.length, m[0].length];
const total = (m: Map2) => m.flat().reduce((sum, v) => sum + v, 0);

/** f and f′ of the note. */
const softplus = (k: number) => (x: number) => Math.log(1 + Math.exp(k * x)) / k;
const slope = (k: number) => (x: number) => Math.exp(k * x) / (1 + Math.exp(k * x));

interface Weights {
  readonly k1: Map2;
  readonly b1: Map2;
  readonly k4: Map2;
  readonly b4: Map2;
  readonly w: Map2;
}

function closedForm(y0: Map2, t: number, k: number, { k1, b1, k4, b4, w }: Weights) {
  const [f, df] = [softplus(k), slope(k)];
  const correlate = (b: Map2, kernel: Map2, x: Map2) =>
    grid(sizeOfMap(b), (r, s) => {
      const products = kernel.map((row, i) => row.map((v, j) => v * x[r + i][s + j]));
      return b[r][s] + total(products);
    });
  // S·f(Y)·Sᵀ: rows and columns 2(r − 1), r from 1.
  const subsample = (y: Map2) => {
    const [rows, columns] = sizeOfMap(y);
    return grid([Math.ceil(rows / 2), Math.ceil(columns / 2)], (r, s) => f(y[2 * r][2 * s]));
  };
  const y1 = correlate(b1, k1, y0);
  const y3 = subsample(y1);
  const y4 = correlate(b4, k4, y3);
  const y6 = subsample(y4);
  const z = total(grid(sizeOfMap(w), (r, s) => w[r][s] * y6[r][s]));
  const y = f(z);

  // ∂H/∂w = (y − t)·f′(z)·Y⁶
  const dz = (y - t) * df(z);
  const dw = grid(sizeOfMap(w), (r, s) => dz * y6[r][s]);
  // ∂H/∂K⁴[k, t] = Σ_{r, s} (y − t)·f′(z)·w[r, s]·f′(Y⁴[2(r−1), 2(s−1)])·Y³[2(r−1) + k, 2(s−1) + t]
  const dk4 = grid(sizeOfMap(k4), (i, j) =>
    total(
      grid(sizeOfMap(w), (r, s) => dz * w[r][s] * df(y4[2 * r][2 * s]) * y3[2 * r + i][2 * s + j]),
    ),
  );
  // What reaches Y: nothing at the positions that are skipped.
  const through = (dy: Map2, before: Map2) =>
    grid(sizeOfMap(before), (p, q) =>
      p % 2 === 0 && q % 2 === 0 ? dy[p / 2][q / 2] * df(before[p][q]) : 0,
    );
  const d4 = through(
    grid(sizeOfMap(w), (r, s) => dz * w[r][s]),
    y4,
  );
  // ∂H/∂Y³[p, q] = Σ_{k, t} ∂H/∂Y⁴[p − k, q − t]·K⁴[k, t]
  const d3 = grid(sizeOfMap(y3), (p, q) =>
    total(k4.map((row, i) => row.map((v, j) => v * (d4[p - i]?.[q - j] ?? 0)))),
  );
  const d1 = through(d3, y1);
  const dk1 = grid(sizeOfMap(k1), (i, j) =>
    total(d1.map((row, r) => row.map((d, s) => d * y0[r + i][s + j]))),
  );
  return { loss: 0.5 * (y - t) ** 2, gradients: { k1: dk1, b1: d1, k4: dk4, b4: d4, w: dw } };
}

const cases: readonly { name: string; image: Size; kernels: readonly [Size, Size]; k: number }[] = [
  {
    name: "16×16, kernels 3×3, k = 1",
    image: [16, 16],
    kernels: [
      [3, 3],
      [3, 3],
    ],
    k: 1,
  },
  {
    name: "28×28, kernels 5×5, k = 10",
    image: [28, 28],
    kernels: [
      [5, 5],
      [5, 5],
    ],
    k: 10,
  },
  {
    name: "19×22, kernels 5×3 and 3×5, k = 2.5",
    image: [19, 22],
    kernels: [
      [5, 3],
      [3, 5],
    ],
    k: 2.5,
  },
];

describe("figure N4: the note's derivatives of LeCun's network of 1989 equal autodiff", () => {
  test.each(cases)("$name", ({ image, kernels, k }) => {
    const net = new Lecun1989({ classes: 1, kernels, k });
    nn.initialize(net, [1, ...image], { seed: 3 });
    const states = new Map(nn.namedParameters(net));
    const store = new ReferenceStore();
    for (const [i, parameter] of [...states.values()].entries()) {
      store.set(
        parameter,
        wave(parameter.shape, i).data.map((v) => 0.5 * v),
      );
    }
    const pixels = wave([1, 1, ...image], 9);
    const builder = new Builder(allOps, 1);
    const x = builder.input("x", { shape: pixels.shape, dtype: "f32", batched: true });
    const y = net.call(x, { training: true });
    const target = 0.7;
    const loss = y.sub(target).square().mul(0.5).sum();
    const names = ["c1.weight", "b1.bias", "c4.weight", "b4.bias", "fc.weight"];
    expect([...states.keys()].sort()).toEqual([...names].sort());
    const parameters = names.map((name) => states.get(name) as nn.OwnState["parameter"]);
    const gradients = grad(
      loss,
      parameters.map((p) => builder.state(p)),
    );
    const [value, ...found] = store.run(builder, [loss, ...gradients], [pixels], 1);

    const mapOf = (i: number, columns: number) => {
      const data = store.get(parameters[i]);
      return grid([data.length / columns, columns], (r, s) => data[r * columns + s]);
    };
    const widthOf = (i: number) => parameters[i].shape.at(-1) as number;
    const [k1, b1, k4, b4] = [0, 1, 2, 3].map((i) => mapOf(i, widthOf(i)));
    const w = mapOf(4, Math.ceil(b4[0].length / 2));
    const expected = closedForm(
      grid(image, (r, s) => pixels.data[r * image[1] + s]),
      target,
      k,
      { k1, b1, k4, b4, w },
    );
    expect(relativeError(value, [expected.loss])).toBeLessThan(1e-12);
    Object.values(expected.gradients).forEach((gradient, i) => {
      expect(Math.max(...gradient.flat().map(Math.abs))).toBeGreaterThan(0);
      expect(relativeError(found[i], gradient.flat()), names[i]).toBeLessThan(1e-11);
    });
  });
});
