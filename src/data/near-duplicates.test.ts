import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import { toChannels } from "../image/colour.ts";
import { decodeImage } from "../image/decode-node.ts";
import { encodeImage } from "../image/encode-node.ts";
import { thumbnailOf } from "../image/thumbnail.ts";
import { readThumbnail } from "../image/thumbnail-node.ts";
import { differenceHash, Groups, joinNearDuplicates } from "./near-duplicates.ts";

test("a hash says where pixels get brighter to the right", () => {
  const rising = Uint8Array.from({ length: 288 }, (_, i) => 10 * (i % 18));
  expect(differenceHash(rising)).toEqual([-1, -1]);
  expect(differenceHash(rising.map((value) => 200 - value))).toEqual([0, 0]);
  // Only the last two rows of cells, 8 bits each.
  const below = rising.map((value, i) => (i < 12 * 18 ? 0 : value));
  expect(differenceHash(below)).toEqual([0, 0xffff]);
});

test("a thumbnail holds the means of its parts, of small pictures their pixels", () => {
  const data = Uint8Array.from({ length: 36 * 32 }, (_, i) => (i % 36 < 18 ? 10 : 21 - (i % 2)));
  const thumbnail = thumbnailOf({ width: 36, height: 32, channels: 1, data });
  expect([...thumbnail.subarray(0, 18)]).toEqual([
    ...new Array(9).fill(10),
    ...new Array(9).fill(21),
  ]);
  const colour = Uint8Array.of(255, 0, 0, 0, 0, 255);
  const two = thumbnailOf({ width: 2, height: 1, channels: 3, data: colour });
  expect([two[0], two[17], two.length]).toEqual([76, 29, 288]);
});

const noise = (seed: number): Uint8Array => {
  const random = new Random(seed);
  return Uint8Array.from({ length: 288 }, () => random.int(256));
};

test("groups are joined across chains, in their order", () => {
  const groups = new Groups(6);
  groups.join(4, 2);
  groups.join(5, 4);
  groups.join(0, 3);
  expect(groups.lists()).toEqual([
    [0, 3],
    [2, 4, 5],
  ]);
  expect([...groups.numbers()]).toEqual([0, 1, 2, 0, 2, 2]);
});

test("brighter copies are found among many, flat pictures and missing ones stay alone", () => {
  const thumbnails: (Uint8Array | undefined)[] = Array.from({ length: 3000 }, (_, i) => noise(i));
  thumbnails[2500] = noise(7).map((value) => Math.min(255, value + 9));
  thumbnails[100] = new Uint8Array(288).fill(90);
  thumbnails[200] = new Uint8Array(288).fill(90);
  thumbnails[300] = undefined;
  const groups = new Groups(3000);
  joinNearDuplicates(groups, thumbnails);
  expect(groups.lists()).toEqual([[7, 2500]]);
});

test("where bands of bits tell nothing apart, all are compared with all", () => {
  // Rising to the right, each with a pixel of its own: equal hashes, hardly equal pictures.
  const thumbnails = Array.from({ length: 40 }, (_, i) => {
    const thumbnail = Uint8Array.from({ length: 288 }, (_, p) => p % 18);
    thumbnail[17 + 18 * (i % 16)] = 250 - Math.floor(i / 16);
    return thumbnail;
  });
  const groups = new Groups(40);
  joinNearDuplicates(groups, thumbnails);
  // Equal pixels and all but equal values.
  expect(groups.lists().map((list) => list.slice(0, 2))).toEqual(
    Array.from({ length: 16 }, (_, i) => [i, i + 16]),
  );
});

const photos = join(import.meta.dirname, "../../../shared/data/hymenoptera");
test.skipIf(!existsSync(photos))(
  "altered copies of photographs are found, and nothing else (skipped without ../shared/data)",
  async () => {
    const files = readdirSync(photos, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    const originals = files.map((file) => readFileSync(file));
    const altered = await Promise.all(
      originals.slice(0, 40).map(async (bytes, i) => {
        const { width = 0 } = await sharp(bytes).metadata();
        const picture = sharp(bytes).rotate();
        if (i % 4 === 0) return picture.jpeg({ quality: 30 }).toBuffer();
        if (i % 4 === 1)
          return picture
            .resize(Math.round(width / 2))
            .png()
            .toBuffer();
        if (i % 4 === 2) return picture.linear(1.05, 3).webp().toBuffer();
        // By light as libvips makes it, and by luma as Pillow does.
        if (i % 8 === 3) return picture.greyscale().png().toBuffer();
        return encodeImage(toChannels(await decodeImage(bytes), 1));
      }),
    );
    const thumbnails = await Promise.all(
      [...originals, ...altered].map((bytes, i) => readThumbnail(bytes, String(i))),
    );
    const groups = new Groups(thumbnails.length);
    joinNearDuplicates(groups, thumbnails);
    expect(groups.lists()).toEqual(altered.map((_, i) => [i, originals.length + i]));
  },
);
