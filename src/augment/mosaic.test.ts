import { expect, test } from "vitest";
import { type Key, threefry } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { mosaic } from "./mosaic.ts";
import type { Sample } from "./transform.ts";

const flat = (level: number, height: number, width: number, channels: 1 | 3 = 3): Image => ({
  ...{ height, width, channels },
  data: new Uint8Array(height * width * channels).fill(level),
});

/** One box and one key point in a picture twice as large as it will be. */
const sampleOf = (level: number, height: number, width: number): Sample => ({
  image: flat(level, height, width),
  mask: flat(level / 10, height, width, 1),
  boxes: [{ x1: 2, y1: 4, x2: 6, y2: 10, label: level }],
  keypoints: [{ x: 2, y: 4 }],
});

// Sizes 8 × 8, 4 × 8, 8 × 4 and 8 × 8 after fitting to 8.
const samples = [
  sampleOf(10, 16, 16),
  sampleOf(20, 8, 16),
  sampleOf(30, 16, 8),
  sampleOf(40, 16, 16),
];
const scenes = samples.map(({ image: { height, width } }) => ({ height, width }));
const rowsOf = ({ width, channels, data }: Image) =>
  Array.from({ length: data.length / width / channels }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[(y * width + x) * channels]).join(" "),
  );

test("four pictures meet at the point, on a canvas of twice the size", () => {
  const { image, mask, boxes, keypoints } = mosaic({ size: 8, crop: false }).apply(samples, {
    x: 9,
    y: 6,
  });
  const row = (...runs: [level: number, count: number][]) =>
    runs.flatMap(([level, count]) => Array(count).fill(level)).join(" ");
  const [above, beside] = [row([114, 1], [10, 8], [114, 7]), row([114, 1], [10, 8], [20, 7])];
  const below = row([114, 5], [30, 4], [40, 7]);
  expect(rowsOf(image)).toEqual([
    ...Array(2).fill(above),
    ...Array(4).fill(beside),
    ...Array(8).fill(below),
    ...Array(2).fill(row([114, 16])),
  ]);
  expect(rowsOf(mask as Image)[5]).toBe(row([0, 1], [1, 8], [2, 7]));
  // Halved and cut off at its picture, then moved by the picture's corner: (1, −2), (9, 2), (5, 6) and (9, 6).
  expect(boxes).toEqual([
    { x1: 2, y1: 0, x2: 4, y2: 3, label: 10 },
    { x1: 10, y1: 4, x2: 12, y2: 6, label: 20 },
    { x1: 6, y1: 8, x2: 8, y2: 11, label: 30 },
    { x1: 10, y1: 8, x2: 12, y2: 11, label: 40 },
  ]);
  expect(keypoints?.[1]).toEqual({ x: 10, y: 4 });
});

test("the crop is the middle of the canvas, boxes outside are gone and key points stay", () => {
  const point = { x: 9, y: 6 };
  const whole = mosaic({ size: 8, crop: false }).apply(samples, point);
  const made = mosaic({ size: 8 }).apply(samples, point);
  expect(rowsOf(made.image)).toEqual(
    rowsOf(whole.image)
      .slice(4, 12)
      .map((row) => row.split(" ").slice(4, 12).join(" ")),
  );
  expect(made.boxes?.map(({ label }) => label)).toEqual([20, 30, 40]);
  expect(made.boxes?.[0]).toEqual({ x1: 6, y1: 0, x2: 8, y2: 2, label: 20 });
  expect(made.keypoints?.length).toBe(4);
});

test("what one of them lacks, the result lacks", () => {
  const [first, ...rest] = samples;
  const made = mosaic({ size: 8 }).apply([{ image: first.image }, ...rest], { x: 8, y: 8 });
  expect(Object.keys(made)).toEqual(["image"]);
});

test("meets at every point of the middle half, as often", () => {
  const { draw } = mosaic({ size: 10 });
  const keys = Array.from({ length: 4000 }, (_, i): Key => threefry([1, 2], i, 0));
  const points = keys.map((key) => draw(key, scenes));
  for (const places of [points.map(({ x }) => x), points.map(({ y }) => y)]) {
    expect([...new Set(places)].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    for (let at = 5; at < 15; at++) {
      const share = places.filter((place) => place === at).length / keys.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.02);
    }
  }
});

test("refuses other than four, and grey among colours", () => {
  const { apply } = mosaic({ size: 8 });
  expect(() => apply(samples.slice(1), { x: 8, y: 8 })).toThrow("got 3 samples, expected 4");
  const grey = [...samples.slice(1), { image: flat(1, 8, 8, 1) }];
  expect(() => apply(grey, { x: 8, y: 8 })).toThrow("grey and colour");
  expect(() => mosaic({ size: 0 })).toThrow("size is 0");
});
