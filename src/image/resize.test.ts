import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { toChannels, toGrey, toRgb } from "./colour.ts";
import golden from "./golden/pillow.json" with { type: "json" };
import type { Image } from "./image.ts";
import type { Interpolation } from "./interpolation.ts";
import { centerCrop, resize, resizeCover, resizedCrop } from "./resize.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const { height, width } = golden;
const picture: Image = { height, width, channels: 3, data: bytesOf(golden.rgb) };

test.each(golden.resized)(
  "resizes to $height×$width, $interpolation, with Pillow's bytes",
  ({ height, width, interpolation, rgb }) => {
    const resized = resize(picture, height, width, interpolation as Interpolation);
    expect(resized).toMatchObject({ height, width, channels: 3 });
    expect(resized.data).toEqual(bytesOf(rgb));
  },
);

test("turns grey, and resizes grey, with Pillow's bytes", () => {
  const grey = toGrey(picture);
  expect(grey.data).toEqual(bytesOf(golden.grey));
  const names = ["bilinear", "nearest", "bicubic", "box", "hamming", "lanczos"] as const;
  expect(golden.resizedGrey).toHaveLength(names.length);
  for (const [i, name] of names.entries()) {
    expect(resize(grey, 28, 28, name).data, name).toEqual(bytesOf(golden.resizedGrey[i]));
  }
});

test.each(golden.crops)(
  "resizes the part $part, $interpolation, with torchvision's bytes",
  ({ part, interpolation, rgb }) => {
    const [top, left, height, width] = part;
    const name = interpolation as Interpolation;
    const made = resizedCrop(picture, top, left, height, width, 14, 10, name);
    expect(made).toMatchObject({ height: 14, width: 10 });
    expect(made.data).toEqual(bytesOf(rgb));
  },
);

test("a picture too large to go through at once has Pillow's bytes, too", () => {
  const data = Uint8Array.from(
    { length: 2500 * 300 * 3 },
    (_, i) => Math.imul(i, 2654435761) >>> 24,
  );
  const { data: made } = resize(
    { height: 2500, width: 300, channels: 3, data },
    1234,
    211,
    "bicubic",
  );
  expect(createHash("sha256").update(made).digest("hex")).toBe(golden.tall);
});

test("a picture of its own size is a copy", () => {
  const same = resize(picture, height, width);
  expect(same).toEqual(picture);
  expect(same.data.buffer).not.toBe(picture.data.buffer);
});

test("grey to colour and back is the same grey", () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  const grey: Image = { height: 16, width: 16, channels: 1, data };
  expect([...toRgb(grey).data.subarray(0, 6)]).toEqual([0, 0, 0, 1, 1, 1]);
  expect(toGrey(toRgb(grey)).data).toEqual(data);
  expect(() => toChannels(grey, 4)).toThrow(/^\[image\] .* the model wants 4 — give it an \.npy/);
});

test("a crop takes the middle, cover fills without distortion", () => {
  const data = Uint8Array.from({ length: 4 * 6 }, (_, i) => i);
  const image: Image = { height: 4, width: 6, channels: 1, data };
  expect([...centerCrop(image, 2, 2).data]).toEqual([8, 9, 14, 15]);
  expect([...resizeCover(image, 4, 4).data.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
  expect(resizeCover(picture, 10, 31)).toMatchObject({ height: 10, width: 31 });
  expect(() => centerCrop(image, 5, 2)).toThrow(/5×2 is larger than the picture, 4×6/);
});

test("an impossible size is refused", () => {
  expect(() => resize(picture, 0, 5)).toThrow(
    "[resize] target size 0×5 — give whole numbers above 0",
  );
  expect(() => resize(picture, 2.5, 5)).toThrow(/2\.5×5/);
  expect(() => resizedCrop(picture, 3, 0, height, width, 5, 5)).toThrow(
    "[crop] 23×17 from row 3, column 0 is not within the picture, 23×17 — give a part of it",
  );
  expect(() => resize(picture, 5, 5, "cubic" as Interpolation)).toThrow(
    '[resize] interpolation "cubic" is unknown — use nearest, bilinear, bicubic, box, hamming, lanczos',
  );
});
