/** Masks keep their numbers: those that Pillow wrote are read, and those written here are read by Pillow's rules of PNG. */
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeImage } from "./decode-node.ts";
import { encodeImage } from "./encode-node.ts";
import golden from "./golden/masks.json" with { type: "json" };
import type { Image } from "./image.ts";
import { overlay, vocPalette } from "./mask-colours.ts";
import { decodeMask, encodeMask } from "./mask-node.ts";

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

test.each(golden.files)("$name: the numbers that Pillow wrote", async (file) => {
  const { width, height, channels, data } = await decodeMask(bytesOf(file.file), file.name);
  expect({ width, height, channels }).toEqual({ width: 18, height: 11, channels: 1 });
  expect(data).toEqual(bytesOf(file.numbers));
});

test("an interlaced file has the numbers of one that is not", async () => {
  const numbers = Uint8Array.from({ length: 13 * 9 }, (_, i) => (i * 7) % 5);
  const raw = { width: 13, height: 9, channels: 1 } as const;
  const file = await sharp(numbers, { raw })
    .toColourspace("b-w")
    .png({ progressive: true })
    .toBuffer();
  expect(file[28]).toBe(1);
  expect((await decodeMask(file)).data).toEqual(numbers);
});

const mask: Image = {
  ...{ width: 5, height: 3, channels: 1 },
  data: Uint8Array.from([0, 1, 2, 3, 4, 0, 0, 255, 255, 7, 20, 20, 1, 1, 0]),
};

test("a written mask has its numbers, and Pascal VOC's colours for viewers", async () => {
  const file = encodeMask(mask);
  expect((await decodeMask(file)).data).toEqual(mask.data);
  const { data } = await decodeImage(file);
  // aeroplane, bicycle, bird, boat and the border, as the development kit has them
  const known = {
    1: [128, 0, 0],
    2: [0, 128, 0],
    3: [128, 128, 0],
    4: [0, 0, 128],
    20: [0, 64, 128],
    255: [224, 224, 192],
  };
  for (const [number, colour] of Object.entries(known)) {
    const p = 3 * mask.data.indexOf(Number(number));
    expect([...data.subarray(p, p + 3)]).toEqual(colour);
  }
});

test("an overlay mixes in the colours of classes, but for class 0 and what is ignored", () => {
  const image: Image = { width: 5, height: 3, channels: 1, data: new Uint8Array(15).fill(100) };
  const { channels, data } = overlay(image, mask);
  expect(channels).toBe(3);
  expect([...data.subarray(0, 6)]).toEqual([100, 100, 100, 114, 50, 50]);
  expect([...data.subarray(21, 24)]).toEqual([100, 100, 100]);
  expect(vocPalette().subarray(3, 6)).toEqual(Uint8Array.of(128, 0, 0));
  expect(() => overlay({ ...image, width: 3, height: 5 }, mask)).toThrow(
    /mask of 3×5 on a picture of 5×3/,
  );
});

describe("what is no mask is told", () => {
  const colours: Image = {
    width: 2,
    height: 2,
    channels: 3,
    data: Uint8Array.of(1, 1, 1, 0, 0, 0, 9, 9, 9, 128, 0, 0),
  };
  test.each([
    [
      "colours",
      encodeImage(colours),
      /colour\.png: has colours and no palette \(128, 0, 0 at column 1, row 1\).*indexed or grey/,
    ],
    ["a JPEG", encodeImage(colours, "jpeg"), /colour\.png: is no PNG/],
    [
      "a truncated file",
      Promise.resolve(encodeMask(mask).subarray(0, 800)),
      /colour\.png: is truncated/,
    ],
    ["nothing", Promise.resolve(new Uint8Array(0)), /colour\.png: is no PNG/],
    [
      "a damaged file",
      Promise.resolve(encodeMask(mask).fill(0, 830, 836)),
      /colour\.png: truncated or damaged/,
    ],
    ["a number beyond a byte", wide(), /colour\.png: has the number 300/],
  ])("%s", async (_, file, message) => {
    await expect(decodeMask(await file, "colour.png")).rejects.toThrow(message);
  });
});

async function wide(): Promise<Uint8Array> {
  const raw = { width: 2, height: 1, channels: 1 } as const;
  return sharp(Uint16Array.of(1, 300), { raw }).toColourspace("grey16").png().toBuffer();
}
