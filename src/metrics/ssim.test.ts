import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import { multiScaleSsim, psnr, ssim } from "./index.ts";

const shape = [2, 12, 13];
const random = new Random(0);
const image = Float32Array.from({ length: 2 * 12 * 13 }, () => random.uniform());

test("equal images: similarity 1, infinite ratio", () => {
  const metrics = [
    ssim({ shape }),
    multiScaleSsim({ shape, weights: [0.5, 0.5], kernel: 5 }),
    psnr({ shape }),
    psnr(),
  ];
  for (const metric of metrics) metric.update(image, image);
  expect(metrics[0].value).toBeCloseTo(1, 14);
  expect(metrics[1].value).toBeCloseTo(1, 14);
  expect([metrics[2].value, metrics[3].value]).toEqual([Infinity, Infinity]);
});

test("of even images only the first factor is left", () => {
  // (2·a·b + C₁)/(a² + b² + C₁), C₁ = 1e-4
  const metric = ssim({ shape: [1, 11, 11] });
  metric.update(new Float64Array(121).fill(0.25), new Float64Array(121).fill(0.75));
  expect(metric.value).toBeCloseTo((0.375 + 1e-4) / (0.625 + 1e-4), 12);
});

test("inverted images are unlike, and scales do not make them NaN", () => {
  const inverted = image.map((x) => 1 - x);
  const metric = multiScaleSsim({ shape, weights: [0.5, 0.5], kernel: 5 });
  metric.update(image, inverted);
  expect(metric.value).toBe(0);
});

test("images that do not fit are refused", () => {
  expect(() => ssim({ shape: [1, 10, 12] })).toThrow(
    "[ssim] a window of 11×11 does not fit into images 1×10×12",
  );
  expect(() => ssim({ shape: [12, 12] })).toThrow("[ssim] images of shape 12×12, expected C×H×W");
  expect(() => ssim({ shape, kernel: 4 })).toThrow("[ssim] window of side 4");
  expect(() => ssim({ shape }).update(image, image.slice(1))).toThrow("do not go together");
  expect(() => ssim({ shape }).update(image.slice(1), image.slice(1))).toThrow(
    "312 for each image",
  );
  expect(() => multiScaleSsim({ shape: [1, 175, 200] })).toThrow("at 5 scales");
  expect(multiScaleSsim({ shape: [1, 176, 176] }).value).toBeNaN();
  expect(() => psnr({ dataRange: 0 })).toThrow("[psnr] dataRange is 0");
});
