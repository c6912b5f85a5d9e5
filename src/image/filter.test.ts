import { expect, test } from "vitest";
import type { Kernel } from "../nn/kernels/kernel.ts";
import { blur, emboss, filterImage, sharpen, sobelMagnitude } from "./filter.ts";
import golden from "./golden/opencv.json" with { type: "json" };
import type { Image } from "./image.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const { height, width } = golden;
const picture: Image = { height, width, channels: 3, data: bytesOf(golden.rgb) };
const grey: Image = { height, width, channels: 1, data: bytesOf(golden.grey) };
const uneven: Kernel = {
  shape: [3, 5],
  values: Array.from({ length: 15 }, (_, i) => (i - 7) / 16),
};

test.each(["reflect", "replicate", "zeros"] as const)("%s: OpenCV's bytes", (paddingMode) => {
  const filtered = filterImage(picture, uneven, { paddingMode, offset: 128 });
  expect(filtered).toMatchObject({ height, width, channels: 3 });
  expect(filtered.data).toEqual(bytesOf(golden.filtered[paddingMode]));
});

test("circular: the bytes of the picture repeated", () => {
  const { data } = filterImage(picture, uneven, { paddingMode: "circular" });
  expect(data).toEqual(bytesOf(golden.wrapped));
});

test("blur, also where the kernel is larger than the picture, sharpen, emboss and Sobel: OpenCV's bytes", () => {
  expect(blur(picture, { sigma: 1.5 }).data).toEqual(bytesOf(golden.blurred));
  expect(blur(grey, { sigma: 4 }).data).toEqual(bytesOf(golden.wide));
  expect(sharpen(picture).data).toEqual(bytesOf(golden.sharpened));
  expect(emboss(grey).data).toEqual(bytesOf(golden.embossed));
  expect(sobelMagnitude(picture).data).toEqual(bytesOf(golden.sobel));
  expect(sobelMagnitude(grey, { scale: 1 / 8 }).data).toEqual(bytesOf(golden.sobelEighth));
});

test("a kernel of one element scales, halves go to the even byte, and results stay within bytes", () => {
  const row: Image = { height: 1, width: 5, channels: 1, data: Uint8Array.of(0, 1, 3, 200, 255) };
  const scaled = (by: number) => [...filterImage(row, { shape: [1, 1], values: [by] }).data];
  expect(scaled(0.5)).toEqual([0, 0, 2, 100, 128]);
  expect(scaled(2)).toEqual([0, 2, 6, 255, 255]);
  expect(scaled(-1)).toEqual([0, 0, 0, 0, 0]);
  expect([...blur(row, { sigma: 2, paddingMode: "zeros" }).data].every((v) => v < 130)).toBe(true);
});

test("refuses a kernel that is none, and padding it does not know", () => {
  expect(() => filterImage(grey, { shape: [2, 2], values: [1] })).toThrow(
    "[filterImage] a kernel of 1 values and shape 2×2 — give {",
  );
  expect(() => sharpen(grey, { paddingMode: "wrap" as "zeros" })).toThrow(
    '[filterImage] padding mode "wrap" is unknown — use "zeros", "reflect", "replicate", "circular"',
  );
});
