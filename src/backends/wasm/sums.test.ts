/** Sums of millions of values, in every form of loop kernel: no f32 takes more additions than it has bits for. */
import { afterAll, describe, expect, test } from "vitest";
import { compile, type HostTensor, type Tensor } from "../../tensor/index.ts";
import { wasmDevice } from "./device.ts";

const devices = [await wasmDevice({ threads: 1 }), await wasmDevice({ threads: 2 })];
afterAll(() => Promise.all(devices.map((device) => device.dispose())));

const TOLERANCE = 2e-6;

/** Of one sign and much alike: what is lost is always lost in the same direction. */
const alike = (shape: readonly number[]): HostTensor & { data: Float32Array } => {
  const data = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
  for (let i = 0; i < data.length; i++) data[i] = 0.1 + 1e-3 * Math.sin(i);
  return { shape, dtype: "f32", data };
};

async function sums(
  of: (x: Tensor) => Tensor,
  x: HostTensor,
  capacity?: number,
): Promise<Float32Array> {
  const results = [];
  for (const device of devices) {
    const run = compile((input) => of(input), {
      device,
      capacity,
      batched: [capacity !== undefined],
    });
    results.push((await run(x)).data as Float32Array);
    run.dispose();
  }
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

const total = (data: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  return sum;
};

describe("a sum of all", () => {
  test.each<[string, number[]]>([
    ["ten million in a row", [10_000_019]],
    ["rows, the last of a width filled by half", [3001, 1007]],
    ["weights of a dense layer, seen as a convolution's", [64, 512, 7, 7]],
    ["rows of nine", [300_001, 9]],
    ["a column", [1_000_003, 1]],
  ])("%s", async (_, shape) => {
    const x = alike(shape);
    const [sum] = await sums((t) => t.sum(), x);
    expect(Math.abs(sum / total(x.data) - 1)).toBeLessThan(TOLERANCE);
    const [squares] = await sums((t) => t.square().sum(), x);
    const expected = total(x.data.map((v) => v * v));
    expect(Math.abs(squares / expected - 1)).toBeLessThan(TOLERANCE);
  });

  test("keeps infinities and what is not a number", async () => {
    const x = alike([100_000]);
    x.data[700] = Number.POSITIVE_INFINITY;
    expect([...(await sums((t) => t.sum(), x))]).toEqual([Number.POSITIVE_INFINITY]);
    x.data[70_000] = Number.NEGATIVE_INFINITY;
    expect([...(await sums((t) => t.sum(), x))]).toEqual([Number.NaN]);
  });

  test("counts whole numbers as before", async () => {
    const data = new Int32Array(1_000_003).fill(3);
    const [sum] = await sums((t) => t.sum(), { shape: [data.length], dtype: "i32", data });
    expect(sum).toBe(3_000_009);
  });
});

test("a sum along an axis has one result a lane", async () => {
  const x = alike([100_003, 19]);
  const found = await sums((t) => t.sum(0), x);
  for (let column = 0; column < 19; column++) {
    const expected = total(x.data.filter((_, i) => i % 19 === column));
    expect(Math.abs(found[column] / expected - 1), `column ${column}`).toBeLessThan(TOLERANCE);
  }
});

test.each([1, 5, 17])("a sum of each of %i images, and of all of them", async (images) => {
  const x = alike([images, 3, 150, 151]);
  const size = x.data.length / images;
  const each = await sums((t) => t.sum([1, 2, 3]), x, images);
  for (let i = 0; i < images; i++) {
    const expected = total(x.data.subarray(i * size, (i + 1) * size));
    expect(Math.abs(each[i] / expected - 1), `image ${i}`).toBeLessThan(TOLERANCE);
  }
  const [all] = await sums((t) => t.sum(), x, images);
  expect(Math.abs(all / total(x.data) - 1)).toBeLessThan(TOLERANCE);
});

test("sums and extremes over the same loops keep apart", async () => {
  const x = alike([2_000, 1_003]);
  x.data[1_500_000] = 7;
  const [device] = devices;
  const run = compile((t) => [t.sum(), t.amax(), t.neg().amax(), t.square().sum()], { device });
  const [sum, most, negated, squares] = (await run(x)).map(({ data }) => data[0]);
  run.dispose();
  expect(Math.abs(sum / total(x.data) - 1)).toBeLessThan(TOLERANCE);
  expect(Math.abs(squares / total(x.data.map((v) => v * v)) - 1)).toBeLessThan(TOLERANCE);
  expect([most, -negated]).toEqual([7, x.data.reduce((a, b) => Math.min(a, b))]);
});

test("a value that short and long sums share serves bodies of both widths", async () => {
  // Squares of one constant: the gradients of parameters that the loss does not see.
  const squares = (x: Tensor, shape: number[]) => {
    const c = x.builder.constant(0.5);
    const all = x.builder.apply("broadcastTo", [c], { shape });
    return all.mul(all).sum();
  };
  const run = compile(
    (x) =>
      squares(x, [2])
        .add(squares(x, [2, 16]))
        .add(x.sum()),
    {
      device: devices[0],
    },
  );
  const { data } = await run({ shape: [16, 1], dtype: "f32", data: new Float32Array(16) });
  expect(data[0]).toBe(34 / 4);
});
