import { describe, expect, test } from "vitest";
import { threefry } from "../core/random.ts";
import { filterImage } from "../image/filter.ts";
import type { Image } from "../image/image.ts";
import { equalizedTiles } from "./clahe.ts";
import { withGaussNoise } from "./gauss-noise.ts";
import golden from "./golden/degradations.json" with { type: "json" };
import { withHsvShift } from "./hue-saturation-value.ts";
import { jpegCompressed } from "./image-compression.ts";
import { median } from "./median-blur.ts";
import { lineKernel } from "./motion-blur.ts";
import { withSaltAndPepper } from "./salt-and-pepper.ts";
import { sepia } from "./to-sepia.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const { height, width } = golden;
const rgb: Image = { height, width, channels: 3, data: bytesOf(golden.rgb) };
const grey: Image = { height, width, channels: 1, data: bytesOf(golden.grey) };

/** The upper left part of a picture. */
function part({ width, channels, data }: Image, rows: number, columns: number): Image {
  const lines = Array.from({ length: rows }, (_, y) =>
    data.subarray(y * width * channels, (y * width + columns) * channels),
  );
  return { height: rows, width: columns, channels, data: new Uint8Array(Buffer.concat(lines)) };
}

/** The largest difference, and the share of bytes that differ at all. */
function difference(a: Uint8Array, b: Uint8Array): { most: number; share: number } {
  expect(a.length).toBe(b.length);
  const gaps = Array.from(a, (byte, i) => Math.abs(byte - b[i]));
  return { most: Math.max(...gaps), share: gaps.filter(Boolean).length / gaps.length };
}

test.each(golden.jpeg)("JPEG of quality $quality gives libjpeg's bytes", (expected) => {
  expect(jpegCompressed(rgb, expected.quality).data).toEqual(bytesOf(expected.rgb));
  expect(jpegCompressed(grey, expected.quality).data).toEqual(bytesOf(expected.grey));
});

test("JPEG of a picture too narrow for smooth chroma gives libjpeg's bytes", () => {
  const narrow = part(rgb, 5, 3);
  expect(narrow.data).toEqual(bytesOf(golden.narrow.rgb));
  expect(jpegCompressed(narrow, 75).data).toEqual(bytesOf(golden.narrow.jpeg));
});

test.each(golden.median)("the median of $size × $size pixels is OpenCV's", (expected) => {
  expect(median(rgb, expected.size).data).toEqual(bytesOf(expected.rgb));
  expect(median(grey, expected.size).data).toEqual(bytesOf(expected.grey));
});

test.each(golden.motion)("motion of $length pixels, $slope up for one, is OpenCV's", (expected) => {
  const angle = (Math.atan(expected.slope) * 180) / Math.PI;
  const kernel = lineKernel({ length: expected.length, angle });
  expect(kernel.values.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(filterImage(rgb, kernel).data).toEqual(bytesOf(expected.rgb));
  const turned = lineKernel({ length: expected.length, angle: angle + 180 });
  expect(turned.values).toEqual(kernel.values);
});

describe.each(golden.clahe)("CLAHE, limit $clipLimit, $tiles × $tiles tiles", (expected) => {
  const { clipLimit, tiles } = expected;
  const grid = { height: tiles, width: tiles };

  test("on grey is OpenCV's, with whole tiles and with others", () => {
    expect(equalizedTiles(grey, clipLimit, grid).data).toEqual(bytesOf(expected.grey));
    const whole = part(grey, 16, 24);
    expect(equalizedTiles(whole, clipLimit, grid).data).toEqual(bytesOf(expected.whole));
  });

  test("on the lightness of colours is OpenCV's but for one level on the way back", () => {
    const { data } = equalizedTiles(rgb, clipLimit, grid);
    const { most, share } = difference(data, bytesOf(expected.rgb));
    expect(most).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.06);
  });
});

test.each(golden.hsv)(
  "hue, saturation and value by $shift are OpenCV's",
  ({ shift, rgb: text }) => {
    const [hue, saturation, value] = shift;
    const { data } = withHsvShift(rgb, { hue, saturation, value });
    const { most, share } = difference(data, bytesOf(text));
    expect(most).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.01);
    expect(withHsvShift(grey, { hue, saturation, value })).toEqual(grey);
  },
);

test("sepia is the matrix", () => {
  expect(sepia(rgb).data).toEqual(bytesOf(golden.sepia));
  expect(sepia(grey)).toEqual(grey);
});

const flat = (level: number, channels: 1 | 3): Image => ({
  ...{ height: 200, width: 250, channels },
  data: new Uint8Array(200 * 250 * channels).fill(level),
});
const moments = (data: Uint8Array) => {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  return { mean, std: Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length) };
};

test("normal noise has scikit-image's mean and deviation, on every channel by itself or on all alike", () => {
  const noise = { mean: 0.1, std: 0.05, key: threefry([0, 0], 1, 2) };
  const own = withGaussNoise(flat(127, 3), noise).data;
  const { mean, std } = moments(own);
  expect(mean / 255).toBeCloseTo(golden.noise.mean - 0.5 / 255, 2.5);
  expect(std / 255).toBeCloseTo(golden.noise.std, 2.5);
  expect(own.every((byte, i) => byte === own[i - (i % 3)])).toBe(false);
  const same = withGaussNoise(flat(127, 3), noise, false).data;
  expect(same.every((byte, i) => byte === same[i - (i % 3)])).toBe(true);
  expect(moments(withGaussNoise(flat(255, 1), { ...noise, mean: 1 }).data)).toEqual({
    mean: 255,
    std: 0,
  });
});

test("salt and pepper have scikit-image's shares, and colour whole pixels", () => {
  const { data } = withSaltAndPepper(flat(127, 3), { amount: 0.2, salt: 0.25, key: [5, 6] });
  const share = (byte: number) => data.filter((each) => each === byte).length / data.length;
  expect(Math.abs(share(255) - golden.saltAndPepper.salt)).toBeLessThan(0.005);
  expect(Math.abs(share(0) - golden.saltAndPepper.pepper)).toBeLessThan(0.005);
  expect(share(127) + share(0) + share(255)).toBe(1);
  expect(data.every((byte, i) => byte === data[i - (i % 3)])).toBe(true);
});
