import { existsSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { isGrey } from "./colour.ts";
import { decodeImage, readImage } from "./decode-node.ts";

/** Two rows of three pixels: red, green, blue over black, grey, white. */
const rgb = Buffer.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255);
const raw = sharp(rgb, { raw: { width: 3, height: 2, channels: 3 } });
const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 2654435761) >>> 24));
const photo = () => sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });

test("PNG, WebP, GIF and TIFF come back as they were", async () => {
  const files = [
    raw.clone().png(),
    raw.clone().webp({ lossless: true }),
    raw.clone().tiff({ compression: "lzw" }),
  ];
  for (const file of [...files, raw.clone().gif(), raw.clone().png({ palette: true })]) {
    const image = await decodeImage(await file.toBuffer());
    expect(image).toMatchObject({ width: 3, height: 2, channels: 3 });
    expect([...image.data]).toEqual([...rgb]);
  }
});

test("grey files stay grey, 16 bits become 8", async () => {
  const grey = await decodeImage(await raw.clone().toColourspace("b-w").png().toBuffer());
  expect(grey.channels).toBe(1);
  expect([...grey.data.subarray(3)]).toEqual([0, 128, 255]);
  const deep = await decodeImage(await raw.clone().toColourspace("rgb16").png().toBuffer());
  expect([...deep.data]).toEqual([...rgb]);
  expect(isGrey(deep)).toBe(false);
});

test("a photograph is turned as its EXIF orientation says", async () => {
  const turned = await raw.clone().withMetadata({ orientation: 6 }).png().toBuffer();
  const image = await decodeImage(turned);
  expect(image).toMatchObject({ width: 2, height: 3 });
  // Orientation 6 turns a quarter to the right: the left column becomes the top row.
  expect([...image.data.subarray(0, 6)]).toEqual([0, 0, 0, 255, 0, 0]);
});

test("what is transparent lies on white", async () => {
  const data = Buffer.of(9, 9, 9, 0, 10, 20, 30, 255);
  const file = await sharp(data, { raw: { width: 2, height: 1, channels: 4 } })
    .png()
    .toBuffer();
  expect([...(await decodeImage(file)).data]).toEqual([255, 255, 255, 10, 20, 30]);
});

test("empty, truncated, damaged and foreign files are refused in one line", async () => {
  const jpeg = await photo().jpeg().toBuffer();
  const png = await photo().png().toBuffer();
  const damaged = Buffer.from(png).fill(0x55, 60, 400);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /a\.jpg: the file is empty — copy it again or remove it/],
    [
      jpeg.subarray(0, jpeg.length / 2),
      /a\.jpg: truncated or damaged image \(.+\) — copy it again/,
    ],
    [png.subarray(0, png.length / 2), /a\.jpg: truncated or damaged image/],
    [damaged, /a\.jpg: truncated or damaged image/],
    [jpeg.subarray(0, 2), /a\.jpg: truncated or damaged image/],
    [Buffer.from("no image at all"), /a\.jpg: not an image that can be read \(15 bytes\)/],
  ];
  for (const [bytes, message] of cases) {
    await expect(decodeImage(bytes, "a.jpg")).rejects.toThrow(message);
    await expect(decodeImage(bytes, "a.jpg")).rejects.toThrow(/^\[image\] [^\n]+$/);
  }
  await expect(readImage("/no/such.png")).rejects.toThrow(
    /^\[read\] \/no\/such\.png: no such file/,
  );
});

test("a header that claims terabytes is refused before anything is allocated", async () => {
  const png = Buffer.from(await raw.clone().png().toBuffer());
  png.writeUInt32BE(2_000_000, 16);
  png.writeUInt32BE(1_000_000, 20);
  await expect(decodeImage(png, "big.png")).rejects.toThrow(/^\[image\] big\.png: /);
});

const photos = join(import.meta.dirname, "../../../shared/data/photos");
test.skipIf(!existsSync(photos))(
  "reads real photographs (skipped without ../shared/data)",
  async () => {
    expect(await readImage(join(photos, "kitten_224.png"))).toMatchObject({
      width: 224,
      height: 224,
    });
    const { width, height, channels, data } = await readImage(join(photos, "samoyed.jpg"));
    expect(data.length).toBe(width * height * channels);
    expect(channels).toBe(3);
  },
);
