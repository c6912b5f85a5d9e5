import { describe, expect, test } from "vitest";
import { array, wave } from "../../../test/reference-store.ts";
import { filled, runLayer } from "../../../test/run-layer.ts";
import * as nn from "../index.ts";

/** The runs of `size` elements, each as what stands in it. */
const groups = (values: readonly number[], size: number): number[][] =>
  Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));

const training = true;

describe.each([
  ["dropout", nn.dropout, [20, 100, 2, 3], 1],
  ["dropout1d", nn.dropout1d, [20, 100, 6], 6],
  ["dropout2d", nn.dropout2d, [20, 100, 2, 3], 6],
  ["dropPath", nn.dropPath, [2000, 2, 3], 6],
  ["alphaDropout", nn.alphaDropout, [20, 100, 2, 3], 1],
  ["featureAlphaDropout", nn.featureAlphaDropout, [20, 100, 2, 3], 6],
] as const)("%s", (name, make: (p: number) => nn.Module, shape, unit) => {
  const x = wave(shape);

  test("drops whole groups in their share, and scales what it keeps", () => {
    const { y, gradient } = runLayer(make(0.3), x, { training });
    // y = a·x + b where the gradient is a, and a constant where it is 0.
    const kept = groups(gradient, unit).map((group) => {
      expect(new Set(group).size).toBe(1);
      return group[0] !== 0;
    });
    const share = kept.filter(Boolean).length / kept.length;
    // Five standard deviations.
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt(0.21 / kept.length));
    const lowest = name.toLowerCase().endsWith("alphadropout") ? -1.7580993408473766 : 0;
    const a = lowest ? 1 / Math.sqrt(0.7 * (1 + 0.3 * lowest ** 2)) : 1 / 0.7;
    const b = -a * 0.3 * lowest;
    const expected = [...x.data].map((v, i) => a * (kept[Math.floor(i / unit)] ? v : lowest) + b);
    expect(y).toEqual(expected.map((v) => expect.closeTo(v, 12)));
  });

  test("draws anew for every key and layer, and nothing in evaluation or without p", () => {
    const { y } = runLayer(make(0.3), x, { training });
    expect(runLayer(make(0.3), x, { training }).y).toEqual(y);
    expect(runLayer(make(0.3), x, { training, seed: 2 }).y).not.toEqual(y);
    const twice = runLayer(nn.sequential(make(0.3), make(0.3)), x, { training }).gradient;
    const share = twice.filter((v) => v !== 0).length / twice.length;
    expect(Math.abs(share - 0.49)).toBeLessThan(5 * Math.sqrt((0.25 * unit) / twice.length));
    expect(runLayer(make(0.3), x).y).toEqual([...x.data]);
    expect(runLayer(make(0), x, { training, seed: null }).y).toEqual([...x.data]);
    expect(() => runLayer(make(0.3), x, { training, seed: null })).toThrow(`[${name}] needs a`);
  });

  test.each([1, -0.1, Number.NaN])("p = %d: refused", (p) => {
    expect(() => make(p)).toThrow(`[${name}] p is ${p}, expected 0 ≤ p < 1`);
  });
});

test("channels are dropped in inputs of the right rank only", () => {
  expect(() => runLayer(nn.dropout2d(), filled([2, 3], 1))).toThrow(
    "[dropout2d] takes N×C×H×W, got 2×3 — use dropout",
  );
  expect(() => runLayer(nn.dropout1d(), filled([2, 3, 4, 5], 1))).toThrow(
    "[dropout1d] takes N×C×L",
  );
});

test("dropPath drops the batch as a whole in mode batch, and scales only when asked to", () => {
  const x = filled([8, 5], 2);
  const runs = Array.from({ length: 200 }, (_, seed) => {
    const net = nn.dropPath(0.25, { mode: "batch", scaleByKeep: false });
    const { y } = runLayer(net, x, { training, seed });
    expect(new Set(y).size).toBe(1);
    return y[0];
  });
  expect(new Set(runs)).toEqual(new Set([0, 2]));
  // 150 of 200, give or take five standard deviations.
  expect(Math.abs(runs.filter((v) => v === 2).length - 150)).toBeLessThan(31);
});

test("dropBlock2d drops squares in their share, and what it keeps makes up for them", () => {
  const x = filled([30, 8, 12, 10], 1);
  const { y } = runLayer(nn.dropBlock2d(0.2, 3), x, { training });
  const share = y.filter((v) => v !== 0).length / y.length;
  // Squares that overlap drop less than they would apart.
  expect(share).toBeGreaterThan(0.8);
  expect(share).toBeLessThan(0.86);
  const [top] = y.filter((v) => v !== 0);
  expect(top).toBeCloseTo(1 / share, 12);
  expect(y.every((v) => v === 0 || v === top)).toBe(true);
  // What is dropped is what the squares of nothing but zeros cover.
  for (const image of groups(y, 120)) {
    const covered = new Set<number>();
    for (let corner = 0; corner < 100; corner++) {
      if (corner % 10 > 7) continue;
      const square = [0, 1, 2].flatMap((row) => [0, 1, 2].map((c) => corner + 10 * row + c));
      if (square.every((at) => image[at] === 0)) for (const at of square) covered.add(at);
    }
    expect(image.flatMap((v, at) => (v === 0 ? [at] : []))).toEqual(
      [...covered].sort((a, b) => a - b),
    );
  }
  expect(runLayer(nn.dropBlock2d(0.2, 3), x).y).toEqual([...x.data]);
  expect(runLayer(nn.dropBlock2d(0.2, 3), x, { training, seed: 2 }).y).not.toEqual(y);
  // A square as large as the image: all of it or nothing.
  const small = runLayer(nn.dropBlock2d(0.5, 9), filled([9, 5, 3, 3], 1), { training }).y;
  expect(groups(small, 9).every((image) => new Set(image).size === 1)).toBe(true);
  expect(new Set(small).size).toBe(2);
  expect(() => nn.dropBlock2d(0.1, 1.5)).toThrow("[dropBlock2d] blockSize is 1.5");
  expect(() => runLayer(nn.dropBlock2d(0.1, 2), filled([2, 3], 1))).toThrow("[dropBlock2d] takes");
});

test("alpha dropout keeps the mean and the variance of what SELU gives", () => {
  const normal = runLayer(nn.gaussianNoise(1), filled([200, 200], 0), { training }).y;
  const selu = runLayer(nn.selu(), array([200, 200], normal)).y;
  const { y } = runLayer(nn.alphaDropout(0.2), array([200, 200], selu), { training });
  const mean = y.reduce((a, b) => a + b) / y.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / y.length).toBeCloseTo(1, 1);
});

test("gaussianNoise adds normal numbers of the given deviation in training", () => {
  const x = filled([50, 200], 3);
  const { y, gradient } = runLayer(nn.gaussianNoise(0.5), x, { training });
  const moment = (power: number) =>
    y.reduce((sum, v) => sum + ((v - 3) / 0.5) ** power, 0) / y.length;
  // Those of N(0, 1): 0, 1, 0, 3.
  for (const [power, expected] of [0, 1, 0, 3].entries()) {
    expect(Math.abs(moment(power + 1) - expected), `moment ${power + 1}`).toBeLessThan(0.25);
  }
  expect(new Set(gradient)).toEqual(new Set([1]));
  expect(runLayer(nn.gaussianNoise(0.5), x, { training, seed: 2 }).y).not.toEqual(y);
  expect(runLayer(nn.gaussianNoise(0.5), x).y).toEqual([...x.data]);
  expect(() => nn.gaussianNoise(-1)).toThrow("[gaussianNoise] std is -1");
});
