/**
 * Damaged, mislabelled and misleading files on the command line: each ends with exit code 1 and one line that
 * names the file, the fact and the remedy, within a second and without much memory, and leaves no run behind.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeNpy } from "../src/formats/index.ts";
import { inProcess, temporaryFolder } from "./command-line.ts";

const folder = temporaryFolder();
const at = (...path: string[]) => join(folder, ...path);

function write(path: string, bytes: Uint8Array | string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
}

const be32 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(value);
      return word;
    }),
  );
const idxImages = (n: number, size = 28, held = n * size * size) =>
  Buffer.concat([be32(0x803, n, size, size), Buffer.alloc(held, 7)]);
const idxLabels = (n: number, label = 3) => Buffer.concat([be32(0x801, n), Buffer.alloc(n, label)]);

/** A folder of the four files, some of them replaced. */
function mnist(name: string, replaced: Record<string, Uint8Array> = {}): string {
  const files = {
    "train-images-idx3-ubyte": idxImages(20),
    "train-labels-idx1-ubyte": idxLabels(20),
    "t10k-images-idx3-ubyte": idxImages(10),
    "t10k-labels-idx1-ubyte": idxLabels(10),
    ...replaced,
  };
  for (const [file, bytes] of Object.entries(files)) write(at(name, file), bytes);
  return at(name);
}

const cifarRows = (n: number, label = 1) =>
  Buffer.concat(
    Array.from({ length: n }, () => Buffer.concat([Buffer.from([label]), Buffer.alloc(3072)])),
  );

function cifar(name: string, first: Uint8Array): string {
  for (let i = 1; i <= 5; i++)
    write(at(name, `data_batch_${i}.bin`), i === 1 ? first : cifarRows(4));
  write(at(name, "test_batch.bin"), cifarRows(4));
  return at(name);
}

const png = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 30, height: 30, channels, background: "#a50" } })
    .png()
    .toBuffer();

/** The header of a safetensors file with the length that it claims of itself. */
function safetensors(header: object, claimed?: number, values = 0): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimed ?? text.length));
  return Buffer.concat([length, text, Buffer.alloc(values)]);
}

const run = at("run");
beforeAll(async () => {
  const words = ["--epochs", "1", "--out", run];
  const { code, stderr } = await inProcess("train", "glyphs:train=64,test=16", ...words);
  expect(code, stderr).toBe(0);
});

async function expectRefused(words: string[], ...patterns: (string | RegExp)[]): Promise<void> {
  const out = at("never");
  const full = words[0] === "train" ? [...words, "--out", out] : words;
  const { code, stdout, stderr } = await inProcess(...full);
  expect(code, stderr + stdout).toBe(1);
  expect(stderr.trim().split("\n"), "one line").toHaveLength(1);
  expect(stderr, "a remedy").toContain(" — ");
  for (const pattern of patterns) expect(stderr).toMatch(pattern);
  expect(existsSync(out), "a run").toBe(false);
}

describe("train on IDX", () => {
  const images = "train-images-idx3-ubyte";
  const labels = "train-labels-idx1-ubyte";
  const train = (path: string) => ["train", `mnist:${path}`];

  test("truncated", () =>
    expectRefused(
      train(mnist("cut", { [images]: idxImages(20).subarray(0, 9000) })),
      /cut\/train-images-idx3-ubyte: /,
    ));
  test("labels in place of pictures", () =>
    expectRefused(
      train(mnist("swapped", { [images]: idxLabels(20) })),
      /train-images-idx3-ubyte: /,
    ));
  test("a header that claims terabytes", () =>
    expectRefused(
      train(
        mnist("vast", {
          [images]: Buffer.concat([be32(0x803, 0xffffffff, 60000, 60000), Buffer.alloc(99)]),
        }),
      ),
      /train-images-idx3-ubyte: /,
    ));
  test("not as many labels as pictures", () =>
    expectRefused(
      train(mnist("fewer", { [labels]: idxLabels(19) })),
      /19 labels for the 20 pictures/,
    ));
  test("labels out of range", () =>
    expectRefused(
      ["train", `fashion-mnist:${mnist("high", { [labels]: idxLabels(20, 12) })}`],
      /train-labels-idx1-ubyte: label 12 of item 0 is out of range/,
    ));
  test("no such folder", () =>
    expectRefused(train(at("nowhere")), /nowhere: no such file or folder/));
});

describe("train on CIFAR", () => {
  test("truncated", () =>
    expectRefused(
      ["train", `cifar10:${cifar("cifar-cut", cifarRows(4).subarray(0, 9000))}`],
      /data_batch_1\.bin: /,
    ));
  test("labels out of range", () =>
    expectRefused(
      ["train", `cifar10:${cifar("cifar-high", cifarRows(4, 77))}`],
      /data_batch_1\.bin: .*77/,
    ));
});

describe("train on a folder", () => {
  test("empty", () => {
    mkdirSync(at("empty"));
    return expectRefused(["train", at("empty")], /empty: the folder is empty/);
  });
  test("of pictures without classes", async () => {
    write(at("flat", "a.png"), await png());
    await expectRefused(["train", at("flat")], /flat: 1 images and no sub-folder/);
  });
  test("with an empty class", async () => {
    write(at("half", "cats", "a.png"), await png());
    mkdirSync(at("half", "dogs"));
    await expectRefused(["train", at("half")], /half\/dogs: no image in it/);
  });
  test("with a picture cut short, and a text that is called one", async () => {
    const whole = await png();
    for (const name of ["cats", "dogs"]) {
      for (let i = 0; i < 6; i++) write(at("mixed", name, `${i}.png`), whole);
    }
    write(at("mixed", "cats", "cut.png"), whole.subarray(0, whole.length - 30));
    await expectRefused(["train", at("mixed")], /cats\/cut\.png: truncated or damaged image/);
    write(at("mixed", "cats", "cut.png"), "dear diary");
    await expectRefused(["train", at("mixed")], /cats\/cut\.png: not an image/);
  });
});

describe("a model file", () => {
  const evaluate = (name: string, bytes: Uint8Array | string) => {
    write(at(name), bytes);
    return ["evaluate", at(name), "glyphs:train=1,test=10"];
  };
  const tensor = (shape: number[], end: number) => ({
    "conv1.weight": { dtype: "F32", shape, data_offsets: [0, end] },
  });

  test("truncated", () =>
    expectRefused(
      evaluate("cut.safetensors", safetensors(tensor([6, 1, 5, 5], 600), undefined, 100)),
      /cut\.safetensors: .*600 bytes of values, the file holds 100: it is truncated/,
    ));
  test("a header that claims terabytes", () =>
    expectRefused(
      evaluate("vast.safetensors", safetensors({}, 2 ** 42)),
      /vast\.safetensors: claims a header of/,
    ));
  test("a tensor that claims terabytes", () =>
    expectRefused(
      evaluate("wide.safetensors", safetensors(tensor([2 ** 20, 2 ** 20], 2 ** 42))),
      /wide\.safetensors: /,
    ));
  test("something else", () =>
    expectRefused(
      evaluate("picture.safetensors", "GIF89a, by no means"),
      /picture\.safetensors: /,
    ));
  test("of somebody else's making", () =>
    expectRefused(
      evaluate("foreign.safetensors", safetensors(tensor([1], 4), undefined, 4)),
      /foreign\.safetensors: its metadata names no architecture/,
    ));
  test("of a run that has not come that far", async () => {
    write(at("young", "config.json"), "{}");
    await expectRefused(
      ["evaluate", at("young"), "glyphs:train=1,test=1"],
      /young\/model\.safetensors: is not there/,
    );
  });
  test("with weights of other shapes", () => {
    const metadata = {
      architecture: "lenet5",
      inputShape: "[1,28,28]",
      classes: '["a","b"]',
      loss: "crossEntropy",
      preprocessing: '{"channels":1,"height":28,"width":28,"mean":[0],"std":[1],"scale":1}',
    };
    const header = { __metadata__: metadata, ...tensor([6, 1, 5, 5], 600) };
    return expectRefused(
      evaluate("part.safetensors", safetensors(header, undefined, 600)),
      /part\.safetensors: .*lacks conv1\.bias/,
    );
  });
});

describe("predict", () => {
  const predict = (name: string, bytes: Uint8Array | string) => {
    write(at(name), bytes);
    return ["predict", run, at(name)];
  };
  const npy = (shape: number[]) =>
    encodeNpy({ type: "f4", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

  test("a picture cut short", async () => {
    const whole = await png();
    await expectRefused(
      predict("cut.png", whole.subarray(0, whole.length - 30)),
      /cut\.png: truncated/,
    );
  });
  test("an empty file", () =>
    expectRefused(predict("empty.jpg", ""), /empty\.jpg: the file is empty/));
  test("an array cut short", () =>
    expectRefused(predict("cut.npy", npy([1, 28, 28]).subarray(0, 500)), /cut\.npy: /));
  test("an array that claims terabytes", () => {
    const bytes = Buffer.from(npy([1, 28, 28]));
    // As long as before, at the cost of the header's padding.
    const text = bytes
      .toString("latin1")
      .replace("(1, 28, 28), }        ", "(999999, 99999999), } ");
    expect(text).toContain("99999999");
    return expectRefused(predict("vast.npy", Buffer.from(text, "latin1")), /vast\.npy: /);
  });
  test("an array of other channels", () =>
    expectRefused(
      predict("colour.npy", npy([3, 28, 28])),
      /colour\.npy: an array of 3×28×28, the model reads 1×28×28/,
    ));
  test("no such picture", () =>
    expectRefused(["predict", run, at("gone.png")], /gone\.png: no such file/));
});

describe("evaluate", () => {
  test("on pictures of another size", () => {
    const images = {
      "train-images-idx3-ubyte": idxImages(20, 20),
      "t10k-images-idx3-ubyte": idxImages(10, 20),
    };
    return expectRefused(
      ["evaluate", run, `mnist:${mnist("small", images)}`],
      /mnist has pictures of 1×20×20, the model expects 1×28×28/,
    );
  });
  test("on other classes", () =>
    expectRefused(
      ["evaluate", run, `fashion-mnist:${mnist("fashion")}`],
      /the model knows the classes 0, 1, .*fashion-mnist has T-shirt/,
    ));
});

test("a batch larger than the data is said, and trained on", async () => {
  const words = ["--batch", "4096", "--epochs", "1", "--out", at("large")];
  const { code, stdout } = await inProcess("train", "glyphs:train=64,test=16", ...words);
  expect(code).toBe(0);
  expect(stdout).toMatch(/batch 4096 is larger than glyphs \(58 pictures\)/);
});
