/** Folders of pictures and masks: what is recognised and refused, which classes there are, and that masks move with their pictures. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shape, writeShapes } from "../../test/shapes.ts";
import { parseTransforms } from "../augment/settings.ts";
import { encodeImage } from "../image/encode-node.ts";
import type { Image } from "../image/image.ts";
import { encodeMask } from "../image/mask-node.ts";
import { openBatches } from "./batches.ts";
import { isSegmented, subset } from "./dataset.ts";
import { openSegmentation } from "./open-masks-node.ts";
import { openData } from "./open-node.ts";
import { maskAt } from "./picture-at.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "convkit-test-masks-"));
});
afterAll(() => rm(root, { recursive: true }));

const grey = (numbers: readonly number[], width = 4): Image => ({
  ...{ width, height: numbers.length / width, channels: 1, data: Uint8Array.from(numbers) },
});

const numbers = (...of: number[]): Uint8Array =>
  encodeMask(grey(Array.from({ length: 16 }, (_, i) => of[i % of.length])));

/** A folder of these files. */
async function folder(name: string, files: Record<string, Uint8Array | string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), content);
  }
  return join(root, name);
}

let nextPicture = 0;
/** Another one each time: copies would be told. */
const picture = (size = 4): Promise<Uint8Array> =>
  encodeImage(shape(nextPicture++, size).image, "png");

const pairs = async (prefix: string, masks: readonly Uint8Array[]) =>
  Object.fromEntries(
    (
      await Promise.all(
        masks.map(async (mask, i) => [
          [`${prefix}images/${i}.png`, await picture()],
          [`${prefix}masks/${i}.png`, mask],
        ]),
      )
    ).flat(),
  );

describe("layouts", () => {
  test("images/ and masks/ are split, train/ val/ test/ above or below them are taken", async () => {
    const three = [numbers(0, 1), numbers(0, 2, 2), numbers(0, 0, 0, 1)];
    const plain = await openData(await folder("plain", await pairs("", [...three, ...three])));
    expect([plain.train.length, plain.test.length, plain.validation]).toEqual([5, 1, undefined]);
    const above = await folder("above", {
      ...(await pairs("train/", three)),
      ...(await pairs("val/", [numbers(1)])),
      ...(await pairs("test/", [numbers(2), numbers(0)])),
    });
    const parts = await openSegmentation(above, { size: [8, 8] });
    expect([parts.train, parts.validation, parts.test].map((part) => part?.length)).toEqual([
      3, 1, 2,
    ]);
    expect(parts.train.shape).toEqual([3, 8, 8]);
    expect(parts.train.fit).toBe("stretch");
    // The largest class but for class 0.
    expect([...parts.train.labels]).toEqual([1, 2, 1]);
    const below = await folder("below", {
      "images/train/a/0.png": await picture(),
      "masks/train/a/0.png": numbers(0, 1),
      "images/val/0.jpg": await encodeImage(shape(99, 4).image, "jpeg"),
      "masks/val/0.png": numbers(1, 0),
      "README.txt": "shapes",
    });
    const other = await openData(below);
    expect([other.train.length, other.test.length]).toEqual([1, 1]);
    expect(other.notes?.join()).toContain("left out 1 file that is no picture by name: README.txt");
  });

  test.each([
    [
      "a picture without a mask",
      { "images/1.png": numbers(0) },
      /a picture has no mask: images\/1\.png — give each/,
    ],
    [
      "a mask without a picture",
      { "masks/1.png": numbers(0) },
      /a mask has no picture: masks\/1\.png/,
    ],
    [
      "two pictures of one name",
      { "images/0.jpg": numbers(0) },
      /images\/0\.jpg and images\/0\.png have one name/,
    ],
    [
      "a list of one class",
      { "classes.txt": "road\n" },
      /classes\.txt: names 1 classes — name 2 to 255/,
    ],
    ["a class named twice", { "classes.txt": "a\nb\na\n" }, /classes\.txt: names a twice/],
    [
      "more numbers than names",
      { "classes.txt": "a\nb\n" },
      /masks\/0\.png: has pixels of 2, classes\.txt names 2 classes, 0 … 1 \(255 is ignored\)/,
    ],
    [
      "another size",
      { "masks/0.png": encodeMask(grey(new Array(32).fill(1), 8)) },
      /masks\/0\.png is 4×8, its picture .*images\/0\.png 4×4 \(rows × columns\)/,
    ],
    [
      "a mask that is a JPEG",
      { "masks/0.png": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) },
      /masks\/0\.png: is no PNG/,
    ],
    [
      "numbers that are no classes",
      { "masks/0.png": numbers(0, 50, 100) },
      /masks hold the numbers 0, 50, 100, which leave most of 0 … 100 out/,
    ],
    ["one class only", { "masks/0.png": numbers(0) }, /all pixels of all masks are of one class/],
  ])("%s is told", async (name, files, message) => {
    const path = await folder(name.replaceAll(" ", "-"), {
      "images/0.png": await picture(),
      "masks/0.png": numbers(0, 1, 2),
      ...files,
    });
    await expect(openData(path)).rejects.toThrow(message);
  });

  test("a folder without masks is not for openSegmentation; broken masks are left out where asked", async () => {
    const classes = await folder("classes", {
      "a/0.png": await picture(),
      "b/1.png": await picture(),
    });
    await expect(openSegmentation(classes)).rejects.toThrow(
      /classes: holds no images\/ and masks\/ —/,
    );
    const files = await pairs("", [numbers(0, 1), numbers(1), numbers(0, 1), numbers(1, 0)]);
    const broken = { ...files, "masks/2.png": Buffer.from("no mask") };
    const path = await folder("broken", broken);
    await expect(openData(path)).rejects.toThrow(
      /masks\/2\.png: is no PNG file — save .*--skip-broken/,
    );
    const { train, test, notes } = await openData(path, {
      skipBroken: true,
      fractions: { test: 0.34 },
    });
    expect(train.length + test.length).toBe(3);
    expect(notes?.join()).toMatch(/left out 1 of 4 pictures for their masks: .*masks\/2\.png/);
  });
});

describe("classes", () => {
  const open = async (name: string, masks: readonly Uint8Array[], names?: string) => {
    const files = { ...(await pairs("", masks)), ...(names && { "classes.txt": names }) };
    const { train, test, notes } = await openSegmentation(await folder(name, files), {
      size: [4, 4],
    });
    const all = await Promise.all(
      [train, test].flatMap((part) =>
        Array.from({ length: part.length }, (_, i) => maskAt(part, i)),
      ),
    );
    const found = [...new Set(all.flatMap(({ data }) => [...data]))].sort((a, b) => a - b);
    return { classes: train.classes, found, notes: notes?.join() };
  };

  test("are the numbers that occur, of which 255 counts for nothing", async () => {
    const { classes, found, notes } = await open("numbers", [
      numbers(0, 1, 255),
      numbers(0, 3),
      numbers(0, 1),
    ]);
    expect(classes).toEqual(["class 0", "class 1", "class 2", "class 3"]);
    expect(found).toEqual([0, 1, 3, 255]);
    expect(notes).toContain(
      "masks hold 4 classes, 0 … 3, which classes.txt would name; pixels of 255 are ignored",
    );
  });

  test("are two where masks are black and white", async () => {
    const { classes, found, notes } = await open("white", [
      numbers(0, 255),
      numbers(0),
      numbers(255),
    ]);
    expect(classes).toEqual(["background", "foreground"]);
    expect(found).toEqual([0, 1]);
    expect(notes).toContain("black and white: 0 is background, 255 foreground");
  });

  test("are those of classes.txt, which names black and white, too", async () => {
    const three = await open(
      "named",
      [numbers(0, 1), numbers(0, 255), numbers(1)],
      "sky\r\nroad\ncar\n\n",
    );
    expect(three.classes).toEqual(["sky", "road", "car"]);
    expect(three.found).toEqual([0, 1, 255]);
    const two = await open("named-two", [numbers(0, 255), numbers(0), numbers(255)], "no\nyes\n");
    expect([two.classes, two.found]).toEqual([
      ["no", "yes"],
      [0, 1],
    ]);
  });
});

describe("batches", () => {
  // Discs are red, squares green, and everything else is dark: a picture tells its mask.
  const dark = 150;
  const preprocessing = {
    channels: 3,
    height: 24,
    width: 32,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    scale: 1,
    fit: "stretch",
  } as const;
  const sizes = [
    [48, 64],
    [64, 40],
    [33, 47],
  ] as const;

  async function batchesOf(augmentation: string, workers: number, size?: [number, number]) {
    const path = join(root, "shapes");
    await writeShapes(path, 12, sizes);
    const { train } = await openSegmentation(path, { size: [24, 32] });
    const source = await openBatches(train, {
      ...{ batch: 5, seed: 1, preprocessing, workers, size },
      augmentation: parseTransforms(augmentation),
    });
    const batches = [];
    for (const epoch of [0, 1]) {
      for await (const { n, images, labels } of source.batches(epoch)) {
        batches.push({ n, images: images.slice(), labels: labels.slice() });
      }
    }
    source.dispose();
    return batches;
  }

  test.each([
    ["none", 0.98],
    ["randomHorizontalFlip+randomVerticalFlip", 0.98],
    ["randomResizedCrop:scale=0.3,1", 0.95],
    ["randomCrop:size=20,28", 0.95],
    ["randomAffine:degrees=40,translate=0.1,0.1,scale=0.8,1.2,interpolation=nearest", 0.98],
    ["elasticTransform:alpha=30,sigma=4", 0.9],
    ["randomPerspective:distortionScale=0.4,p=1", 0.94],
  ])("masks lie where their pictures do: %s", async (augmentation, share) => {
    let [agree, all, shapes] = [0, 0, 0];
    for (const { n, images, labels } of await batchesOf(augmentation, 0)) {
      for (let i = 0; i < n * 768; i++) {
        const at = Math.floor(i / 768) * 3 * 768 + (i % 768);
        const [red, green] = [images[at], images[at + 768]];
        const seen = Math.max(red, green) < dark ? 0 : red > green ? 1 : 2;
        all++;
        if (labels[i] > 0) shapes++;
        if (seen === labels[i]) agree++;
      }
    }
    expect(shapes / all).toBeGreaterThan(0.08);
    expect(agree / all).toBeGreaterThan(share);
  });

  test("are the same bits with workers and without, of another size too", async () => {
    const augmentation = "randomResizedCrop:scale=0.3,1+randomHorizontalFlip";
    const own = await batchesOf(augmentation, 0);
    expect(await batchesOf(augmentation, 2)).toEqual(own);
    expect(own[0].labels.length).toBe(5 * 24 * 32);
    const [{ labels, images }] = await batchesOf(augmentation, 0, [12, 16]);
    expect([labels.length, images.length]).toEqual([5 * 12 * 16, 5 * 3 * 12 * 16]);
  });

  test("parts take masks along", async () => {
    const path = join(root, "shapes");
    const { train } = await openSegmentation(path, { size: [24, 32] });
    expect(isSegmented(train)).toBe(true);
    const part = subset(train, [2, 0]);
    expect((await maskAt(part, 0)).data).toEqual((await maskAt(train, 2)).data);
    expect(part.masks.map(({ name }) => name)).toEqual([train.masks[2].name, train.masks[0].name]);
  });
});
