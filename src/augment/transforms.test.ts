/** What holds for every transform there is. */
import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { makeTransform, parseTransforms } from "./settings.ts";
import { transformSpecs } from "./specs.ts";
import { kinds, type TransformName, transformNames } from "./table.ts";
import { type Sample, sceneOf, type TransformKind } from "./transform.ts";

/** Those that cannot be made without options. */
// biome-ignore format: one transform a line
const required: Partial<Record<TransformName, string>> = {
  adjustBrightness: ":brightnessFactor=0.5,1.5",
  adjustContrast: ":contrastFactor=0.5,1.5",
  adjustGamma: ":gamma=0.5,1.5",
  adjustHue: ":hueFactor=-0.2,0.2",
  adjustSaturation: ":saturationFactor=0.5,1.5",
  adjustSharpness: ":sharpnessFactor=0.5,1.5",
  centerCrop: ":size=7",
  colorJitter: ":brightness=0.4,hue=0.1",
  compose: "(pad:padding=1+randomGrayscale:p=1)",
  cutout: ":length=4",
  gaussianBlur: ":kernelSize=3",
  imageCompression: ":qualityRange=10,40",
  pad: ":padding=2",
  randomAdjustSharpness: ":sharpnessFactor=2",
  randomAffine: ":degrees=30",
  randomApply: "(randomCrop:size=5+randomInvert)",
  randomChoice: "(pad:padding=1+randomInvert)",
  randomCrop: ":size=7",
  randomOrder: "(randomInvert+colorJitter:brightness=0.5)",
  randomPosterize: ":bits=3",
  randomResize: ":minSize=5,maxSize=9",
  randomResizedCrop: ":size=7",
  randomRotation: ":degrees=30",
  randomShortestSize: ":minSize=5",
  randomSolarize: ":threshold=100",
  resize: ":size=9",
  scaleJitter: ":targetSize=12",
};

const pixels = (height: number, width: number, channels: 1 | 3, of: number): Image => ({
  ...{ height, width, channels },
  data: Uint8Array.from({ length: height * width * channels }, (_, i) => (i * i * 31 + i * 7) % of),
});

const scenes: Sample[] = ([1, 3] as const).map((channels) => ({
  image: pixels(31, 23, channels, 256),
  mask: pixels(31, 23, 1, 4),
  boxes: [{ x1: 2, y1: 3, x2: 9, y2: 10, label: 1 }],
  keypoints: [{ x: 4.5, y: 6 }],
}));

test.each(transformNames)("%s is a pure function of plain data", async (name) => {
  const transform = await makeTransform(parseTransforms(name + (required[name] ?? "")));
  expect(transform.name).toBe(name);
  for (const sample of scenes) {
    const before = structuredClone(sample);
    let changes = 0;
    for (let seed = 0; seed < 12; seed++) {
      const { key } = new Random(seed);
      const parameters = transform.draw(key, sceneOf(sample));
      expect(transform.draw(key, sceneOf(sample))).toEqual(parameters);
      // As workers are sent them, and files keep them.
      const copy = JSON.parse(JSON.stringify(parameters ?? null));
      const made = transform.apply(sample, parameters);
      expect(transform.apply(sample, copy)).toEqual(made);
      const { image, mask } = made;
      expect(image.data.length).toBe(image.height * image.width * image.channels);
      expect(mask).toMatchObject({ height: image.height, width: image.width, channels: 1 });
      expect(mask?.data.length).toBe(image.height * image.width);
      if (image.data.join() !== sample.image.data.join()) changes++;
    }
    expect(sample).toEqual(before);
    if (sample.image.channels === 3) expect(changes).toBeGreaterThan(0);
  }
});

test("every transform has an entry that names all of its options", async () => {
  expect(transformSpecs.map(({ name }) => name).toSorted()).toEqual(transformNames.toSorted());
  for (const { name, options } of transformSpecs) {
    const { settings } = (await kinds[name as TransformName]()) as TransformKind<never>;
    const described = options.split(";").flatMap((option) => option.trim().split(" ")[0] || []);
    expect(described.toSorted(), name).toEqual(settings.split(" ").filter(Boolean).toSorted());
  }
});
