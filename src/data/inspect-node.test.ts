/** What a look at data finds, on pictures made for it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { inspectData } from "./inspect-node.ts";
import {
  countFiles,
  emptyClasses,
  imbalanceOf,
  rangeOf,
  sameClasses,
  suggestedSize,
} from "./inspection.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-inspect-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), bytes);
  }
  return join(root, name);
}

/** Bars and waves that differ with the number, in colours. */
const scene = (n: number, width = 96, height = 80) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      const waves = Math.sin((x / width) * (3 + n)) + Math.cos((y / height) * (2 + 3 * n) + c + n);
      return 128 + 60 * waves;
    }),
    { raw: { width, height, channels: 3 } },
  );
const jpeg = (n: number, quality = 90) => scene(n).jpeg({ quality }).toBuffer();
const flat = (width: number, height: number, [r, g, b]: readonly number[]) =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
/** Black, a bit a pixel: 110 kB for 30,000 rows as long. */
function hugePng(side: number): Uint8Array {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(new Uint8Array(side * (1 + Math.ceil(side / 8))))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
const photos = await Promise.all(Array.from({ length: 8 }, (_, n) => jpeg(n)));

test("what is broken is listed with its reason, the rest is counted", async () => {
  const path = folder("broken", {
    "ants/1.jpg": photos[0],
    "ants/2.jpg": photos[1],
    "ants/notes.txt": "no picture",
    "bees/1.jpg": photos[2],
    "bees/text.jpg": "no picture either",
    "bees/cut.jpg": photos[3].subarray(0, photos[3].length / 2),
    "bees/empty.png": "",
    "bees/huge.png": hugePng(30_000),
  });
  mkdirSync(join(path, "wasps"));
  const seen: number[] = [];
  const found = await inspectData(path, (done) => seen.push(done));
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(found.parts).toEqual(["all"]);
  expect(countFiles(found, "all")).toEqual([2, 5, 0]);
  expect(emptyClasses(found)).toEqual(["wasps"]);
  expect(found.pictures).toHaveLength(3);
  expect(found.notes).toEqual(["left out 1 file that is no picture by name: ants/notes.txt"]);
  const reasons = Object.fromEntries(
    found.broken.map(({ name, reason }) => [name.slice(path.length + 1), reason]),
  );
  expect(Object.keys(reasons)).toEqual([
    ...["bees/cut.jpg", "bees/empty.png", "bees/huge.png", "bees/text.jpg"],
  ]);
  expect(reasons["bees/cut.jpg"]).toMatch(/^truncated or damaged image/);
  expect(reasons["bees/empty.png"]).toMatch(/^the file is empty/);
  expect(reasons["bees/huge.png"]).toMatch(/^its header claims more than 178956970 pixels/);
  expect(reasons["bees/text.jpg"]).toMatch(/^not an image that can be read \(17 bytes\)/);
});

test("copies within a class, in two classes and on both sides of a test", async () => {
  const path = folder("copies", {
    "train/a/1.jpg": photos[0],
    "train/a/1-small.jpg": await scene(0).resize(60, 50).jpeg({ quality: 60 }).toBuffer(),
    "train/a/2.jpg": photos[1],
    "train/a/3.jpg": photos[2],
    "train/b/3.jpg": photos[2],
    "train/b/4.jpg": photos[3],
    "test/a/2.jpg": photos[1],
    "test/b/5.jpg": photos[4],
  });
  const found = await inspectData(path);
  const groups = found.copies.map(({ pictures, ...how }) => ({
    files: pictures.map((i) => found.pictures[i].name.slice(path.length + 1)),
    ...how,
  }));
  expect(groups).toEqual([
    {
      files: ["train/a/1-small.jpg", "train/a/1.jpg"],
      ...{ isExact: false, acrossClasses: false, acrossParts: false },
    },
    {
      files: ["train/a/2.jpg", "test/a/2.jpg"],
      ...{ isExact: true, acrossClasses: false, acrossParts: true },
    },
    {
      files: ["train/a/3.jpg", "train/b/3.jpg"],
      ...{ isExact: true, acrossClasses: true, acrossParts: false },
    },
  ]);
  expect([countFiles(found, "train"), countFiles(found, "test")]).toEqual([
    [4, 2],
    [1, 1],
  ]);
  expect(imbalanceOf(found)).toBe(2);
  expect(sameClasses(found)).toEqual([]);
  expect((await found.read(4)).width).toBe(96);
});

test("two classes that hold the same photos are named", async () => {
  const path = folder("twice", {
    ...{ "a/1.jpg": photos[0], "a/2.jpg": photos[1], "a/3.jpg": photos[2] },
    ...{ "b/1.jpg": photos[0], "b/2.jpg": photos[1], "c/3.jpg": photos[5], "c/4.jpg": photos[6] },
  });
  expect(sameClasses(await inspectData(path))).toEqual([{ classes: ["a", "b"], shared: 2, of: 2 }]);
});

test("formats, modes, sizes and orientation are those of the files", async () => {
  const path = folder("kinds", {
    "a/rgb.jpg": await flat(40, 30, [255, 0, 0]).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
    "a/alpha.png": await flat(10, 10, [0, 255, 0]).ensureAlpha(0.5).png().toBuffer(),
    "a/palette.png": await flat(20, 8, [0, 0, 255]).png({ palette: true }).toBuffer(),
    "b/grey.png": await flat(50, 60, [9, 9, 9]).toColourspace("b-w").png().toBuffer(),
    "b/deep.png": await flat(50, 60, [9, 99, 9]).toColourspace("rgb16").png().toBuffer(),
    "b/as-colour.webp": await flat(70, 90, [50, 50, 50]).webp({ lossless: true }).toBuffer(),
  });
  const { pictures } = await inspectData(path);
  const rows = pictures.map(({ name, format, mode, width, height, isGrey, isTurned }) => [
    ...[name.slice(path.length + 1), format, mode, `${width}x${height}`, isGrey, isTurned],
  ]);
  expect(rows).toEqual([
    ["a/alpha.png", "png", "rgb+alpha", "10x10", false, false],
    ["a/palette.png", "png", "palette", "20x8", false, false],
    ["a/rgb.jpg", "jpeg", "rgb", "30x40", false, true],
    ["b/as-colour.webp", "webp", "rgb", "70x90", true, false],
    ["b/deep.png", "png", "rgb16", "50x60", false, false],
    ["b/grey.png", "png", "grey", "50x60", true, false],
  ]);
  expect(rangeOf(pictures.map(({ width }) => width))).toEqual({ min: 10, median: 50, max: 70 });
});

test("mean and deviation count each picture alike, whatever its size", async () => {
  const path = folder("moments", {
    "a/large.png": await flat(900, 700, [255, 0, 51]).png().toBuffer(),
    "b/small.png": await flat(8, 8, [0, 0, 51]).png().toBuffer(),
  });
  const { normalization } = await inspectData(path);
  expect(normalization).toEqual({ mean: [0.5, 0, 0.2], std: [0.5, 0, 0] });
});

test("grey sets have one channel; a set without a picture that can be read has none", async () => {
  const grey = await flat(8, 8, [51, 51, 51]).png().toBuffer();
  const path = folder("grey", { "a/1.png": grey, "b/2.png": grey });
  expect((await inspectData(path)).normalization).toEqual({ mean: [0.2], std: [0] });
  const none = await inspectData(folder("none", { "a/1.png": "x", "b/2.png": "y" }));
  expect([none.pictures, none.broken.length, suggestedSize(none)]).toEqual([[], 2, undefined]);
});

test("a size is suggested that nine pictures in ten fill", async () => {
  const sized = async (name: string, sides: readonly number[]) =>
    suggestedSize(
      await inspectData(
        folder(
          name,
          Object.fromEntries(
            await Promise.all(
              sides.map(async (side, i) => [
                `${"ab"[i % 2]}/${i}.png`,
                await flat(side + 10 * (i % 3), side, [i, 2 * i, 0])
                  .png()
                  .toBuffer(),
              ]),
            ),
          ),
        ),
      ),
    );
  expect(await sized("photos", [30, ...new Array(19).fill(300)])).toBe(224);
  expect(await sized("medium", [100, 110, 120, 300])).toBe(96);
  expect(await sized("tiny", [28, 28, 28])).toBe(28);
});

test("pictures in memory are counted in their parts, equal ones found", async () => {
  const found = await inspectData("glyphs:train=40,test=10");
  expect([found.parts, found.inFiles, found.pictures.length]).toEqual([
    ["train", "test"],
    false,
    50,
  ]);
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  expect([sum(countFiles(found, "train")), sum(countFiles(found, "test"))]).toEqual([40, 10]);
  expect(found.normalization.mean).toHaveLength(1);
  expect(suggestedSize(found)).toBeUndefined();
  expect((await found.read(45)).width).toBe(28);
});
