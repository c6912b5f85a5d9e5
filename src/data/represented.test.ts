import { expect, test } from "vitest";
import type { TransformSettings } from "../augment/settings.ts";
import { preprocess } from "../image/preprocess.ts";
import type { RepresentationName } from "../image/representation/names.ts";
import { openBatches } from "./batches.ts";
import { subset } from "./dataset.ts";
import { glyphs } from "./glyphs.ts";
import { interleaved } from "./picture-at.ts";
import { preprocessingOf } from "./preprocessing-of.ts";
import { represented } from "./represented.ts";

const { train: grey } = glyphs({ train: 40, test: 1, seed: 3 });
const colour = {
  ...{ ...grey, shape: [3, 8, 8] as const, length: 30, labels: grey.labels.slice(0, 30) },
  images: Uint8Array.from({ length: 30 * 3 * 64 }, (_, i) => (i * 7919) % 251),
};

test.each([
  ["grey", grey, ["rgb", "fourierMagnitude"], 4],
  ["colour", colour, ["hsv", "intensity"], 4],
  ["colour", colour, ["fourierPhase"], 1],
] as const)(
  "batches of %s pictures show what a prediction is shown: %#",
  async (_, from, names, channels) => {
    const given: readonly RepresentationName[] = names;
    const data = represented(from, given);
    expect(data.shape).toEqual([channels, ...from.shape.slice(1)]);
    const preprocessing = await preprocessingOf(data);
    expect(preprocessing).toMatchObject({ channels, representation: names });
    expect(preprocessing.mean).toHaveLength(channels);
    const source = await openBatches(data, { batch: 8, shuffle: false, preprocessing });
    const { images, n } = await source.batch(0, 1);
    const size = images.length / 8;
    expect(n).toBe(8);
    for (let i = 0; i < n; i++) {
      const expected = preprocess(interleaved(from, 8 + i), preprocessing);
      expect(images.slice(i * size, (i + 1) * size)).toEqual(expected);
    }
    // Whatever the pictures show, channels come to mean 0 and deviation 1, but for what a byte rounds.
    const all = await openBatches(data, { batch: data.length, shuffle: false, preprocessing });
    const values = [...(await all.batch(0, 0)).images];
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length);
    expect(mean).toBeCloseTo(0, 1);
    expect(deviation).toBeCloseTo(1, 1);
  },
);

test("some of them are still shown so, flipped before they are represented", async () => {
  const data = subset(represented(colour, ["fourierPhase"]), [4, 2]);
  const preprocessing = await preprocessingOf(data);
  const flip = [{ name: "randomHorizontalFlip", p: 1 }] as const satisfies TransformSettings[];
  const options = { batch: 2, shuffle: false, preprocessing };
  const flipped = await openBatches(data, { ...options, augmentation: flip });
  const [[a], [b]] = [4, 2].map((i) => {
    const image = interleaved(colour, i);
    const { width, height } = image;
    const turned = image.data.slice();
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++)
          turned[(y * width + x) * 3 + c] = image.data[(y * width + width - 1 - x) * 3 + c];
    return [preprocess({ ...image, data: turned }, preprocessing)];
  });
  const { images } = await flipped.batch(0, 0);
  expect([...images]).toEqual([...a, ...b]);
});
