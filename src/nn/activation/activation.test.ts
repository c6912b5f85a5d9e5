import { expect, test } from "vitest";
import { array } from "../../../test/reference-store.ts";
import { filled, runLayer } from "../../../test/run-layer.ts";
import * as nn from "../index.ts";

test.each([
  ["[hardTanh] minVal is 1, maxVal -1", () => nn.hardTanh(1, -1)],
  ["[celu] divides by alpha", () => nn.celu(0)],
  ["[smoothAbs] k is 0", () => nn.smoothAbs(0)],
  ["[softshrink] lambda is -1", () => nn.softshrink(-1)],
  ["[rrelu] lower is 0.5, upper 0.2", () => nn.rrelu(0.5, 0.2)],
  ["[glu] axis 1 of 4×3 has no two halves", () => runLayer(nn.glu(), filled([4, 3], 1))],
  ["[glu] axis 2 does not exist", () => runLayer(nn.glu(2), filled([4, 2], 1))],
  ["[maxout] the channels of 4×3 do not", () => runLayer(nn.maxout(2), filled([4, 3], 1))],
  ["[prelu] has 5 slopes for the channels of 4×3", () => runLayer(nn.prelu(5), filled([4, 3], 1))],
  ["[softmax2d] takes images N×C×H×W, got 4×3", () => runLayer(nn.softmax2d(), filled([4, 3], 1))],
])("%s …: refused", (message, make) => {
  expect(make).toThrow(message);
});

test("SELU keeps the mean 0 and the variance 1 of N(0, 1)", () => {
  // Midpoints of 4000 intervals over [−8, 8].
  const x = Float64Array.from({ length: 4000 }, (_, i) => -8 + (i + 0.5) * 0.004);
  const { y } = runLayer(nn.selu(), array([4000], x));
  const weights = x.map((v) => (Math.exp((-v * v) / 2) / Math.sqrt(2 * Math.PI)) * 0.004);
  const moment = (power: number) => y.reduce((sum, v, i) => sum + weights[i] * v ** power, 0);
  expect(moment(1)).toBeCloseTo(0, 5);
  expect(moment(2)).toBeCloseTo(1, 5);
});

test("softplus and smoothAbs come as near to ReLU and |x| as ln 2/k and 2·ln 2/k", () => {
  const x = array([5], [-2, -0.1, 0, 0.1, 2]);
  for (const k of [1, 10, 1e4]) {
    const softplus = runLayer(nn.softplus(k), x).y;
    const smoothAbs = runLayer(nn.smoothAbs(k), x).y;
    x.data.forEach((v, i) => {
      expect(softplus[i] - Math.max(v, 0)).toBeGreaterThanOrEqual(0);
      expect(softplus[i] - Math.max(v, 0)).toBeLessThanOrEqual(Math.LN2 / k + 1e-15);
      expect(Math.abs(v) - smoothAbs[i]).toBeGreaterThanOrEqual(-1e-12);
      expect(Math.abs(v) - smoothAbs[i]).toBeLessThanOrEqual((2 * Math.LN2) / k + 1e-15);
    });
  }
});

test("the scaled tanh takes ±1 to ±1", () => {
  const { y } = runLayer(nn.scaledTanh(), array([2], [1, -1]));
  expect(y).toEqual([expect.closeTo(1, 4), expect.closeTo(-1, 4)]);
});

test("maxout takes the largest of neighbouring channels", () => {
  const x = array([1, 6], [1, 5, 3, 2, 4, 6]);
  expect(runLayer(nn.maxout(2), x)).toEqual({
    shape: [1, 3],
    y: [5, 3, 6],
    gradient: [0, 1, 1, 0, 0, 1],
  });
  expect(runLayer(nn.maxout(3), x).y).toEqual([5, 6]);
});

test("rrelu draws a slope for each element in training, and takes their mean in evaluation", () => {
  const net = nn.rrelu(0.2, 0.6);
  const x = filled([4, 1000], -2);
  const made = runLayer(net, x, { training: true });
  const slopes = made.y.map((v) => v / -2);
  expect(slopes.every((slope) => slope >= 0.2 && slope < 0.6)).toBe(true);
  expect(slopes.reduce((a, b) => a + b) / 4000).toBeCloseTo(0.4, 2);
  expect(new Set(slopes).size).toBeGreaterThan(3900);
  expect(made.gradient).toEqual(slopes.map((slope) => expect.closeTo(slope, 12)));
  expect(runLayer(net, x, { training: true }).y).toEqual(made.y);
  expect(runLayer(net, x, { training: true, seed: 2 }).y).not.toEqual(made.y);
  expect(runLayer(net, x).y).toEqual(new Array(4000).fill(-0.8));
  expect(runLayer(net, filled([4, 9], 3), { training: true }).y).toEqual(new Array(36).fill(3));
  expect(() => runLayer(net, x, { training: true, seed: null })).toThrow("[rrelu] needs a random");
});

test("gelu knows two ways only", () => {
  expect(() => nn.gelu("tanh" as never)).toThrow('[gelu] got "tanh", expected { approximate:');
  expect(() => nn.gelu({ approximate: "erf" as "none" })).toThrow(
    '[gelu] got {"approximate":"erf"}',
  );
});
