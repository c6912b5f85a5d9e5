import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { preprocess } from "../image/preprocess.ts";
import { countClasses } from "./dataset.ts";
import { findDuplicates } from "./find-duplicates-node.ts";
import { openFolder } from "./folder-node.ts";
import { openData } from "./open-node.ts";
import { pictureAt } from "./picture-at.ts";
import { preprocessingOf } from "./preprocessing-of.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(join(root, name), { recursive: true });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(root, name, path, ".."), { recursive: true });
    writeFileSync(join(root, name, path), bytes);
  }
  return join(root, name);
}

/** A picture of its own for each number, grey or in colours. */
const picture = (n: number, channels: 1 | 3 = 1) =>
  sharp(
    Uint8Array.from({ length: 24 * 20 * channels }, (_, i) => (i * i * (n + 3) * 7919) % 251),
    {
      raw: { width: 24, height: 20, channels },
    },
  )
    .png()
    .toBuffer();
const pictures = await Promise.all(Array.from({ length: 24 }, (_, n) => picture(n)));
const colour = await picture(99, 3);
const names = (dataset: { files?: readonly { name: string }[] }, path: string) =>
  dataset.files?.map(({ name }) => name.slice(path.length + 1));

test("parts by name, classes by sub-folder, pictures at any depth, in any case, litter left aside", async () => {
  const path = folder("parts", {
    "train/cat/1.PNG": colour,
    "train/cat/2020/may/2.png": pictures[1],
    "train/dog/3.png": pictures[2],
    "train/dog/.hidden.png": "no picture",
    "train/dog/Thumbs.db": "x",
    "train/dog/__MACOSX/._3.png": "x",
    "train/dog/notes.txt": "no picture",
    "val/cat/1.png": pictures[3],
    "val/dog/1.png": pictures[4],
    "README.md": "about",
  });
  const { train, test, validation, notes } = await openFolder(`${path}/`, { size: [4, 6] });
  expect(names(train, path)).toEqual([
    "train/cat/1.PNG",
    "train/cat/2020/may/2.png",
    "train/dog/3.png",
  ]);
  expect([train.classes, [...train.labels], train.shape]).toEqual([
    ["cat", "dog"],
    [0, 0, 1],
    [3, 4, 6],
  ]);
  expect([test.length, validation, train.groups]).toEqual([2, undefined, undefined]);
  expect(notes).toEqual([
    "left out 2 files that are no pictures by name: README.md, train/dog/notes.txt",
  ]);
  expect((await openFolder(path, { channels: 1 })).train.shape).toEqual([1, 64, 64]);
});

test("a class may be called train", async () => {
  const path = folder("vehicles", {
    ...{ "train/1.png": pictures[0], "train/2.png": pictures[1] },
    ...{ "bus/1.png": pictures[2], "bus/2.png": pictures[3] },
    ...{ "bus/3.png": pictures[4], "train/3.png": pictures[5] },
  });
  const { train, test } = await openFolder(path, { fractions: { test: 0.34 } });
  expect([train.classes, countClasses(train), countClasses(test)]).toEqual([
    ["bus", "train"],
    [2, 2],
    [1, 1],
  ]);
  expect(train.shape).toEqual([1, 64, 64]);
});

test("without parts a fifth is held back, or the shares asked for", async () => {
  const files = pictures
    .slice(0, 20)
    .map((bytes, i) => [`${"ab"[i % 2]}/${i}.png`, bytes] as const);
  const path = folder("split", Object.fromEntries(files));
  const steps: string[] = [];
  const { train, test } = await openFolder(path, {
    seed: 3,
    onProgress: (done, total) => steps.push(`${done}/${total}`),
  });
  expect([countClasses(train), countClasses(test)]).toEqual([
    [8, 8],
    [2, 2],
  ]);
  expect([steps.length, steps.at(-1)]).toEqual([20, "20/20"]);
  const again = await openFolder(path, { seed: 3 });
  expect(names(again.test, path)).toEqual(names(test, path));
  expect(names((await openFolder(path, { seed: 4 })).test, path)).not.toEqual(names(test, path));
  const three = await openFolder(path, { fractions: { validation: 0.2, test: 0.3 } });
  expect([three.train.length, three.validation?.length, three.test.length]).toEqual([10, 4, 6]);
});

test("pictures are prepared as a prediction prepares them", async () => {
  const path = folder("cropped", {
    ...{ "train/a/1.png": colour, "train/b/1.png": pictures[0] },
    ...{ "test/a/1.png": pictures[1], "test/b/1.png": pictures[2] },
  });
  for (const cropPct of [undefined, 0.5]) {
    const { train } = await openFolder(path, { size: [16, 16], cropPct });
    expect([train.fit, train.cropPct]).toEqual(["cover", cropPct]);
    const how = await preprocessingOf(train);
    const batches = await train.reader.openBatches(train, {
      ...{ batch: 2, shuffle: false, preprocessing: how },
    });
    const { images } = await batches.batch(0, 0);
    batches.dispose();
    expect(images.subarray(0, 768)).toEqual(preprocess(await pictureAt(train, 0), how));
  }
});

test("test and val beside train bring their own validation; what is on both sides is told", async () => {
  const path = folder("three", {
    ...{ "train/a/1.png": pictures[0], "train/b/1.png": pictures[1] },
    ...{ "val/a/1.png": pictures[2], "val/b/1.png": pictures[3] },
    ...{ "test/a/9.png": pictures[0], "test/b/1.png": pictures[5] },
  });
  const { test, validation, notes } = await openFolder(path);
  expect([test.length, validation?.length]).toEqual([2, 2]);
  expect(notes).toEqual([
    `1 photo is both trained on and tested with, so that results flatter: ${path}/train/a/1.png = ${path}/test/a/9.png`,
  ]);
});

test("copies stay on one side of a split", async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [i, bytes] of pictures.slice(0, 20).entries()) {
    files[`${"ab"[i % 2]}/${i}.png`] = bytes;
    if (i < 10)
      files[`${"ab"[i % 2]}/copy${i}.jpg`] = await sharp(bytes).jpeg({ quality: 95 }).toBuffer();
  }
  files["a/exact.png"] = pictures[0];
  const path = folder("copies", files);
  const { train, test, notes } = await openFolder(path);
  const sides = [train, test].map((part) => new Set(part.groups));
  expect([...sides[0]].filter((group) => sides[1].has(group))).toEqual([]);
  expect(train.length + test.length).toBe(31);
  expect(notes).toEqual([
    "21 pictures in 10 groups are copies or near-duplicates; a split keeps each group on one side",
  ]);
  const { exact, near } = await findDuplicates(train);
  expect([exact.length <= 1, near.length > 0]).toEqual([true, true]);
});

const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 60);

test("broken files are all counted and told, and left out only when that is asked for", async () => {
  const broken = {
    "a/1.png": pictures[0],
    "a/2.png": pictures[1],
    "b/1.png": cut(pictures[2]),
    "b/2.png": "dear diary",
    "b/3.png": "",
    "b/4.png": pictures[3],
    "b/5.png": pictures[4],
  };
  const path = folder("broken", broken);
  await expect(openFolder(path)).rejects.toThrow(
    /broken: 3 of 7 files are broken: .*b\/1\.png: truncated or damaged image \(.*\); .*b\/2\.png, .*b\/3\.png — .*remove them, or leave them out \(--skip-broken, skipBroken: true\)$/,
  );
  const { train, test, notes } = await openFolder(path, {
    skipBroken: true,
    fractions: { test: 0.5 },
  });
  expect(train.length + test.length).toBe(4);
  expect(notes).toEqual([
    `left out 3 broken of 7 files: ${[1, 2, 3].map((n) => `${path}/b/${n}.png`).join(", ")}`,
  ]);
  const one = folder("one-broken", { ...broken, "b/2.png": pictures[5], "b/3.png": pictures[6] });
  await expect(openFolder(one)).rejects.toThrow(
    /^\[image\] [^ ]*b\/1\.png: truncated or damaged image \(.*\) — copy it again or remove it, or leave it out \(--skip-broken/,
  );
  // Whole parts are only looked at from the front, until their pictures are used.
  const parts = folder("late", {
    ...{ "train/a/1.png": pictures[0], "train/b/1.png": cut(pictures[1]) },
    ...{ "val/a/1.png": pictures[2], "val/b/1.png": pictures[3] },
    ...{ "test/a/1.png": pictures[4], "test/b/1.png": pictures[5] },
  });
  const late = await openFolder(parts, { channels: 1 });
  await expect(pictureAt(late.train, 1)).rejects.toThrow(/b\/1\.png: truncated or damaged/);
  await expect(openFolder(parts, { skipBroken: true })).rejects.toThrow(
    /no picture to train on of b — add some/,
  );
});

test("a picture of 30,000 × 30,000 pixels is refused by its header", async () => {
  const bomb = Buffer.from(pictures[0]);
  bomb.writeUInt32BE(30_000, 16);
  bomb.writeUInt32BE(30_000, 20);
  const { crc32 } = await import("node:zlib");
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  const path = folder("bomb", { "a/1.png": bomb, "b/1.png": pictures[1] });
  await expect(openFolder(path)).rejects.toThrow(
    /a\/1\.png: its header claims more than \d+ pixels/,
  );
});

test("two classes with the same photos are refused, a few such photos told", async () => {
  const same = folder("same", {
    ...{ "cats/1.png": pictures[0], "cats/2.png": pictures[1], "cats/3.png": pictures[3] },
    ...{ "kitten/1.png": pictures[1], "kitten/2.png": pictures[0] },
  });
  await expect(openFolder(same)).rejects.toThrow(
    /same: classes cats and kitten hold the same photos, 2 of 2 \(.*cats\/1\.png = .*kitten\/2\.png, .*\) — a picture has one class; remove/,
  );
  const files = pictures
    .slice(0, 12)
    .map((bytes, i) => [`${"ab"[i % 2]}/${i}.png`, bytes] as const);
  const few = folder("few", { ...Object.fromEntries(files), "b/again.png": pictures[0] });
  expect((await openFolder(few)).notes?.[0]).toBe(
    "2 pictures in 1 group are copies or near-duplicates; a split keeps each group on one side",
  );
  expect((await openFolder(few)).notes?.[1]).toBe(
    `1 photo stands in two classes, one of which is wrong: ${few}/a/0.png = ${few}/b/again.png`,
  );
});

test("empty folders, folders without classes and empty classes are refused in one line", async () => {
  const [one, two] = pictures;
  mkdirSync(join(root, "half/dogs"), { recursive: true });
  const cases: [string, RegExp][] = [
    [folder("empty", {}), /empty: the folder is empty — make one sub-folder per class/],
    [folder("loose", { "1.png": one }), /loose: 1 images and no sub-folder, .* labels\.csv$/],
    [folder("lone", { "a/1.png": one }), /lone: one class only, a — a classifier needs two/],
    [folder("half", { "cats/1.png": one }), /half\/dogs: no image in it — add JPEG/],
    [
      folder("hollow", { "a/1.png": one, "b/x.txt": "", "b/y.heic": "" }),
      /hollow\/b: no image in it, 2 other files \(x\.txt, y\.heic\) — add JPEG/,
    ],
    [
      folder("other", {
        ...{ "train/a/1.png": one, "train/b/1.png": two },
        ...{ "val/a/1.png": one, "val/c/1.png": two },
      }),
      /other\/val: its classes are a, c, to train on there are a, b — give every part the same/,
    ],
    [
      folder("twice", {
        ...{ "train/a/1.png": one, "train/b/1.png": two },
        ...{ "val/a/1.png": one, "valid/a/1.png": two },
      }),
      /twice: both val and valid are there — keep one of them/,
    ],
    [join(root, "nowhere"), /nowhere: no such file or folder/],
  ];
  for (const [path, message] of cases) {
    await expect(openData(path)).rejects.toThrow(message);
    await expect(openData(path)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
  }
});

test("links are followed inside the folder only, and never for ever", async () => {
  const path = folder("links", {
    ...{ "a/1.png": pictures[0], "a/2.png": pictures[1] },
    ...{ "b/1.png": pictures[2], "b/2.png": pictures[3] },
    ...{ "store/7.png": pictures[7], "store/8.png": pictures[8], "store/9.png": pictures[4] },
  });
  symlinkSync(join(path, "store/9.png"), join(path, "a/inside.png"));
  symlinkSync("..", join(path, "a/loop"));
  symlinkSync("a", join(path, "c"));
  await expect(openFolder(path)).rejects.toThrow(/classes a and c hold the same photos/);
  rmSync(join(path, "c"));
  const { train, test } = await openFolder(path);
  expect(train.length + test.length).toBe(8);
  const away = folder("away", { "secret.png": pictures[5], "deep/1.png": pictures[6] });
  symlinkSync(join(away, "secret.png"), join(path, "a/secret.png"));
  symlinkSync(join(away, "deep"), join(path, "d"));
  await expect(openFolder(path)).rejects.toThrow(
    /links: 2 links lead out of the folder: a\/secret\.png \(to .*secret\.png\), d \(to .*deep\) — nothing outside it is read/,
  );
  rmSync(join(path, "a/secret.png"));
  rmSync(join(path, "d"));
  symlinkSync(join(path, "gone.png"), join(path, "b/gone.png"));
  await expect(openFolder(path)).rejects.toThrow(/b\/gone\.png: no such file/);
  // The folder itself may be one.
  symlinkSync(path, join(root, "by-link"));
  rmSync(join(path, "b/gone.png"));
  expect((await openFolder(join(root, "by-link"))).train.classes).toEqual(["a", "b", "store"]);
});

const photos = join(import.meta.dirname, "../../../shared/data/hymenoptera");
const real = test.skipIf(!existsSync(photos));

real("reads a folder of photographs (skipped without ../shared/data)", async () => {
  const { train, test, notes } = await openData(photos, { size: [32, 32] });
  expect([train.classes, countClasses(train), countClasses(test)]).toEqual([
    ["ants", "bees"],
    [50, 50],
    [20, 20],
  ]);
  expect([train.shape, train.groups, notes]).toEqual([[3, 32, 32], undefined, []]);
});

real(
  "keeps altered copies of photographs on one side (skipped without ../shared/data)",
  async () => {
    const path = join(root, "ants-and-bees");
    for (const name of ["ants", "bees"]) {
      mkdirSync(join(path, name), { recursive: true });
      for (const [i, file] of readdirSync(join(photos, "val", name)).entries()) {
        const from = join(photos, "val", name, file);
        copyFileSync(from, join(path, name, `${i}.jpg`));
        const copy = sharp(from).rotate().resize(120).linear(1.03, 2);
        await copy.jpeg({ quality: 70 }).toFile(join(path, name, `${i}-copy.jpg`));
      }
    }
    const { train, test } = await openFolder(path, { seed: 1 });
    const kept = new Set(train.groups);
    expect(countClasses(test)).toEqual([8, 8]);
    expect([...(test.groups ?? [])].filter((group) => kept.has(group))).toEqual([]);
    expect(new Set([...(train.groups ?? []), ...(test.groups ?? [])]).size).toBe(40);
  },
);
