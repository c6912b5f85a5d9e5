import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { encodeCifar } from "../formats/cifar.ts";
import { gzip } from "../formats/gzip.ts";
import { encodeIdx } from "../formats/idx.ts";
import { preprocess } from "../image/preprocess.ts";
import { countClasses, imageAt, measureNormalization } from "./dataset.ts";
import { openFolder } from "./folder-node.ts";
import { openData } from "./open-node.ts";
import { parseSource } from "./source.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-data-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with these files, given by path and contents. */
function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(join(root, name), { recursive: true });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(root, name, path, ".."), { recursive: true });
    writeFileSync(join(root, name, path), bytes);
  }
  return join(root, name);
}

const bytes = (n: number, modulus = 256) => Uint8Array.from({ length: n }, (_, i) => i % modulus);
const images = (n: number, h = 5, w = 4) => encodeIdx([n, h, w], bytes(n * h * w));
const labels = (n: number, classes = 10) => encodeIdx([n], bytes(n, classes));
const mnist = {
  "train-images-idx3-ubyte": images(20),
  "train-labels-idx1-ubyte": labels(20),
  "t10k-images-idx3-ubyte": images(10),
  "t10k-labels-idx1-ubyte": labels(10),
};

test("what can stand for a data set", () => {
  expect(parseSource("mnist:a:b")).toEqual({ kind: "mnist", path: "a:b" });
  expect(parseSource("C:\\photos")).toEqual({ kind: "folder", path: "C:\\photos" });
  expect(parseSource("photos/")).toEqual({ kind: "folder", path: "photos/" });
  expect(parseSource("glyphs")).toEqual({ kind: "glyphs", options: {} });
  expect(parseSource("glyphs:train=50,seed=0")).toMatchObject({ options: { train: 50, seed: 0 } });
  expect(() => parseSource("mnits:d")).toThrow(/"mnits" is no data set — write glyphs, mnist:DIR/);
  expect(() => parseSource("mnist:")).toThrow("[data] mnist: names no folder — write mnist:DIR");
  expect(() => parseSource("")).toThrow(/no data set named/);
  for (const option of ["train=0", "trian=5", "seed=x", "test", "train="]) {
    expect(() => parseSource(`glyphs:${option}`)).toThrow(/is no option of glyphs — write glyphs:/);
  }
});

test("glyphs need no file", async () => {
  const { train, test } = await openData("glyphs:train=30,test=10,seed=2");
  expect([train.length, test.length, train.shape]).toEqual([30, 10, [1, 28, 28]]);
});

test("IDX of any image size, gzipped or not", async () => {
  const packed = await gzip(mnist["train-images-idx3-ubyte"]);
  const { "train-images-idx3-ubyte": _, ...rest } = mnist;
  const path = folder("mnist-gz", { ...rest, "train-images-idx3-ubyte.gz": packed });
  const { train, test } = await openData(`mnist:${path}`);
  expect([train.length, test.length, train.shape]).toEqual([20, 10, [1, 5, 4]]);
  expect(imageAt(train, 3)).toEqual(bytes(80).subarray(60));
  expect(train.classes).toHaveLength(10);
  expect((await openData(`fashion-mnist:${path}`)).train.classes[9]).toBe("Ankle boot");
  await expect(openData(path)).rejects.toThrow(`holds the files of mnist — write mnist:${path}`);
});

test("a larger alphabet has more classes; a stray label is no alphabet", async () => {
  const letters = folder("letters", { ...mnist, "train-labels-idx1-ubyte": labels(20, 12) });
  expect((await openData(`mnist:${letters}`)).train.classes).toHaveLength(12);
  const stray = labels(20).with(8 + 7, 200);
  const damaged = folder("stray", { ...mnist, "train-labels-idx1-ubyte": stray });
  await expect(openData(`mnist:${damaged}`)).rejects.toThrow(
    /train-labels-idx1-ubyte: label 200 of item 7 is out of range, .* — the file is damaged/,
  );
  const test = folder("test", { ...mnist, "t10k-labels-idx1-ubyte": labels(10).with(8, 77) });
  await expect(openData(`mnist:${test}`)).rejects.toThrow(/label 77 of item 0 .* labels are 0 … 9/);
});

test("missing, doubled, mixed and unequal IDX files are refused", async () => {
  const none = folder("none", { "readme.txt": "" });
  await expect(openData(`mnist:${none}`)).rejects.toThrow(
    /none: holds no train-images-idx3-ubyte \(or \.gz\) — put the four IDX files/,
  );
  const two = folder("two", { ...mnist, "emnist-train-images-idx3-ubyte": images(1) });
  await expect(openData(`mnist:${two}`)).rejects.toThrow(
    /several candidates .* emnist-train-images/,
  );
  const fewer = folder("fewer", { ...mnist, "train-labels-idx1-ubyte": labels(19) });
  await expect(openData(`mnist:${fewer}`)).rejects.toThrow(
    /19 labels for the 20 pictures of .*train-im/,
  );
  const mixed = folder("mixed", { ...mnist, "t10k-images-idx3-ubyte": images(10, 6) });
  await expect(openData(`mnist:${mixed}`)).rejects.toThrow(/1×5×4 to train on, 1×6×4 to test with/);
  const cut = folder("cut", { ...mnist, "t10k-images-idx3-ubyte": images(10).subarray(0, 99) });
  await expect(openData(`mnist:${cut}`)).rejects.toThrow(/t10k-images-idx3-ubyte: header claims/);
  await expect(openData(`mnist:${join(root, "nowhere")}`)).rejects.toThrow(
    /nowhere: no such file or/,
  );
});

test("CIFAR-10 from its six files, names from batches.meta.txt", async () => {
  const batch = (n: number) => encodeCifar(bytes(n * 3072), bytes(n, 10));
  const names = [1, 2, 3, 4, 5].map((k) => [`data_batch_${k}.bin`, batch(k)] as const);
  const files = { ...Object.fromEntries(names), "test_batch.bin": batch(2) };
  const path = folder("cifar", files);
  const { train, test } = await openData(`cifar10:${path}`);
  expect([train.length, test.length, train.classes[9]]).toEqual([15, 2, "truck"]);
  expect([...train.labels.subarray(0, 6)]).toEqual([0, 0, 1, 0, 1, 2]);
  writeFileSync(join(path, "batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
  expect((await openData(`cifar10:${path}`)).test.classes[2]).toBe("c");
  writeFileSync(join(path, "data_batch_3.bin"), batch(3).subarray(0, 4000));
  await expect(openData(`cifar10:${path}`)).rejects.toThrow(
    /data_batch_3\.bin: 4000 bytes are no mult/,
  );
  rmSync(join(path, "data_batch_3.bin"));
  await expect(openData(`cifar10:${path}`)).rejects.toThrow(
    /holds no data_batch_3\.bin — put the six/,
  );
});

/** A flat picture as a file. */
const flat = (r: number, g: number, b: number, width = 20, height = 10) =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();

test("a folder of classes: parts by name, or split; colour only where there is some", async () => {
  const [red, grey] = [await flat(250, 10, 20), await flat(80, 80, 80)];
  const parts = folder("parts", {
    "train/cat/1.png": red,
    "train/dog/1.png": grey,
    "train/dog/2.png": grey,
    "val/cat/1.png": red,
    "val/dog/1.png": grey,
    "train/dog/notes.txt": "no picture",
  });
  const { train, test, validation } = await openFolder(parts, { size: [4, 6] });
  expect([train.length, test.length, validation]).toEqual([3, 2, undefined]);
  expect([train.classes, [...train.labels]]).toEqual([
    ["cat", "dog"],
    [0, 1, 1],
  ]);
  expect(train.shape).toEqual([3, 4, 6]);
  expect([...imageAt(train, 0)]).toEqual([250, 10, 20].flatMap((byte) => new Array(24).fill(byte)));

  const files = Array.from({ length: 10 }, (_, i) => [`${"ab"[i % 2]}/${i}.png`, grey] as const);
  const split = await openData(folder("split", Object.fromEntries(files)), { size: [2, 2] });
  expect([split.train.shape, countClasses(split.test)]).toEqual([
    [1, 2, 2],
    [1, 1],
  ]);
  expect([split.train.length, split.train.fit, split.train.images[0]]).toEqual([8, "cover", 80]);
  expect((await openFolder(parts, { channels: 1 })).train.shape).toEqual([1, 64, 64]);
});

test("pictures of a folder are cropped as a prediction crops them", async () => {
  const pixels = Uint8Array.from({ length: 40 * 60 * 3 }, (_, i) => (i * 7919) % 251);
  const png = await sharp(pixels, { raw: { width: 60, height: 40, channels: 3 } })
    .png()
    .toBuffer();
  const path = folder("cropped", {
    "train/a/1.png": png,
    "train/b/1.png": png,
    "test/a/1.png": png,
    "test/b/1.png": png,
  });
  const image = { width: 60, height: 40, channels: 3, data: pixels } as const;
  for (const cropPct of [undefined, 0.5]) {
    const { train } = await openFolder(path, { size: [16, 16], cropPct });
    expect(train.cropPct).toBe(cropPct);
    const bytes = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
    const how = { channels: 3, height: 16, width: 16, fit: "cover", cropPct, ...bytes } as const;
    expect(Float32Array.from(imageAt(train, 0))).toEqual(preprocess(image, how));
  }
});

test("a folder with test and val brings its own validation, and progress is told", async () => {
  const grey = await flat(80, 80, 80);
  const names = ["train", "val", "test"].flatMap((part) => [`${part}/a/1.png`, `${part}/b/1.png`]);
  const path = folder("three", Object.fromEntries(names.map((name) => [name, grey])));
  const steps: string[] = [];
  const onProgress = (done: number, total: number) => steps.push(`${done}/${total}`);
  const { test, validation } = await openFolder(path, { size: [2, 2], onProgress });
  expect([test.length, validation?.length, steps.length, steps.at(-1)]).toEqual([2, 2, 6, "6/6"]);
});

test("empty folders, folders without classes and broken images are refused in one line", async () => {
  const grey = await flat(80, 80, 80);
  const cases: [string, RegExp][] = [
    [folder("empty", {}), /empty: the folder is empty — make one sub-folder per class/],
    [
      folder("loose", { "1.png": grey }),
      /loose: 1 images and no sub-folder, so no picture has a class/,
    ],
    [folder("lone", { "a/1.png": grey }), /lone: one class only, a — a classifier needs two/],
    [folder("hollow", { "a/1.png": grey, "b/x.txt": "" }), /hollow\/b: no image in it — add PNG/],
    [
      folder("broken", { "a/1.png": grey, "b/1.png": grey.subarray(0, 60), "b/2.png": "text" }),
      /broken\/b\/1\.png: truncated or damaged image .* \(and 1 more of 3\)/,
    ],
    [
      folder("other", {
        "train/a/1.png": grey,
        "train/b/1.png": grey,
        "val/a/1.png": grey,
        "val/c/1.png": grey,
      }),
      /other\/val: its classes are a, c, to train on there are a, b — give every part the same/,
    ],
    [join(root, "nowhere"), /nowhere: no such file or folder/],
  ];
  for (const [path, message] of cases) {
    await expect(openData(path)).rejects.toThrow(message);
    await expect(openData(path)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
  }
  await expect(openFolder(join(root, "parts"), { size: [50_000, 50_000] })).rejects.toThrow(
    /5 images of 50000×50000 take 34\.9 GiB — choose a smaller size/,
  );
});

const shared = join(import.meta.dirname, "../../../shared/data");
const real = test.skipIf(!existsSync(shared));

real("reads MNIST itself (skipped without ../shared/data)", async () => {
  const { train, test } = await openData(`mnist:${shared}/mnist`);
  expect([train.length, test.length, train.shape]).toEqual([60_000, 10_000, [1, 28, 28]]);
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect(countClasses(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  // The figures that are commonly quoted.
  expect(measureNormalization(train)).toEqual({ mean: [0.1307], std: [0.3081] });
});

real("reads Fashion-MNIST itself (skipped without ../shared/data)", async () => {
  const { train, test } = await openData(`fashion-mnist:${shared}/fashion-mnist`);
  expect(countClasses(train)).toEqual(new Array(10).fill(6000));
  expect(countClasses(test)).toEqual(new Array(10).fill(1000));
  expect(measureNormalization(train)).toEqual({ mean: [0.286], std: [0.353] });
});

// The published files are 184 MB; they are looked for where a rebuilt copy may lie.
const cifar = [join(shared, "cifar10"), join(tmpdir(), "cifar10")].find((path) =>
  existsSync(join(path, "test_batch.bin")),
);
test.skipIf(!cifar)("reads CIFAR-10 itself (skipped without its binary files)", async () => {
  const { train, test } = await openData(`cifar10:${cifar}`);
  expect(countClasses(train)).toEqual(new Array(10).fill(5000));
  expect(countClasses(test)).toEqual(new Array(10).fill(1000));
  expect(train.classes.slice(0, 3)).toEqual(["airplane", "automobile", "bird"]);
  expect(measureNormalization(train)).toEqual({
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  });
});

real("reads a folder of photographs (skipped without ../shared/data)", async () => {
  const { train, test } = await openData(`${shared}/hymenoptera`, { size: [32, 32] });
  expect([train.classes, countClasses(train), countClasses(test)]).toEqual([
    ["ants", "bees"],
    [50, 50],
    [20, 20],
  ]);
  expect(train.shape).toEqual([3, 32, 32]);
});
