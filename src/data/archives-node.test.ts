import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import sharp from "sharp";
import { pack } from "tar-stream";
import { afterAll, expect, test } from "vitest";
import { fromBase64 } from "../formats/base64.ts";
import mat from "../formats/mat/golden/mat.json" with { type: "json" };
import type { NpyArray } from "../formats/npy.ts";
import { npzPieces } from "../formats/npz.ts";
import parquet from "../formats/parquet/golden/parquet.json" with { type: "json" };
import { archiveTree } from "./archive-tree.ts";
import { type ArrayDataset, imageAt } from "./dataset.ts";
import { expandPaths } from "./expand-paths-node.ts";
import { openData } from "./open-node.ts";
import { pictureAt } from "./picture-at.ts";
import { openZipFolder } from "./zip-node.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-archives-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array | string): string {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), bytes);
  return join(root, name);
}

const pixels = (n: number) =>
  Uint8Array.from({ length: 20 * 20 }, (_, i) => (i * i * (n + 3) * 7919) % 251);
const pictures = await Promise.all(
  Array.from({ length: 12 }, (_, n) =>
    sharp(pixels(n), { raw: { width: 20, height: 20, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer(),
  ),
);
const classes = (top = "") =>
  Object.fromEntries(pictures.map((bytes, i) => [`${top}${"ab"[i % 2]}/${i}.png`, bytes]));
const options = { fractions: { test: 0.34 }, size: [20, 20] } as const;

async function tar(entries: Readonly<Record<string, Uint8Array | string>>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(entries)) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}

async function expectRefused(source: string, message: RegExp): Promise<void> {
  await expect(openData(source)).rejects.toThrow(message);
  await expect(openData(source)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
}

/** Each picture of a data set of files is the one that its name says. */
async function expectPictures({ train, test }: Awaited<ReturnType<typeof openData>>) {
  let seen = 0;
  for (const part of [train, test]) {
    for (let i = 0; i < part.length; i++) {
      const file = (part as { files?: readonly { name: string }[] }).files?.[i];
      const number = Number(/(\d+)\.png$/.exec(file?.name ?? "")?.[1]);
      expect(Uint8Array.from((await pictureAt(part, i)).data)).toEqual(pixels(number));
      expect(part.classes[part.labels[i]]).toBe("ab"[number % 2]);
      seen++;
    }
  }
  expect(seen).toBe(12);
}

test("what all files of an archive lie in is left out", () => {
  const names = ["x/y/a/1.png", "x/y/b/2.png", "__MACOSX/x/._1.png", "x/.DS_Store"];
  expect(archiveTree("z", names)).toEqual({
    tree: { where: "z", files: ["a/1.png", "b/2.png"], folders: ["a", "b"] },
    inside: "x/y/",
  });
  expect(archiveTree("z", ["a/1.png", "a/2.png"]).inside).toBe("");
  expect(archiveTree("z", []).tree.folders).toEqual([]);
});

test("zip: an ImageFolder, stored or packed, below a folder of everything", async () => {
  for (const level of [0, 6] as const) {
    const zip = zipSync(
      { ...classes("photos/"), "__MACOSX/photos/a/._0.png": new Uint8Array(3) },
      { level },
    );
    await expectPictures(await openData(write(`level${level}.zip`, zip), options));
  }
  const parts = zipSync({ ...classes("train/"), ...classes("val/") });
  const { test, notes } = await openData(write("parts.zip", parts), options);
  expect([test.length, notes?.length]).toEqual([12, 1]);
});

test("zip: names that lead out, bombs and archives without classes are refused", async () => {
  const up = zipSync({ ...classes(), "a/../../x.png": pictures[0] });
  await expectRefused(write("up.zip", up), /up\.zip: its entry "a\/\.\.\/\.\.\/x\.png" leads out/);
  const bomb = zipSync({ ...classes(), "a/zeros.png": new Uint8Array(2 ** 24 + 1) });
  await expectRefused(
    write("bomb.zip", bomb),
    /a\/zeros\.png claims to unpack from \d+ to 16777217 bytes, no picture does — do not trust/,
  );
  await expectRefused(
    write("flat.zip", zipSync({ "1.png": pictures[0] })),
    /1 images and no sub-folder/,
  );
  await expectRefused(write("cut.zip", up.subarray(0, -9)), /no zip directory at its end/);
  const damaged = Uint8Array.from(zipSync(classes()));
  damaged.fill(0xff, 37, 60);
  await expect(openZipFolder(write("damaged.zip", damaged))).rejects.toThrow(
    /damaged\.zip\/a\/0\.png: does not unpack to the \d+ bytes claimed/,
  );
});

const sample = (i: number, ending: string, label: string) => ({
  [`${i}.png`]: pictures[i],
  [`${i}.${ending}`]: label,
});
const samples = (ending: string, labelOf: (i: number) => string, from = 0, to = 12) =>
  Object.assign(
    {},
    ...Array.from({ length: to - from }, (_, k) => sample(from + k, ending, labelOf(from + k))),
  );

test("tar: shards of samples with labels as text, numbers or JSON", async () => {
  const letter = (i: number) => "ab"[i % 2];
  await expectPictures(
    await openData(write("w/text.tar", await tar(samples("txt", letter))), options),
  );
  const json = await tar(samples("json", (i) => JSON.stringify({ label: letter(i), width: 20 })));
  await expectPictures(await openData(write("w/json.tar", json), options));
  write("w/classes.txt", "a\nb\n");
  const numbers = await tar(samples("cls", (i) => `${i % 2}\n`));
  await expectPictures(await openData(write("w/cls.tar", numbers), options));
});

test("tar: several shards by a pattern, parts by their names", async () => {
  const number = (i: number) => String(i % 2);
  write("s/train-0000.tar", await tar(samples("cls", number, 0, 4)));
  write("s/train-0001.tar", await tar(samples("cls", number, 4, 8)));
  write("s/test-0000.tar", await tar(samples("cls", number, 8, 12)));
  const braces = await openData(join(root, "s/{train-{0000..0001},test-0000}.tar"), options);
  expect([braces.train.length, braces.test.length]).toEqual([8, 4]);
  const all = await openData(join(root, "s/*.tar"), options);
  expect([all.train.length, all.test.length, all.train.classes]).toEqual([8, 4, ["0", "1"]]);
  const found = await openData(join(root, "s"), options);
  expect([found.train.length, found.notes?.[0]]).toEqual([
    8,
    `${join(root, "s")}: read as tar, whose files it holds`,
  ]);
  expect(await expandPaths("a{08..11}.tar")).toEqual(["a08.tar", "a09.tar", "a10.tar", "a11.tar"]);
  await expectRefused(join(root, "s/{0003..0001}.tar"), /\{0003\.\.0001\} is no range/);
  await expectRefused(join(root, "s/x*.tar"), /matches no file/);
});

test("tar: an ImageFolder inside", async () => {
  await expectPictures(
    await openData(write("folder.tar", await tar(classes("./photos/"))), options),
  );
});

test("tar: pictures without labels, labels that are none, and packed archives are refused", async () => {
  const some = { ...samples("cls", (i) => String(i % 2), 0, 4), "9.png": pictures[9] };
  await expectRefused(
    write("some.tar", await tar(some)),
    /1 of 5 pictures have no label: 9\.png — write/,
  );
  const odd = { ...samples("json", () => '{"label": "a"}', 0, 2), ...sample(3, "json", "{") };
  await expectRefused(
    write("odd.tar", await tar(odd)),
    /3\.json holds no label — write a class number/,
  );
  const far = { ...samples("cls", () => "0", 0, 2), ...sample(3, "cls", "7") };
  write("n/classes.txt", "a\nb\n");
  await expectRefused(
    write("n/far.tar", await tar(far)),
    /label 7 has no name, classes\.txt beside it has 2/,
  );
  await expectRefused(write("p.tar.gz", Uint8Array.of(0x1f, 0x8b, 8, 0)), /run gunzip on it first/);
  mkdirSync(join(root, "no-tars"));
  await expectRefused(`tar:${join(root, "no-tars")}`, /holds no \.tar file/);
});

const tables = parquet.files;
const table = (name: keyof typeof tables) => fromBase64(tables[name]);

test("parquet: pictures and names of classes as Hugging Face writes them, in several files", async () => {
  write("hf/data/train-00000-of-00002.parquet", table("snappy"));
  write("hf/data/train-00001-of-00002.parquet", table("zstd"));
  write("hf/data/test-00000-of-00001.parquet", table("plain"));
  const { train, test, notes } = await openData(join(root, "hf"));
  expect([train.length, test.length, train.classes]).toEqual([14, 7, ["cat", "dog", "ünicorn"]]);
  expect([...train.labels]).toEqual([...parquet.labels, ...parquet.labels]);
  expect(notes?.[0]).toMatch(/read as parquet/);
  const { files = [] } = train as { files?: readonly { name: string }[] };
  expect(files[1].name).toBe(`${join(root, "hf/data/train-00000-of-00002.parquet")}/1.png`);
  for (const i of [0, 5, 13]) {
    const own = await sharp(fromBase64(parquet.pictures[i % 7]))
      .raw()
      .toBuffer();
    expect([...(await pictureAt(train, i)).data]).toEqual([...own]);
  }
});

test("parquet: labels as text, bytes without a structure, and what has no pictures", async () => {
  const flat = await openData(write("flat.parquet", table("flat")), { fractions: { test: 0.4 } });
  expect([flat.train.classes, flat.train.length + flat.test.length]).toEqual([
    ["c0", "c1", "c2"],
    7,
  ]);
  const nameless = write("nameless.parquet", table("nameless"));
  expect((await openData(nameless, { fractions: { test: 0.4 } })).train.classes).toEqual([
    "0",
    "1",
    "2",
  ]);
  await expectRefused(
    write("wordless.parquet", table("wordless")),
    /has no column of pictures \(image\) among text — name the columns/,
  );
  await expectRefused(write("text.parquet", "hello, hello, hello"), /is no Parquet file/);
  mkdirSync(join(root, "no-tables"));
  await expectRefused(`parquet:${join(root, "no-tables")}`, /holds no \.parquet file/);
});

const array = (shape: number[], values: (i: number) => number): NpyArray => {
  const length = shape.reduce((a, b) => a * b, 1);
  return { type: "u1", shape, data: Uint8Array.from({ length }, (_, i) => values(i)) };
};
async function npz(name: string, arrays: Readonly<Record<string, NpyArray>>): Promise<string> {
  const entries = Object.entries(arrays).map(([name, array]) => ({ name, read: () => array }));
  return write(name, Buffer.concat(await Array.fromAsync(npzPieces(entries))));
}
const bytes = (i: number) => i % 256;

test("npz: Keras', MedMNIST's and plain names, channels first or last", async () => {
  const keras = await npz("keras.npz", {
    x_train: array([4, 3, 2], bytes),
    y_train: array([4], (i) => i % 2),
    x_test: array([2, 3, 2], bytes),
    y_test: array([2], (i) => i % 2),
  });
  const { train, test } = await openData(keras);
  expect([train.shape, test.length, [...train.labels], train.classes]).toEqual([
    [1, 3, 2],
    2,
    [0, 1, 0, 1],
    ["0", "1"],
  ]);
  expect([...imageAt(train as ArrayDataset, 1)]).toEqual([6, 7, 8, 9, 10, 11]);
  const medical = await npz("medical.npz", {
    train_images: array([4, 5, 2, 3], bytes),
    train_labels: array([4, 1], (i) => i % 2),
    val_images: array([3, 5, 2, 3], bytes),
    val_labels: array([3, 1], (i) => i % 2),
    test_images: array([2, 5, 2, 3], bytes),
    test_labels: array([2, 1], (i) => i % 2),
  });
  const med = await openData(medical);
  expect([med.train.shape, med.validation?.length, med.test.length]).toEqual([[3, 5, 2], 3, 2]);
  expect([...imageAt(med.train as ArrayDataset, 0)].slice(0, 11)).toEqual([
    ...[0, 3, 6, 9, 12, 15, 18, 21, 24, 27],
    1,
  ]);
  const plain = await npz("plain.npz", {
    images: array([10, 3, 4, 4], bytes),
    labels: array([10], (i) => i % 2),
  });
  const split = await openData(plain, { seed: 1 });
  expect([split.train.length, split.test.length, split.train.shape]).toEqual([8, 2, [3, 4, 4]]);
});

test("npz: a folder with a file an array, as Kuzushiji-49 has it", async () => {
  const files = {
    "k49-train-imgs": array([4, 3, 2], bytes),
    "k49-train-labels": array([4], (i) => i % 2),
    "k49-test-imgs": array([2, 3, 2], bytes),
    "k49-test-labels": array([2], (i) => i % 2),
  };
  for (const [name, one] of Object.entries(files)) await npz(`k49/${name}.npz`, { arr_0: one });
  write("k49/k49_classmap.csv", "index,codepoint,char\n0,U+3042,あ\n1,U+3044,い\n");
  const { train, test } = await openData(join(root, "k49"));
  expect([train.classes, train.length, test.length]).toEqual([["あ", "い"], 4, 2]);
});

test("npz: other names, types, shapes and labels are refused", async () => {
  const y = array([4], (i) => i % 2);
  const x = array([4, 3, 2], bytes);
  const cases: [Readonly<Record<string, NpyArray>>, RegExp][] = [
    [{ a: x, b: y }, /holds a 4×3×2, b 4 — call the arrays images and labels, or x_train/],
    [
      { x: { ...x, type: "f4", data: new Float32Array(24) }, y },
      /x is 4×3×2 of Float32, pictures are bytes/,
    ],
    [{ x: array([4, 6], bytes), y }, /x is 4×6 of Uint8, pictures are/],
    [{ x: array([4, 3, 2, 5], bytes), y: array([3], bytes) }, /x is 4×3×2×5|labels for the/],
    [{ x, y: array([3], bytes) }, /y has 3 labels for the 4 pictures of .*x — give each one/],
    [{ x, y: array([4, 14], bytes) }, /y is 4×14, several labels a picture/],
    [
      { x, y: { type: "f4", shape: [4], data: Float32Array.of(0, 1, 0.5, 1) } },
      /label 0\.5 of picture 2 is no class number/,
    ],
    [{ x, y: array([4], () => 0) }, /one class only, 0/],
    [{ x, y: array([4], (i) => (i ? 2 : 0)) }, /no picture to train on of 1/],
    [
      { x_train: x, y_train: y, x_test: array([4, 2, 2], bytes), y_test: y },
      /pictures of 1×3×2 to train on and of 1×2×2/,
    ],
  ];
  for (const [i, [arrays, message]] of cases.entries()) {
    await expectRefused(await npz(`bad${i}.npz`, arrays), message);
  }
});

test("SVHN: pictures upright, ten for zero", async () => {
  const golden = fromBase64(mat.packed);
  write("svhn/train_32x32.mat", golden);
  write("svhn/test_32x32.mat", fromBase64(mat.plain));
  write("svhn/extra_32x32.mat", "");
  const { train, test, notes } = await openData(join(root, "svhn"));
  expect([train.length, test.length, train.shape, [...train.labels]]).toEqual([
    ...[4, 4, [3, 3, 2]],
    [1, 0, 3, 2],
  ]);
  // X[y, x, c, n] in MATLAB's order, as SciPy wrote it.
  const { data } = mat.arrays.X;
  for (const [n, c, y, x] of [
    [0, 0, 0, 0],
    [1, 2, 0, 1],
    [3, 1, 2, 1],
  ]) {
    expect(imageAt(train as ArrayDataset, n)[(c * 3 + y) * 2 + x]).toBe(
      data[y + 3 * (x + 2 * (c + 3 * n))],
    );
  }
  expect(notes?.[1]).toBe("extra_32x32.mat is not read");
  write("half-svhn/train_32x32.mat", golden);
  await expectRefused(join(root, "half-svhn"), /holds no test_32x32\.mat/);
  write("half-svhn/test_32x32.mat", fromBase64(mat.bigEndian));
  await expectRefused(join(root, "half-svhn"), /holds values 1×3, SVHN has bytes X/);
});
