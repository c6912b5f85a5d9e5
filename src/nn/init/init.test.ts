import { expect, test } from "vitest";
import { Random } from "../../core/random.ts";
import * as nn from "../index.ts";
import { init } from "../index.ts";
import { initSpecs } from "./specs.ts";

const moments = (values: ArrayLike<number>) => {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const std = Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length);
  return { mean, std, least: Math.min(...list), most: Math.max(...list) };
};

const samples = initSpecs.flatMap(({ name, samples }) =>
  samples.map((sample) => ({ name, ...sample })),
);

test.each(samples)("$name of $shape has the moments and bounds that it says", (sample) => {
  const { shape, mean, std } = sample;
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = sample;
  const values = sample.init(shape, new Random(1, "x"));
  const size = shape.reduce((product, dim) => product * dim, 1);
  expect(values).toHaveLength(size);
  const made = moments(values);
  expect(Math.abs(made.mean - mean)).toBeLessThanOrEqual(4 * (std / Math.sqrt(size)));
  expect(Math.abs(made.std - std)).toBeLessThanOrEqual(0.05 * std);
  expect(made.least).toBeGreaterThanOrEqual(low);
  expect(made.most).toBeLessThanOrEqual(high);
});

test("every initialiser is in the list", () => {
  const listed = initSpecs.map(({ name }) => name);
  const others = ["fans", "calculateGain", "glorotUniform", "glorotNormal"];
  expect([...listed, ...others].sort()).toEqual(Object.keys(init).sort());
});

test("the gains are PyTorch's", () => {
  // torch.nn.init.calculate_gain of each.
  expect(init.calculateGain("linear")).toBe(1);
  expect(init.calculateGain("conv2d")).toBe(1);
  expect(init.calculateGain("convTranspose3d")).toBe(1);
  expect(init.calculateGain("sigmoid")).toBe(1);
  expect(init.calculateGain("tanh")).toBeCloseTo(1.6666666666666667, 15);
  expect(init.calculateGain("relu")).toBeCloseTo(Math.SQRT2, 15);
  expect(init.calculateGain("leakyRelu")).toBeCloseTo(1.4141428569978354, 15);
  expect(init.calculateGain("leakyRelu", 0.2)).toBeCloseTo(1.3867504905630728, 15);
  expect(init.calculateGain("selu")).toBe(0.75);
  expect(() => init.calculateGain("gelu" as "relu")).toThrow('[init] no gain is known of "gelu"');
});

test.each([
  [[6, 1, 5, 5], Math.sqrt(6 / ((1 + 6) * 25))],
  [[12, 6, 5, 5], Math.sqrt(6 / ((6 + 12) * 25))],
  [[10, 192], Math.sqrt(6 / (192 + 10))],
])("Glorot's bound of %j counts the receptive field", (shape, bound) => {
  const many = Array.from({ length: 20 }, (_, seed) =>
    Array.from(init.glorotUniform()(shape, new Random(seed))),
  ).flat();
  const { least, most } = moments(many);
  expect(most).toBeLessThanOrEqual(bound);
  expect(most).toBeGreaterThan(0.99 * bound);
  expect(least).toBeLessThan(-0.99 * bound);
});

test.each([
  [[5, 12], 5],
  [[12, 5], 5],
  [[8, 3, 2, 2], 8],
  [[40, 40], 40],
])("orthogonal %j: the shorter side is orthonormal", (shape, count) => {
  const [rows] = shape;
  const values = init.orthogonal({ gain: 3 })(shape, new Random(4));
  const columns = values.length / rows;
  const vector = (i: number) =>
    Array.from({ length: Math.max(rows, columns) }, (_, k) =>
      rows <= columns ? values[i * columns + k] : values[k * columns + i],
    );
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const b = vector(j);
      const dot = vector(i).reduce((sum, value, k) => sum + value * b[k], 0);
      expect(Math.abs(dot / 9 - Number(i === j))).toBeLessThan(1e-12);
    }
  }
});

test("orthogonal matrices prefer no direction", () => {
  // Without the signs of R's diagonal set right, the first entry would nearly always have one sign.
  const first = Array.from(
    { length: 200 },
    (_, seed) => init.orthogonal()([4, 4], new Random(seed))[0],
  );
  const { mean, std } = moments(first);
  expect(Math.abs(mean)).toBeLessThan(4 * (0.5 / Math.sqrt(200)));
  expect(std).toBeCloseTo(0.5, 1);
});

test("dirac copies channels, in groups, too", () => {
  const ones = (shape: number[], groups?: number) => {
    const values = Array.from(init.dirac({ groups })(shape, new Random(0)));
    return values.flatMap((value, at) => (value === 1 ? [at] : value === 0 ? [] : [Number.NaN]));
  };
  expect(ones([2, 3, 3])).toEqual([1, 3 + 9 + 1]);
  // 3×3 kernels: the centre is place 4; of 4×4 it is row 2, column 2.
  expect(ones([3, 2, 3, 3])).toEqual([4, 18 + 9 + 4]);
  expect(ones([1, 1, 4, 4])).toEqual([10]);
  expect(ones([1, 1, 3, 3, 3])).toEqual([13]);
  expect(ones([4, 2, 1], 2)).toEqual([0, 3, 4, 7]);
  expect(() => init.dirac({ groups: 3 })([4, 2, 3], new Random(0))).toThrow("[dirac] got 4×2×3");
  expect(() => init.dirac()([4, 2], new Random(0))).toThrow("[dirac] got 4×2");
});

test("dirac's outputs without an input may have other values", () => {
  const values = init.dirac({ rest: init.constant(7) })([3, 2, 3], new Random(0));
  expect([...Array.from(values)]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 7, 7, 7, 7, 7]);
});

test("whitening filters give uncorrelated outputs of variance 1, and their negatives", () => {
  // Smooth in both directions, and the second channel much like the first.
  const [n, channels, side, kernel] = [6, 2, 9, 2];
  const random = new Random(5);
  const noise = Float64Array.from({ length: n * (side + 1) ** 2 }, () => random.normal());
  const shape = [n, channels, side, side];
  const data = Float64Array.from({ length: n * channels * side ** 2 }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side) % side];
    const [c, image] = [
      Math.floor(at / side ** 2) % channels,
      Math.floor(at / side ** 2 / channels),
    ];
    const pixel = (dy: number, dx: number) =>
      noise[(image * (side + 1) + y + dy) * (side + 1) + x + dx];
    return (
      pixel(0, 0) + 0.8 * pixel(0, 1) + 0.5 * pixel(1, 0) + (c === 0 ? 1 : 0.3 * random.normal())
    );
  });
  const size = channels * kernel ** 2;
  const filters = 2 * size;
  const weight = [filters, channels, kernel, kernel];
  const values = init.whitening({ shape, data }, { eps: 0 })(weight);
  const places = (side - kernel + 1) ** 2;
  const products = new Float64Array(filters ** 2);
  for (let image = 0; image < n; image++) {
    for (let place = 0; place < places; place++) {
      const [top, left] = [Math.floor(place / (side - kernel + 1)), place % (side - kernel + 1)];
      const outputs = Array.from({ length: filters }, (_, f) => {
        let sum = 0;
        for (let k = 0; k < size; k++) {
          const [c, dy, dx] = [k >> 2, (k >> 1) & 1, k & 1];
          sum +=
            values[f * size + k] *
            data[((image * channels + c) * side + top + dy) * side + left + dx];
        }
        return sum;
      });
      for (let i = 0; i < filters ** 2; i++) {
        products[i] += (outputs[Math.floor(i / filters)] * outputs[i % filters]) / (n * places);
      }
    }
  }
  for (let i = 0; i < filters ** 2; i++) {
    const [row, column] = [Math.floor(i / filters), i % filters];
    const expected = row % size !== column % size ? 0 : row === column ? 1 : -1;
    expect(products[i]).toBeCloseTo(expected, 9);
  }
});

test("whitening keeps to directions of the largest variance, and eps bounds the filters", () => {
  // One row of pixels, the second twice the first: a single direction has variance.
  const images = { shape: [2, 1, 1, 2], data: [1, 2, -2, -4] };
  const values = Array.from(init.whitening(images, { eps: 0 })([2, 1, 1, 2]));
  // E[x·xᵀ] = 2.5·(1, 2)ᵀ(1, 2), so λ = 12.5 and v = (1, 2)/√5.
  const expected = [1, 2, -1, -2].map((x) => x / Math.sqrt(5) / Math.sqrt(12.5));
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], 14);
  const all = init.whitening(images, { eps: 0.01 })([4, 1, 1, 2]);
  expect(Math.hypot(all[2], all[3])).toBeCloseTo(10, 9);
  for (const weight of [
    [3, 1, 1, 2],
    [6, 1, 1, 2],
    [2, 2, 1, 2],
    [2, 1, 2, 2],
    [2, 2],
  ]) {
    expect(() => init.whitening(images)(weight)).toThrow("[whitening] got the weight");
  }
});

test("eye is an identity, sparse has so many zeros in each column", () => {
  expect([...Array.from(init.eye()([2, 3], new Random(0)))]).toEqual([1, 0, 0, 0, 1, 0]);
  const values = init.sparse(0.3)([10, 20], new Random(0));
  const places = new Set<string>();
  for (let column = 0; column < 20; column++) {
    const zeros = Array.from({ length: 10 }, (_, row) => row).filter(
      (row) => values[row * 20 + column] === 0,
    );
    expect(zeros).toHaveLength(3);
    places.add(zeros.join());
  }
  expect(places.size).toBeGreaterThan(5);
  expect(() => init.eye()([2, 2, 2], new Random(0))).toThrow("[eye] got 2×2×2");
  expect(() => init.sparse(2)([2, 2], new Random(0))).toThrow("[sparse]");
  expect(() => init.orthogonal()([3], new Random(0))).toThrow("[orthogonal] got 3");
});

test("fans need a matrix, truncation an interval that holds something", () => {
  expect(() => init.kaimingUniform()([3], new Random(0))).toThrow("[init] fans");
  expect(() => init.truncNormal({ low: 8, high: 9 })).toThrow("[truncNormal]");
  expect(() => init.truncNormal({ std: Number.NaN })).toThrow(
    "[truncNormal] mean is 0 and std NaN",
  );
  expect(() => init.normal(0, -1)).toThrow("[normal] mean is 0 and std -1");
  const fanOut = { mode: "fan_out" as "fanOut" };
  expect(() => init.kaimingNormal(fanOut)([2, 2], new Random(0))).toThrow('"fan_out" is unknown');
  expect(() => init.varianceScaling(fanOut)([2, 2], new Random(0))).toThrow("use fanIn, fanOut");
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
