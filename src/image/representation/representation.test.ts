import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Image } from "../image.ts";
import { preprocess } from "../preprocess.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { fft2 } from "./fft.ts";
import golden from "./golden/representation.json" with { type: "json" };
import { toHsv } from "./hsv.ts";
import { countChannels, type RepresentationName } from "./names.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const { height, width } = golden;
const picture: Image = { height, width, channels: 3, data: bytesOf(golden.rgb) };
const pixels = height * width;

/** What the picture is in values of 0 … 255. */
const shown = (names: readonly RepresentationName[], image = picture, more = {}): number[] => {
  const channels = countChannels(names);
  const how: Preprocessing = {
    ...{ channels, height: image.height, width: image.width, scale: 1, representation: names },
    ...{ mean: new Array(channels).fill(0), std: new Array(channels).fill(1), ...more },
  };
  return [...preprocess(image, how)];
};

const plane = (bytes: Uint8Array, c: number): number[] =>
  Array.from({ length: pixels }, (_, i) => bytes[3 * i + c]);

const largestError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
};

test.each(golden.transforms)("the transform of $height×$width numbers is numpy's", (given) => {
  const { plane, height, width, real, imaginary } = given;
  const spectrum = fft2(plane, height, width);
  const parts = (i: number) => Array.from({ length: plane.length }, (_, k) => spectrum[2 * k + i]);
  const sum = Math.max(...real);
  expect(largestError(parts(0), real) / sum).toBeLessThan(1e-12);
  expect(largestError(parts(1), imaginary) / sum).toBeLessThan(1e-12);
});

test("magnitude and phase are numpy's, frequency 0 in the middle", () => {
  expect(largestError(shown(["fourierMagnitude"]), golden.fourierMagnitude)).toBeLessThan(3e-5);
  expect(largestError(shown(["fourierPhase"]), golden.fourierPhase)).toBeLessThan(3e-5);
});

test("a white picture is one point in the middle, of the largest magnitude", () => {
  const white: Image = { height: 5, width: 6, channels: 1, data: new Uint8Array(30).fill(255) };
  const magnitude = shown(["fourierMagnitude"], white);
  const middle = 2 * 6 + 3;
  expect(magnitude[middle]).toBeCloseTo(255, 4);
  expect(Math.max(...magnitude.toSpliced(middle, 1))).toBeLessThan(1e-6);
  // What is nothing but rounding has phase 0, too.
  expect(shown(["fourierPhase"], white)).toEqual(new Array(30).fill(127.5));
});

test("hue, saturation and value are Pillow's bytes, of greys and all kinds of colours", () => {
  expect(toHsv(picture).data).toEqual(bytesOf(golden.hsv));
  const levels = Array.from({ length: 52 }, (_, i) => 5 * i);
  const data = Uint8Array.from(
    levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b]))),
  );
  const colours: Image = { height: 52, width: 52 * 52, channels: 3, data };
  expect(createHash("sha256").update(toHsv(colours).data).digest("hex")).toBe(golden.colours);
});

test("several stand one after the other, scaled and standardised channel by channel", () => {
  const all = ["rgb", "hsv", "intensity", "grey", "fourierMagnitude", "fourierPhase"] as const;
  const values = shown(all);
  expect(values).toHaveLength(10 * pixels);
  const { data } = picture;
  for (let c = 0; c < 3; c++) {
    expect(values.slice(c * pixels, (c + 1) * pixels)).toEqual(plane(data, c));
    expect(values.slice((c + 3) * pixels, (c + 4) * pixels)).toEqual(plane(bytesOf(golden.hsv), c));
  }
  expect(values[6 * pixels]).toBeCloseTo((data[0] + data[1] + data[2]) / 3, 4);
  expect(values.slice(7 * pixels, 8 * pixels)).toEqual(shown(["grey"]));
  const two = shown(["grey", "intensity"], picture, {
    ...{ scale: 1 / 255, mean: [0.5, 0.25], std: [0.5, 2] },
  });
  expect(two[0]).toBeCloseTo((values[7 * pixels] / 255 - 0.5) / 0.5, 6);
  expect(two[pixels]).toBeCloseTo((values[6 * pixels] / 255 - 0.25) / 2, 6);
});

test("a picture is resized and inverted before it is represented", () => {
  const large: Image = { height: 18, width: 28, channels: 3, data: new Uint8Array(18 * 28 * 3) };
  large.data.forEach((_, i) => {
    large.data[i] = (i * 7919) % 251;
  });
  const hsv = shown(["hsv"], large, { height, width });
  expect(hsv).toHaveLength(3 * pixels);
  expect(shown(["hsv"], picture, { invert: true })).toEqual(
    shown(["hsv"], { ...picture, data: picture.data.map((byte) => 255 - byte) }),
  );
});

test("a grey picture has grey colours", () => {
  const grey: Image = { height: 1, width: 2, channels: 1, data: Uint8Array.of(7, 200) };
  expect(shown(["hsv"], grey)).toEqual([0, 0, 0, 0, 7, 200]);
  expect(shown(["intensity", "grey"], grey)).toEqual([7, 200, 7, 200]);
});
