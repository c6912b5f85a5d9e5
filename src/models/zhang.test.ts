/**
 * The closed-form gradients of Zhang's note, written as the note writes them, in plain loops over one image,
 * against autodiff.
 */
import { expect, test } from "vitest";
import { array, ReferenceStore, relativeError, wave } from "../../test/reference-store.ts";
import { grad } from "../autodiff/grad.ts";
import { Builder } from "../graph/builder.ts";
import { squaredError } from "../losses/index.ts";
import { initialize, namedParameters } from "../nn/index.ts";
import { table } from "../ops/table.ts";
import { Zhang } from "./zhang.ts";

type Map2 = number[][];

const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const grid = (size: number, f: (i: number, j: number) => number): Map2 =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => f(i, j)));
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const offsets = [-2, -1, 0, 1, 2];

/** Σ over a 5×5 kernel's u, v from −2 to 2; k is stored from 0. */
function overKernel(f: (u: number, v: number) => number): number {
  let sum = 0;
  for (const u of offsets) for (const v of offsets) sum += f(u, v);
  return sum;
}

function closedForm(
  image: Map2,
  y: number[],
  k1: Map2[],
  b1: number[],
  k2: Map2[][],
  b2: number[],
  w: Map2,
  b: number[],
) {
  // C¹ₚ = σ(I * k¹ₚ + b¹ₚ): the result's (i, j) stands at (i + 2, j + 2) of the input.
  const c1 = k1.map((k, p) =>
    grid(24, (i, j) =>
      sigma(overKernel((u, v) => image[i + 2 - u][j + 2 - v] * k[u + 2][v + 2]) + b1[p]),
    ),
  );
  const pool = (c: Map2) =>
    grid(c.length / 2, (i, j) => {
      const [a, d] = [c[2 * i], c[2 * i + 1]];
      return (a[2 * j] + a[2 * j + 1] + d[2 * j] + d[2 * j + 1]) / 4;
    });
  const s1 = c1.map(pool);
  const c2 = range(12).map((q) =>
    grid(8, (i, j) => {
      const sum = s1
        .map((s, p) => overKernel((u, v) => s[i + 2 - u][j + 2 - v] * k2[p][q][u + 2][v + 2]))
        .reduce((a, d) => a + d, 0);
      return sigma(sum + b2[q]);
    }),
  );
  const f = c2.map(pool).flat(2);
  const prediction = w.map((row, i) => sigma(row.reduce((sum, v, j) => sum + v * f[j], b[i])));
  const loss = 0.5 * prediction.reduce((sum, p, i) => sum + (p - y[i]) ** 2, 0);

  // Δŷ(i) = (ŷ − y)·ŷ·(1 − ŷ);  ΔW = Δŷ × fᵀ;  Δb = Δŷ;  Δf = Wᵀ × Δŷ
  const dy = prediction.map((p, i) => (p - y[i]) * p * (1 - p));
  const dw = dy.map((d) => f.map((v) => d * v));
  const df = f.map((_, j) => dy.reduce((sum, d, i) => sum + w[i][j] * d, 0));
  // ΔC(i, j) = ¼·ΔS(⌈i/2⌉, ⌈j/2⌉);  ΔC_σ = ΔC·C·(1 − C)
  const upsample = (ds: Map2, c: Map2) =>
    grid(c.length, (i, j) => 0.25 * ds[i >> 1][j >> 1] * c[i][j] * (1 - c[i][j]));
  const dc2 = range(12).map((q) =>
    upsample(
      grid(4, (i, j) => df[16 * q + 4 * i + j]),
      c2[q],
    ),
  );
  // Δk(u, v) = Σᵢⱼ ΔC_σ(i, j)·S(i − u, j − v);  Δb = Σᵢⱼ ΔC_σ(i, j)
  const kernelGradient = (dc: Map2, s: Map2) =>
    grid(5, (a, c) =>
      dc
        .flatMap((row, i) => row.map((d, j) => d * s[i + 2 - (a - 2)][j + 2 - (c - 2)]))
        .reduce((sum, v) => sum + v, 0),
    );
  const total = (m: Map2) => m.flat().reduce((sum, v) => sum + v, 0);
  const dk2 = range(12).map((q) => s1.map((s) => kernelGradient(dc2[q], s)));
  // ΔS¹ₚ(i, j) = Σ_q Σ_uv ΔC²_σ(i + u, j + v)·k²(u, v)
  const ds1 = range(6).map((p) =>
    grid(12, (i, j) =>
      range(12)
        .map((q) =>
          overKernel((u, v) => (dc2[q][i - 2 + u]?.[j - 2 + v] ?? 0) * k2[p][q][u + 2][v + 2]),
        )
        .reduce((a, d) => a + d, 0),
    ),
  );
  const dc1 = ds1.map((ds, p) => upsample(ds, c1[p]));
  return {
    loss,
    gradients: {
      "c1.weight": dc1.flatMap((dc) => kernelGradient(dc, image).flat()),
      "c1.bias": dc1.map(total),
      "c2.weight": dk2.flat(3),
      "c2.bias": dc2.map(total),
      "fc.weight": dw.flat(),
      "fc.bias": dy,
    } as Record<string, number[]>,
  };
}

test("figure N1: autodiff gives the note's closed-form gradients", () => {
  const net = initialize(new Zhang(), [1, 28, 28], { seed: 7 });
  const store = new ReferenceStore();
  const states = namedParameters(net);
  // Biases away from 0, so that their place in the formulas counts.
  for (const [name, p] of states) if (name.endsWith("bias")) store.set(p, wave(p.shape, 3).data);
  const image = wave([1, 1, 28, 28]);
  const target = range(10).map((i) => Number(i === 4));

  const builder = new Builder(table, 2);
  const x = builder.input("x", { shape: [2, 1, 28, 28], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [2, 10], dtype: "f32", batched: true });
  const loss = squaredError(net.call(x, { training: true }), y);
  const wrt = states.map(([, p]) => builder.state(p));
  const inputs = [image, array([1, 10], target)];
  const [value, ...gradients] = store.run(builder, [loss, ...grad(loss, wrt)], inputs, 1);

  const of = (name: string) => store.get((states.find(([n]) => n === name) ?? [])[1] as never);
  const kernel = (name: string, at: number): Map2 =>
    grid(5, (a, c) => of(name)[25 * at + 5 * a + c]);
  const expected = closedForm(
    grid(28, (i, j) => image.data[28 * i + j]),
    target,
    range(6).map((p) => kernel("c1.weight", p)),
    [...of("c1.bias")],
    range(6).map((p) => range(12).map((q) => kernel("c2.weight", 6 * q + p))),
    [...of("c2.bias")],
    range(10).map((i) => [...of("fc.weight")].slice(192 * i, 192 * (i + 1))),
    [...of("fc.bias")],
  );
  expect(relativeError(value, [expected.loss])).toBeLessThan(1e-12);
  for (const [i, [name]] of states.entries()) {
    expect(relativeError(gradients[i], expected.gradients[name]), name).toBeLessThan(1e-11);
  }
});
