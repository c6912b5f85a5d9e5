import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { encodeCifar } from "../formats/cifar.ts";
import { gzip } from "../formats/gzip.ts";
import { encodeIdx } from "../formats/idx.ts";
import { type ArrayDataset, countClasses, imageAt } from "./dataset.ts";
import { measureNormalization } from "./normalization.ts";
import { openData } from "./open-node.ts";
import { nameOfSource, parseSource } from "./source.ts";

const shared = join(import.meta.dirname, "../../../shared/data");
const real = test.skipIf(!existsSync(shared));
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
  expect(parseSource("emnist-letters:d")).toEqual({ kind: "emnist-letters", path: "d" });
  expect(parseSource("cifar100-coarse:d")).toEqual({ kind: "cifar100-coarse", path: "d" });
  const endings = ["a/photos.csv", "p.ZIP", "s/{00..03}.tar", "s.tar.gz", "x.npz", "t.parquet"];
  expect(endings.map((text) => parseSource(text).kind)).toEqual([
    ...["csv", "zip", "tar", "tar", "npz", "parquet"],
  ]);
  expect(parseSource("zip:photos")).toEqual({ kind: "zip", path: "photos" });
  expect(() => parseSource("mnits:d")).toThrow(/"mnits" is no data set — write glyphs, mnist:DIR/);
  expect(() => parseSource("mnist:")).toThrow("[data] mnist: names no folder — write mnist:DIR");
  expect(() => parseSource("")).toThrow(/no data set named/);
  for (const option of ["train=0", "trian=5", "seed=x", "test", "train="]) {
    expect(() => parseSource(`glyphs:${option}`)).toThrow(/is no option of glyphs — write glyphs:/);
  }
});

test("runs are called by one's own data, or by what was published", () => {
  const names = [
    "photos/",
    "a/b.zip",
    "C:\\p\\cats.csv",
    "s/train-{0000..0003}.tar",
    "..",
    "glyphs",
  ];
  expect(names.map((text) => nameOfSource(parseSource(text)))).toEqual([
    ...["photos", "b", "cats", "train-0000-0003", "folder", "glyphs"],
  ]);
  expect(nameOfSource(parseSource("emnist-letters:data/e"))).toBe("emnist-letters");
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
  expect(imageAt(train as ArrayDataset, 3)).toEqual(bytes(80).subarray(60));
  expect(train.classes).toHaveLength(10);
  expect((await openData(`fashion-mnist:${path}`)).train.classes[9]).toBe("Ankle boot");
  const found = await openData(path);
  expect([found.train.name, found.notes]).toEqual([
    "mnist",
    [`${path}: read as mnist, whose files it holds`],
  ]);
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

const emnist = (split: string, letters = 0) => ({
  [`emnist-${split}-train-images-idx3-ubyte`]: images(20),
  [`emnist-${split}-train-labels-idx1-ubyte`]: encodeIdx(
    [20],
    bytes(20, 10).map((n) => n + letters),
  ),
  [`emnist-${split}-test-images-idx3-ubyte`]: images(10),
  [`emnist-${split}-test-labels-idx1-ubyte`]: encodeIdx(
    [10],
    bytes(10, 10).map((n) => n + letters),
  ),
});

test("EMNIST is set upright, its letters count from 0, its mapping names its classes", async () => {
  const path = folder("emnist", emnist("letters", 1));
  const { train } = await openData(`emnist:${path}`);
  // Pictures of 5×4 in the file, written column by column.
  expect(train.shape).toEqual([1, 4, 5]);
  expect([...imageAt(train as ArrayDataset, 0)]).toEqual(
    [0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3, 4].map((y) => 4 * y + x)),
  );
  expect([...train.labels.subarray(0, 3), train.classes[2], train.classes.length]).toEqual([
    ...[0, 1, 2, "C", 26],
  ]);
  expect((await openData(path)).notes?.[0]).toMatch(/read as emnist/);

  const mapped = folder("mapped", {
    ...emnist("letters", 1),
    ...emnist("digits"),
    "emnist-digits-mapping.txt": Array.from({ length: 10 }, (_, i) => `${i} ${97 + i}\r\n`).join(
      "",
    ),
  });
  expect((await openData(`emnist-digits:${mapped}`)).train.classes.join("")).toBe("abcdefghij");
  await expect(openData(`emnist:${mapped}`)).rejects.toThrow(
    /holds EMNIST's digits, letters — write emnist-digits:.*mapped or emnist-letters:/,
  );
  writeFileSync(join(mapped, "emnist-digits-mapping.txt"), "0 48\n2 50\n");
  await expect(openData(`emnist-digits:${mapped}`)).rejects.toThrow(/line 2 is no label and code/);
  const none = folder("no-emnist", { "readme.txt": "" });
  await expect(openData(`emnist:${none}`)).rejects.toThrow(/holds no files of EMNIST/);
  const plain = folder("plain-emnist", mnist);
  await expect(openData(`emnist-byclass:${plain}`)).rejects.toThrow(/holds no train-images/);
  const zero = folder("zero", emnist("letters"));
  await expect(openData(`emnist:${zero}`)).rejects.toThrow(
    /label 0 of item 0 .* labels are 1 … 26/,
  );
});

test("Kuzushiji-MNIST has its own names", async () => {
  const { train } = await openData(`kmnist:${folder("kmnist", mnist)}`);
  expect(train.classes.slice(0, 3)).toEqual(["o", "ki", "su"]);
});

test("missing, doubled, mixed and unequal IDX files are refused", async () => {
  const none = folder("none", { "readme.txt": "" });
  await expect(openData(`mnist:${none}`)).rejects.toThrow(
    /none: holds no train-images-idx3-ubyte \(or \.gz\) — put the four IDX files/,
  );
  const two = folder("two", { ...mnist, "other-train-images-idx3-ubyte": images(1) });
  await expect(openData(`mnist:${two}`)).rejects.toThrow(
    /several candidates .* other-train-images/,
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

test("CIFAR-100 by its fine or its coarse labels", async () => {
  const records = (n: number) =>
    Buffer.concat(
      Array.from({ length: n }, (_, i) => [i % 20, i % 100, ...bytes(3072)]).map((r) =>
        Uint8Array.from(r),
      ),
    );
  const path = folder("cifar100", { "train.bin": records(120), "test.bin": records(20) });
  const fine = await openData(`cifar100:${path}`);
  expect([fine.train.length, fine.train.classes.length, fine.train.classes[99]]).toEqual([
    ...[120, 100, "worm"],
  ]);
  expect(fine.train.labels[119]).toBe(19);
  const coarse = await openData(`cifar100-coarse:${path}`);
  expect([coarse.train.labels[39], coarse.train.classes[19]]).toEqual([19, "vehicles_2"]);
  writeFileSync(
    join(path, "fine_label_names.txt"),
    Array.from({ length: 100 }, (_, i) => `n${i}\n`).join(""),
  );
  const found = await openData(path);
  expect([found.train.classes[7], found.train.name]).toEqual(["n7", "cifar100"]);
  const python = folder("cifar-py", { train: "", test: "" });
  await expect(openData(`cifar100:${python}`)).rejects.toThrow(
    /holds no train\.bin, test\.bin, test is of the Python or Matlab version — put both files/,
  );
});

real("reads MNIST itself (skipped without ../shared/data)", async () => {
  const { train, test } = await openData(`mnist:${shared}/mnist`);
  expect([train.length, test.length, train.shape]).toEqual([60_000, 10_000, [1, 28, 28]]);
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect(countClasses(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  // The figures that are commonly quoted.
  expect(measureNormalization(train as ArrayDataset)).toEqual({ mean: [0.1307], std: [0.3081] });
});

real("reads Fashion-MNIST itself (skipped without ../shared/data)", async () => {
  // Its files bear MNIST's names; what they begin with tells them apart.
  const { train, test } = await openData(`${shared}/fashion-mnist`);
  expect([train.name, train.classes[9]]).toEqual(["fashion-mnist", "Ankle boot"]);
  expect(countClasses(train)).toEqual(new Array(10).fill(6000));
  expect(countClasses(test)).toEqual(new Array(10).fill(1000));
  expect(measureNormalization(train as ArrayDataset)).toEqual({ mean: [0.286], std: [0.353] });
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
  expect(measureNormalization(train as ArrayDataset)).toEqual({
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
  });
});
