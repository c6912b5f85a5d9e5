import { afterAll, describe, expect, test } from "vitest";
import { halves, mixture } from "../../test/small-runs.ts";
import { Random } from "../core/random.ts";
import { compile, openDevice, type Tensor, tensor } from "../tensor/index.ts";
import { Classifier, train } from "./index.ts";
import { type TestTimeAugmentation, testTimeAugmentations, viewsOf } from "./views.ts";

const device = await openDevice({ threads: 1 });
afterAll(() => device.dispose());

/** A picture N×1×H×W whose pixel at row y and column x is 10·y + x. */
const picture = (height: number, width: number) =>
  tensor(
    Float32Array.from(
      { length: height * width },
      (_, i) => 10 * Math.floor(i / width) + (i % width),
    ),
    [1, 1, height, width],
  );

async function seen(kind: TestTimeAugmentation, height: number, width: number) {
  const views = viewsOf(kind).map(({ of }) => compile((x: Tensor) => of(x), { device }));
  const all = await Promise.all(views.map((view) => view(picture(height, width))));
  return all.map(({ data, shape }) => {
    expect(shape).toEqual([1, 1, height, width]);
    const [, , rows, columns] = shape;
    return Array.from({ length: rows }, (_, y) =>
      Array.from(data.slice(y * columns, (y + 1) * columns)),
    );
  });
}

test.each(testTimeAugmentations)("weights of %s sum to 1", (kind) => {
  const sum = viewsOf(kind).reduce((total, { weight }) => total + weight, 0);
  expect(sum).toBeCloseTo(1, 12);
});

test("flip: the picture and its mirror image", async () => {
  expect(await seen("flip", 2, 3)).toEqual([
    [
      [0, 1, 2],
      [10, 11, 12],
    ],
    [
      [2, 1, 0],
      [12, 11, 10],
    ],
  ]);
});

test("flip-shift: moved by a pixel over reflected edges, with a quarter of the weight each way", async () => {
  const [own, mirror, upper, upperMirror, lower] = await seen("flip-shift", 3, 3);
  expect(own).toEqual([
    [0, 1, 2],
    [10, 11, 12],
    [20, 21, 22],
  ]);
  expect(mirror[0]).toEqual([2, 1, 0]);
  expect(upper).toEqual([
    [11, 12, 11],
    [21, 22, 21],
    [11, 12, 11],
  ]);
  expect(upperMirror).toEqual([
    [11, 10, 11],
    [21, 20, 21],
    [11, 10, 11],
  ]);
  expect(lower).toEqual([
    [11, 10, 11],
    [1, 0, 1],
    [11, 10, 11],
  ]);
  expect(viewsOf("flip-shift").map(({ weight }) => weight)).toEqual([
    0.25, 0.25, 0.125, 0.125, 0.125, 0.125,
  ]);
});

test("ten-crop: corners and middle, 7/8 of each side at the size of the whole", async () => {
  const views = await seen("ten-crop", 14, 14);
  expect(views).toHaveLength(10);
  // Pixels of the enlarged picture lie 7/8 apart, the first at (½·7/8 − ½).
  const at = (o: number) => Math.min(13, Math.max(0, (o + 0.5) * (7 / 8) - 0.5));
  const starts = [
    [0, 0],
    [0, 2],
    [2, 0],
    [2, 2],
    [1, 1],
  ];
  for (const [i, [y, x]] of starts.entries()) {
    expect(views[2 * i][3][5]).toBeCloseTo(10 * at(3 + y) + at(5 + x), 3);
    // Mirrored before it is cropped: the same values, from the other side.
    expect(views[2 * i + 1][3][5]).toBeCloseTo(10 * at(3 + y) + 13 - at(5 + x), 3);
  }
});

test("a name that is none is refused", () => {
  expect(() => viewsOf("flips" as "flip")).toThrow('no test-time augmentation "flips"');
});

describe("a classifier that averages views", () => {
  const data = { train: halves(106), test: halves(20) };
  const options = { data, epochs: 2, batch: 16, device, tta: "flip" } as const;

  test("tests, evaluates and predicts with them", async () => {
    const run = await train(mixture(), options);
    expect(run.tta).toBe("flip");
    expect(await run.evaluate(data.test)).toEqual(run.test);
    const plain = new Classifier(run.net, run.card, device);
    const random = new Random(3, "picture");
    const values = Float32Array.from({ length: 16 }, () => random.uniform() - 0.5);
    const mirror = values.map((_, i) => values[i - (i % 4) + 3 - (i % 4)]);
    const scores = async (of: Classifier, data: Float32Array) =>
      (await of.scores({ shape: [1, 1, 4, 4], dtype: "f32", data })).data;
    const [own, other] = [await scores(plain, values), await scores(plain, mirror)];
    const mean = await scores(run, values);
    for (let k = 0; k < 2; k++) expect(mean[k]).toBeCloseTo((own[k] + other[k]) / 2, 5);
    expect(own[0]).not.toBeCloseTo(other[0], 3);
    // The loss is that of the mean, not the mean of losses.
    const { loss } = await plain.evaluate(data.test);
    expect(run.test?.loss).not.toBe(loss);
    expect(run.test?.loss).toBeLessThan(loss + 0.1);
    run.dispose();
  });
});
