import { afterAll, describe, expect, test } from "vitest";
import { Random } from "../../core/random.ts";
import type { Image } from "../../image/image.ts";
import { compile, type Device, openDevice, type Tensor } from "../../tensor/index.ts";
import { fillWindows } from "../fill-windows.ts";
import { randomCrop as hostCrop } from "../random-crop.ts";
import { horizontalFlip } from "../random-horizontal-flip.ts";
import { parseTransforms } from "../settings.ts";
import { type BatchTransform, drawUniform, type PixelScale } from "./batch-transform.ts";
import { colorJitter } from "./color-jitter.ts";
import { cutout } from "./cutout.ts";
import { makeBatchTransforms } from "./make-batch-transforms.ts";
import { randomCrop } from "./random-crop.ts";
import { randomErasing } from "./random-erasing.ts";
import { randomHorizontalFlip } from "./random-horizontal-flip.ts";

const devices = {
  reference: await openDevice({ backend: "reference" }),
  "one thread": await openDevice({ threads: 1 }),
  "two threads": await openDevice({ threads: 2 }),
};
afterAll(() => Promise.all(Object.values(devices).map((device) => device.dispose())));

const [channels, height, width] = [3, 7, 9] as const;
const size = channels * height * width;
const random = new Random(1);
const bytes = (n: number) => Float32Array.from({ length: n * size }, () => random.int(256));

/** Makes of images what the transform does, and says what was drawn; room for 20 images means lanes, 4 none. */
function prepare(device: Device, transform: BatchTransform, capacity = 20) {
  const trace = (x: Tensor, key: Tensor) => {
    const drawn = transform.draw(drawUniform(x, key, "test"), x);
    return { made: transform.apply(x, drawn), ...drawn };
  };
  const program = compile(trace, { device, capacity, batched: [true, false] });
  return async (images: Float32Array, seed = 5): Promise<Record<string, ArrayLike<number>>> => {
    const made = await program(
      { shape: [images.length / size, channels, height, width], dtype: "f32", data: images },
      { shape: [2], dtype: "i32", data: Int32Array.of(seed, 9) },
    );
    return Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data]));
  };
}

/** Image i as a picture of bytes. */
function picture(images: ArrayLike<number>, i: number): Image {
  const data = new Uint8Array(size);
  for (let c = 0, at = i * size; c < channels; c++) {
    for (let p = 0; p < height * width; p++, at++) data[p * channels + c] = images[at];
  }
  return { width, height, channels, data };
}

const padding = 3;
const square = 4;
/** A transform, and what the host's makes of a picture with the parameters drawn for it. */
const pairs: [string, BatchTransform, (image: Image, at: (name: string) => number) => Image][] = [
  [
    "randomHorizontalFlip",
    randomHorizontalFlip(),
    (image, at) => (at("flip") ? horizontalFlip({ image }).image : image),
  ],
  ...(["constant", "reflect"] as const).map((paddingMode): (typeof pairs)[0] => [
    `randomCrop, ${paddingMode}`,
    randomCrop({ padding, paddingMode }),
    (image, at) =>
      hostCrop({ size: [height, width], padding, paddingMode }).apply(
        { image },
        { top: at("top"), left: at("left") },
      ).image,
  ]),
  ...[cutout({ length: square, p: 0.7, value: 9 }), randomErasing({ p: 0.7, value: 9 })].map(
    (transform): (typeof pairs)[0] => [
      transform.name,
      transform,
      (image, at) => {
        const [top, left] = [at("top"), at("left")];
        const window = { top, left, height: at("bottom") - top, width: at("right") - left };
        return fillWindows(image, [window], 9);
      },
    ],
  ),
];

describe.each(Object.entries(devices))("%s", (_name, device) => {
  test.each(pairs)("%s is the host's with the parameters drawn", async (_what, transform, host) => {
    for (const [n, capacity] of [
      [20, 20],
      [17, 20],
      [3, 4],
    ]) {
      const images = bytes(n);
      const { made, ...drawn } = await prepare(device, transform, capacity)(images);
      for (let i = 0; i < n; i++) {
        const expected = host(picture(images, i), (name) => drawn[name][i]);
        expect(picture(made, i)).toEqual(expected);
      }
    }
  });

  test("numbers drawn are the reference's, whatever the capacity", async () => {
    const images = bytes(4);
    for (const transform of pairs.map(([, each]) => each)) {
      const expected = await prepare(devices.reference, transform)(images);
      for (const capacity of [4, 20]) {
        const found = await prepare(device, transform, capacity)(images);
        for (const name of Object.keys(expected)) {
          expect(Array.from(found[name])).toEqual(Array.from(expected[name]));
        }
      }
    }
  });
});

/** The numbers of 2000 images, by name. */
async function drawMany(transform: BatchTransform): Promise<Record<string, number[]>> {
  const run = prepare(devices["one thread"], transform);
  const images = bytes(20);
  const runs: Record<string, ArrayLike<number>>[] = [];
  for (let seed = 0; seed < 100; seed++) runs.push(await run(images, seed));
  const { made: _, ...first } = runs[0];
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, runs.flatMap((drawn) => Array.from(drawn[name]))]),
  );
}

const shares = (values: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1 / values.length);
  return counts;
};

test("flips p of the images, moves to each place equally often", async () => {
  const { flip } = await drawMany(randomHorizontalFlip({ p: 0.3 }));
  expect(flip.filter(Boolean).length / flip.length).toBeCloseTo(0.3, 1);
  const { top, left } = await drawMany(randomCrop({ padding }));
  for (const places of [shares(top), shares(left)]) {
    expect([...places.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const share of places.values()) expect(Math.abs(share - 1 / 7)).toBeLessThan(0.03);
  }
});

test("cuts a square about any pixel out of p of the images", async () => {
  const { top, bottom, left, right } = await drawMany(cutout({ length: square, p: 0.6 }));
  const cut = bottom.map((end, i) => end > top[i] && right[i] > left[i]);
  expect(cut.filter(Boolean).length / cut.length).toBeCloseTo(0.6, 1);
  // Centres on rows 0 and 1 cut from row 0.
  const firstRow = top.filter((row) => row === 0).length / top.length;
  expect(Math.abs(firstRow - 3 / 7)).toBeLessThan(0.04);
  expect(Math.max(...bottom.filter((_, i) => cut[i]))).toBe(height);
});

test("erases areas and aspects within their bounds, within the image", async () => {
  const { top, bottom, left, right } = await drawMany(randomErasing({ p: 0.5 }));
  const erased = top.flatMap((row, i) =>
    bottom[i] > row ? [[bottom[i] - row, right[i] - left[i], row, left[i]]] : [],
  );
  expect(erased.length / top.length).toBeGreaterThan(0.45);
  expect(erased.length / top.length).toBeLessThan(0.55);
  for (const [h, w, row, column] of erased) {
    expect(row >= 0 && row + h <= height && column >= 0 && column + w <= width).toBe(true);
  }
  const mean = erased.reduce((sum, [h, w]) => sum + h * w, 0) / erased.length / (height * width);
  // 0.175 but for rounding to whole pixels and tries that do not fit.
  expect(Math.abs(mean - 0.175)).toBeLessThan(0.02);
});

describe("colorJitter", () => {
  const pixels: PixelScale = { mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3], scale: 1 / 255 };
  const standardised = (images: Float32Array) =>
    images.map((byte, i) => {
      const c = Math.floor(i / (height * width)) % channels;
      return (byte / 255 - pixels.mean[c]) / pixels.std[c];
    });

  /** Pixel values 0 … 1, blended as torchvision's tensors are. */
  function blended(values: number[], f: Record<string, number>): number[] {
    const clip = (x: number) => Math.min(1, Math.max(0, x));
    const plane = height * width;
    const greys = (x: number[]) =>
      Array.from(
        { length: plane },
        (_, p) => 0.299 * x[p] + 0.587 * x[plane + p] + 0.114 * x[2 * plane + p],
      );
    const bright = values.map((x) => clip(f.brightness * x));
    const mean = greys(bright).reduce((a, b) => a + b) / plane;
    const contrasted = bright.map((x) => clip(f.contrast * x + (1 - f.contrast) * mean));
    const grey = greys(contrasted);
    return contrasted.map((x, i) => clip(f.saturation * x + (1 - f.saturation) * grey[i % plane]));
  }

  test.each(Object.entries(devices))("on %s is torchvision's formula", async (_name, device) => {
    const images = bytes(18);
    const transform = colorJitter({ brightness: 0.4, contrast: 0.5, saturation: 0.9 }, pixels);
    const { made, ...drawn } = await prepare(device, transform)(standardised(images));
    for (let i = 0; i < 18; i++) {
      const factors = Object.fromEntries(
        Object.entries(drawn).map(([name, row]) => [name, row[i]]),
      );
      const expected = blended(
        Array.from(images.subarray(i * size, (i + 1) * size), (x) => x / 255),
        factors,
      );
      expected.forEach((value, p) => {
        const c = Math.floor(p / (height * width));
        expect(made[i * size + p]).toBeCloseTo((value - pixels.mean[c]) / pixels.std[c], 4);
      });
    }
  });

  test("factors are uniform about 1, and not below 0", async () => {
    const drawn = await drawMany(colorJitter({ brightness: 0.4, saturation: 1.5 }, pixels));
    const [least, most] = [Math.min(...drawn.brightness), Math.max(...drawn.brightness)];
    expect(least).toBeGreaterThanOrEqual(0.6);
    expect(least).toBeLessThan(0.61);
    expect(most).toBeGreaterThan(1.39);
    expect(most).toBeLessThanOrEqual(1.4);
    expect(Math.min(...drawn.saturation)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn.saturation)).toBeGreaterThan(2.48);
    expect(new Set(drawn.contrast)).toEqual(new Set([1]));
  });
});

const pixels: PixelScale = { mean: [0], std: [1], scale: 1 / 255 };

test("by name: several in their order, each with numbers of its own", async () => {
  const text = "randomHorizontalFlip:p=1+randomCrop:padding=2,paddingMode=reflect+cutout:length=3";
  const augment = await makeBatchTransforms(parseTransforms(text), pixels);
  const images = bytes(16);
  const made = await Promise.all(
    Object.values(devices).map(async (device) => {
      const program = compile(augment, { device, capacity: 16, batched: [true, false] });
      const { data } = await program(
        { shape: [16, channels, height, width], dtype: "f32", data: images },
        { shape: [2], dtype: "i32", data: Int32Array.of(1, 2) },
      );
      program.dispose();
      return data;
    }),
  );
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
  expect(made[0]).not.toEqual(images);
});

test("refuses what no program does", async () => {
  const make = (text: string) => makeBatchTransforms(parseTransforms(text), pixels);
  await expect(make("randomResizedCrop:size=3")).rejects.toThrow(
    'there is no batch transform "randomResizedCrop"',
  );
  await expect(make("randomCrop:size=3")).rejects.toThrow("randomCrop has no size");
  await expect(make("randomCrop")).rejects.toThrow("padding is missing");
  await expect(make("cutout:length=0")).rejects.toThrow("length is 0");
  const augment = await make("randomCrop:padding=9,paddingMode=reflect");
  const program = compile(augment, {
    device: devices.reference,
    capacity: 1,
    batched: [true, false],
  });
  await expect(
    program(
      { shape: [1, channels, height, width], dtype: "f32", data: bytes(1) },
      { shape: [2], dtype: "i32", data: Int32Array.of(1, 2) },
    ),
  ).rejects.toThrow("padding 9 reflects more than the 6 pixels");
});
