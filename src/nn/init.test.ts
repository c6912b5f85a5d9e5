import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import * as nn from "./index.ts";
import { init } from "./index.ts";

const moments = (values: ArrayLike<number>) => {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const std = Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length);
  return { mean, std, least: Math.min(...list), most: Math.max(...list) };
};

// Fan-in 8·9 = 72, fan-out 64·9 = 576: 4608 values.
const shape = [64, 8, 3, 3];

test.each([
  ["uniform", init.uniform(-0.5, 1), 0.25, 1.5 / Math.sqrt(12), -0.5, 1],
  ["normal", init.normal(1, 0.2), 1, 0.2, -1, 3],
  // The standard deviation of N(0, 1) cut at ±2.
  ["truncNormal", init.truncNormal(), 0, 0.8796, -2, 2],
  [
    "xavierUniform",
    init.xavierUniform(),
    0,
    Math.sqrt(2 / 648),
    -Math.sqrt(6 / 648),
    Math.sqrt(6 / 648),
  ],
  ["xavierNormal", init.xavierNormal({ gain: 2 }), 0, 2 * Math.sqrt(2 / 648), -1, 1],
  [
    "kaimingUniform",
    init.kaimingUniform(),
    0,
    Math.sqrt(2 / 72),
    -Math.sqrt(6 / 72),
    Math.sqrt(6 / 72),
  ],
  [
    "kaimingNormal",
    init.kaimingNormal({ mode: "fanOut", nonlinearity: "relu" }),
    0,
    Math.sqrt(2 / 576),
    -1,
    1,
  ],
  ["lecunNormal", init.lecunNormal(), 0, Math.sqrt(1 / 72), -1, 1],
  [
    "lecunUniform",
    init.lecunUniform(),
    0,
    Math.sqrt(1 / 72),
    -Math.sqrt(3 / 72),
    Math.sqrt(3 / 72),
  ],
  [
    "defaultWeight",
    init.defaultWeight(),
    0,
    Math.sqrt(1 / 216),
    -Math.sqrt(1 / 72),
    Math.sqrt(1 / 72),
  ],
  ["constant", init.constant(3), 3, 0, 3, 3],
])("%s has the moments and bounds that it says", (_, initial, mean, std, low, high) => {
  const made = moments(initial(shape, new Random(1, "x")));
  expect(Math.abs(made.mean - mean)).toBeLessThanOrEqual(4 * (std / Math.sqrt(4608)));
  expect(Math.abs(made.std - std)).toBeLessThanOrEqual(0.05 * std);
  expect(made.least).toBeGreaterThanOrEqual(low);
  expect(made.most).toBeLessThanOrEqual(high);
});

test("fans need a matrix, truncation an interval that holds something", () => {
  expect(() => init.kaimingUniform()([3], new Random(0))).toThrow("[init] fans");
  expect(() => init.truncNormal({ low: 8, high: 9 })).toThrow("[truncNormal]");
});

test("layers start as PyTorch's do", () => {
  const net = nn.initialize(
    nn.sequential(nn.conv2d(32, { kernel: 5 }), nn.batchNorm2d(), nn.flatten(), nn.linear(50)),
    [4, 8, 8],
  );
  const values = nn.stateDict(net);
  const of = (name: string) => moments((values.get(name) as nn.StateValue).data as Float32Array);
  const bound = 1 / Math.sqrt(4 * 25);
  expect(of("0.weight").most).toBeLessThanOrEqual(bound);
  expect(of("0.weight").std).toBeCloseTo(bound / Math.sqrt(3), 2);
  expect(of("0.bias").most).toBeLessThanOrEqual(bound);
  expect(of("0.bias").most).toBeGreaterThan(bound / 2);
  expect(of("1.weight")).toMatchObject({ least: 1, most: 1 });
  expect(of("1.bias")).toMatchObject({ least: 0, most: 0 });
  expect(of("1.running_var")).toMatchObject({ least: 1, most: 1 });
  expect(of("3.weight").most).toBeLessThanOrEqual(1 / Math.sqrt(32 * 16));
});

test("values depend on seed and path alone", () => {
  const conv = () => nn.conv2d(3, { kernel: 3 });
  const make = (seed: number) => nn.initialize(nn.sequential(conv(), conv()), [3, 9, 9], { seed });
  const net = make(1);
  const first = nn.stateDict(net);
  expect(nn.stateDict(make(1))).toEqual(first);
  expect(nn.stateDict(make(2))).not.toEqual(first);
  expect(first.get("0.weight")?.data).not.toEqual(first.get("1.weight")?.data);
  // A neighbour more changes nothing; initialising again does.
  const longer = nn.initialize(nn.sequential(conv(), conv(), conv()), [3, 9, 9], { seed: 1 });
  expect(nn.stateDict(longer).get("1.weight")).toEqual(first.get("1.weight"));
  nn.parameters(net)[0].write(new Float32Array(81));
  nn.initialize(net, [3, 9, 9], { seed: 2 });
  expect(nn.stateDict(net)).toEqual(nn.stateDict(make(2)));
  nn.initialize(net, [3, 9, 9], { seed: 1 });
  expect(nn.stateDict(net)).toEqual(first);
});
