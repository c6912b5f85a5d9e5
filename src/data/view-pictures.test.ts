/** What is shown of a training is what its batches hold, made on another way. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { parseTransforms } from "../augment/settings.ts";
import type { Image } from "../image/image.ts";
import { openBatches } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { glyphs } from "./glyphs.ts";
import { preprocessingWith } from "./normalization.ts";
import { openData } from "./open-node.ts";
import { viewPictures } from "./view-pictures.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-seen-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function photos(): Promise<Dataset> {
  for (const [n, name] of ["train/a", "train/b", "test/a", "test/b"].entries()) {
    mkdirSync(join(root, name), { recursive: true });
    for (let i = 0; i < 3; i++) {
      const [width, height] = [40 + 7 * i, 30 + 5 * i];
      const data = Uint8Array.from(
        { length: width * height * 3 },
        (_, p) => (p * p * (i + 3 + 5 * n)) >> 4,
      );
      const picture = sharp(data, { raw: { width, height, channels: 3 } });
      writeFileSync(join(root, name, `${i}.png`), await picture.png().toBuffer());
    }
  }
  return (await openData(root, { size: [24, 20] })).train;
}

const planesOf = ({ channels, data }: Image): number[] =>
  Array.from({ length: data.length }, (_, i) => {
    const pixels = data.length / channels;
    return data[(i % pixels) * channels + Math.floor(i / pixels)];
  });

test.each([
  [
    "photos",
    "randomResizedCrop:scale=0.3,1+randomHorizontalFlip+colorJitter:brightness=0.4",
    photos,
  ],
  [
    "glyphs",
    "randomCrop:padding=3+randomHorizontalFlip",
    () => glyphs({ train: 12, test: 10 }).train,
  ],
  ["glyphs", "randomRotation:degrees=20", () => glyphs({ train: 12, test: 10 }).train],
])("%s with %s", async (_, words, open) => {
  const dataset = await open();
  const augmentation = parseTransforms(words);
  const chosen = [1, 4, 5];
  const rows = await viewPictures(dataset, chosen, { augmentation, seed: 7, epochs: 3 });
  const [channels] = dataset.shape;
  const normal = { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  const preprocessing = { ...preprocessingWith(dataset, normal), scale: 1 };
  const how = { batch: dataset.length, seed: 7, shuffle: false, preprocessing };
  const plain = await openBatches(dataset, how);
  const source = await openBatches(dataset, { ...how, augmentation });
  const batches = [await plain.batch(0, 0)];
  for (let epoch = 0; epoch < 3; epoch++) batches.push(await source.batch(epoch, 0));
  const size = dataset.shape.reduce((a, b) => a * b);
  for (const [row, picture] of chosen.entries()) {
    for (const [column, { images }] of batches.entries()) {
      const wanted = images.subarray(picture * size, (picture + 1) * size);
      expect(planesOf(rows[row][column])).toEqual(Array.from(wanted, Math.round));
    }
    expect(rows[row][1].data).not.toEqual(rows[row][2].data);
  }
  plain.dispose();
  source.dispose();
});
