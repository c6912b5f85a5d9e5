/** Networks that give each pixel a class: every loss teaches them, to the same bits; what they say of pictures of any size. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { shape, shapesInMemory, TinyUNet, writeShapes } from "../../test/shapes.ts";
import { endingAt, expectEqualFiles } from "../../test/small-runs.ts";
import { Random } from "../core/random.ts";
import { type DatasetPair, pictureAt, type SegmentedDataset } from "../data/index.ts";
import { openSegmentation } from "../data/node.ts";
import { crossEntropy } from "../losses/index.ts";
import { confusionMatrix, dice, jaccard } from "../metrics/index.ts";
import * as nn from "../nn/index.ts";
import { compile, type Device, openDevice, tensor } from "../tensor/index.ts";
import { classFigures } from "./class-figures.ts";
import { Evaluator } from "./evaluation.ts";
import { Classifier, memoryStore, type SegmentationRun, Segmenter, train } from "./index.ts";
import { likeliestClasses } from "./likeliest-classes.ts";
import { makePixelLoss } from "./loss-settings.ts";
import { train as trainOnFiles } from "./node.ts";
import { segmentation } from "./tasks/segmentation.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm", threads: 2 });
});

const side = 32;
const data = {
  train: shapesInMemory(48, side),
  validation: shapesInMemory(8, side, 1000),
  test: shapesInMemory(24, side, 2000),
};
const settings = { data, seed: 1, optimizer: { name: "adamw", lr: 1e-2 } } as const;

describe("losses", () => {
  test.each(["crossEntropy", "dice", "tversky", "lovasz", "focal", "jaccard", "crossEntropy+dice"])(
    "%s: a tiny U-Net finds discs and squares in noise",
    async (loss) => {
      const run = await train(new TinyUNet(3), { ...settings, loss, epochs: 8, device });
      expect(run.meanIoU).toBeGreaterThan(0.8);
      expect(run.history.at(-1)?.measures?.meanIoU).toBeGreaterThan(0.8);
      expect(run.config.loss).toBe(loss);
      expect(run.test?.confusion.flat().reduce((a, b) => a + b)).toBe(24 * side * side);
    },
  );

  test("a function of one's own has scores N×K×H×W and labels N×H×W", async () => {
    const shapes: number[][] = [];
    const run = await train(new TinyUNet(3), {
      ...{ ...settings, epochs: 1, device },
      loss: (scores, labels) => {
        shapes.push([...scores.shape], [...labels.shape]);
        return crossEntropy(scores, labels, { ignoreIndex: 255 });
      },
    });
    expect(shapes.slice(0, 2)).toEqual([
      [8, 3, side, side],
      [8, side, side],
    ]);
    expect([run.config.loss, run.card.loss]).toEqual(["custom", "custom"]);
  });

  test("sums are sums, pixels of 255 count for nothing, and class weights are the losses'", async () => {
    const random = new Random(3);
    const scores = tensor(
      Float32Array.from({ length: 2 * 3 * 20 }, () => random.normal()),
      [2, 3, 4, 5],
    );
    const labels = Int32Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? 255 : i % 3));
    const weight = [0.5, 1, 2];
    const of = async (loss: string, common: object = {}, y = labels) => {
      const made = await makePixelLoss(loss, { ignoreIndex: 255, ...common });
      const run = compile((x, t) => made(x, t), { device });
      const [value] = (await run(scores, tensor(y, [2, 4, 5]))).data;
      run.dispose();
      return value;
    };
    expect(await of("crossEntropy+dice+lovasz")).toBeCloseTo(
      (await of("crossEntropy")) + (await of("dice")) + (await of("lovasz")),
      5,
    );
    expect(await of("crossEntropy", { weight })).not.toBeCloseTo(await of("crossEntropy"), 3);
    expect(await of("crossEntropy+dice", { weight })).toBeCloseTo(
      (await of("crossEntropy", { weight })) + (await of("dice")),
      5,
    );
    await expect(of("dice", { weight })).rejects.toThrow(
      /class weights to this and the focal loss.*crossEntropy\+dice/,
    );
    await expect(of("dice", { labelSmoothing: 0.1 })).rejects.toThrow(
      /label smoothing belongs to cross-entropy/,
    );
    await expect(of("mse")).rejects.toThrow(/mse compares numbers, a mask has classes/);
    await expect(of("squaredError")).rejects.toThrow(/squaredError compares numbers/);
    await expect(of("crossEntropy+dise")).rejects.toThrow(
      /there is no loss "dise" — did you mean dice/,
    );
  });
});

test("figures are those of the measures, which are scikit-learn's; a class that is nowhere is in no mean", () => {
  const random = new Random(4);
  const [classes, ignoreIndex] = [5, 255];
  const truth = Int32Array.from({ length: 900 }, () => (random.int(9) === 0 ? 255 : random.int(4)));
  const told = truth.map((label) => (random.int(3) === 0 || label === 255 ? random.int(4) : label));
  const options = { classes, ignoreIndex, zeroDivision: Number.NaN };
  const measures = [
    confusionMatrix(classes, { ignoreIndex }),
    jaccard(options),
    dice(options),
    jaccard({ ...options, average: "none" }),
  ] as const;
  for (const measure of measures) measure.update(told, truth);
  const [confusion, meanIoU, meanDice, each] = measures;
  const figures = classFigures(confusion.value);
  expect(figures.meanIoU).toBeCloseTo(meanIoU.value as number, 12);
  expect(figures.meanDice).toBeCloseTo(meanDice.value as number, 12);
  expect(figures.table.map(({ iou }) => iou)).toEqual(each.value);
  expect(figures.table[4]).toMatchObject({ iou: Number.NaN, dice: Number.NaN, pixels: 0 });
});

test("an evaluation counts every pixel once and leaves ignored ones out", async () => {
  const masks = data.test.masks.map((label, i) => (i % 10 === 0 ? 255 : label));
  const part = { ...data.test, masks };
  const net = nn.initialize(new TinyUNet(3), [3, side, side], { seed: 5 });
  const preprocessing = {
    channels: 3,
    height: side,
    width: side,
    scale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  const loss = await makePixelLoss("crossEntropy", { ignoreIndex: 255 });
  const task = segmentation({ net, classes: part.classes, preprocessing, loss });
  const [five, all] = await Promise.all(
    [5, 24].map((batch) => new Evaluator(task, { device, batch }).evaluate(part)),
  );
  expect(five.confusion).toEqual(all.confusion);
  expect(five.confusion.flat().reduce((a, b) => a + b)).toBe(
    masks.filter((label) => label < 255).length,
  );
  const hits = five.confusion.reduce((sum, row, i) => sum + row[i], 0);
  expect(five.accuracy).toBeCloseTo(hits / masks.filter((label) => label < 255).length, 12);
});

describe("the same bits", () => {
  const small = {
    ...{ data: { ...data, train: shapesInMemory(20, side) }, epochs: 2, batch: 4, seed: 2 },
    loss: "crossEntropy+lovasz",
  } as const;

  test("on one thread and on three", async () => {
    const stores = [memoryStore(), memoryStore()];
    for (const [i, threads] of [1, 3].entries()) {
      await train(new TinyUNet(3), { ...small, threads, store: stores[i] });
    }
    await expectEqualFiles(stores[0], stores[1]);
  });

  test("after an interruption, without the settings being said again", async () => {
    const [whole, parts] = [memoryStore(), memoryStore()];
    await train(new TinyUNet(3), { ...small, device, store: whole });
    const first = await train(new TinyUNet(3), { ...small, device, store: parts, ...endingAt(3) });
    expect(first.interrupted).toBe(true);
    await train(new TinyUNet(3), { data: small.data, device, store: parts, resume: true });
    await expectEqualFiles(whole, parts);
  });
});

describe("a segmenter", () => {
  let run: SegmentationRun;
  beforeAll(async () => {
    run = await train(new TinyUNet(3), { ...settings, epochs: 8, device });
  });

  test("gives a class for each pixel of a picture of any size", async () => {
    const { image, mask } = shape(3000, 80, 96);
    const found = await run.predict(image);
    expect([found.mask.height, found.mask.width, found.mask.channels]).toEqual([80, 96, 1]);
    const right = found.mask.data.filter((label, i) => label === mask.data[i]).length;
    expect(right / mask.data.length).toBeGreaterThan(0.9);
    const shares = found.classes.map(({ share }) => share);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    for (const { label, number, share } of found.classes) {
      expect(label).toBe(data.train.classes[number]);
      expect(share).toBeCloseTo(
        found.mask.data.filter((of) => of === number).length / (80 * 96),
        10,
      );
    }
  });

  test("is saved and loaded, its file says what it does", async () => {
    const loaded = await Segmenter.load(run.save(), { net: new TinyUNet(3), device });
    expect(loaded.card).toEqual(run.card);
    expect(loaded.card.task).toBe("segmentation");
    const { image } = shape(3001, 40);
    expect(await loaded.predict(image)).toEqual(await run.predict(image));
    const evaluation = await loaded.evaluate(data.test);
    expect(evaluation.measures?.meanIoU).toBe(run.meanIoU);
    expect(evaluation.confusion).toEqual(run.test?.confusion);
    const asClassifier = Classifier.load(run.save(), { net: new TinyUNet(3), device });
    await expect(asClassifier).rejects.toThrow(
      "[model] model: gives each pixel a class — load it by Segmenter.load",
    );
    const { masks: _, ...bare } = data.test;
    await expect(loaded.evaluate(bare)).rejects.toThrow(/shapes has no masks/);
    await expect(loaded.evaluate({ ...data.test, classes: ["a", "b", "c"] })).rejects.toThrow(
      /knows the classes background, disc, square, shapes has a, b, c/,
    );
  });

  test("that loses the borders sees the mirrored picture around the whole of it", async () => {
    const valid = nn.sequential(
      nn.conv2d(8, { kernel: 5 }),
      nn.relu(),
      nn.conv2d(8, { kernel: 5 }),
      nn.relu(),
      nn.conv2d(3, { kernel: 1 }),
    );
    const inner = await train(valid, { ...settings, epochs: 6, device });
    expect(inner.test?.confusion.flat().reduce((a, b) => a + b)).toBe(24 * 24 * 24);
    const { image, mask } = shape(3002, 24);
    const found = await inner.predict(image);
    const right = found.mask.data.filter((label, i) => label === mask.data[i]).length;
    expect(right / mask.data.length).toBeGreaterThan(0.8);
  });
});

test("scores are interpolated as PyTorch does before classes are told", () => {
  // interpolate(tensor([[[[0, 1], [2, 7]], [[1.2, 1.2], [1.2, 1.2]]]]), size=(3, 4), mode="bilinear").argmax(1) of torch 1.13
  const data = Float32Array.of(0, 1, 2, 7, 1.2, 1.2, 1.2, 1.2);
  const { data: classes } = likeliestClasses(
    { shape: [1, 2, 2, 2], data },
    { height: 3, width: 4 },
  );
  expect([...classes]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
});

describe("what does not go together is told", () => {
  const short = { ...settings, epochs: 1 };
  const classifier = () => nn.sequential(nn.flatten(), nn.linear(3));
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "a network that tells whole pictures",
      () => train(classifier(), { ...short, device }),
      /the network gives .*×3 for masks of 32×32 and 3 classes, expected scores N×3×32×32.*unet/,
    ],
    [
      "score maps of other classes",
      () => train(new TinyUNet(4), { ...short, device }),
      /the network gives .*×4×32×32 for masks of 32×32 and 3 classes/,
    ],
    [
      "mixing",
      () => train(new TinyUNet(3), { ...short, device, mixup: 0.2 }),
      /mixup is for pictures that have one class/,
    ],
    [
      "views",
      () => train(new TinyUNet(3), { ...short, device, tta: "flip" }),
      /tta is for pictures that have one class/,
    ],
    [
      "a part without masks",
      () => train(new TinyUNet(3), { ...short, device, data: { ...data, test: bare() } }),
      /shapes: some parts have masks, one has none/,
    ],
    [
      "masks of another size",
      () => train(new TinyUNet(3), { ...short, device, data: withMasks(new Uint8Array(5)) }),
      /masks have 5 numbers, 24 pictures of 32×32 pixels have 24576/,
    ],
    [
      "a number that is no class",
      () =>
        train(new TinyUNet(3), {
          ...short,
          device,
          data: withMasks(new Uint8Array(24576).fill(7, 1024)),
        }),
      /the mask of picture 1 holds 7, there are 3 classes, and 255 is ignored/,
    ],
  ])("%s", async (_, training, message) => {
    await expect(training()).rejects.toThrow(message);
  });

  const bare = () => ({ ...data.test, masks: undefined }) as unknown as SegmentedDataset;
  const withMasks = (masks: Uint8Array): DatasetPair<SegmentedDataset> => ({
    ...data,
    test: { ...data.test, masks },
  });
});

test("balanced class weights count pixels", async () => {
  const run = await train(new TinyUNet(3), {
    ...settings,
    epochs: 1,
    device,
    classWeights: "balanced",
  });
  const counts = [0, 1, 2].map((c) => data.train.masks.filter((label) => label === c).length);
  const pixels = data.train.masks.length;
  expect(run.config.classWeights).toEqual(counts.map((n) => pixels / (3 * n)));
});

test("a folder is opened first; pictures may grow from epoch to epoch, and its own model segments them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "convkit-test-segmentation-"));
  try {
    await writeShapes(folder, 20, [
      [40, 40],
      [40, 56],
    ]);
    const short = { epochs: 4, seed: 3, device, progressiveResize: { from: 16, step: 8 } };
    await expect(trainOnFiles(new TinyUNet(3), { ...short, data: folder })).rejects.toThrow(
      /holds masks, of which another kind of model is made — give \{ data: await openSegmentation\(/,
    );
    const pair = await openSegmentation(folder, { size: [32, 32] });
    const run = await trainOnFiles(new TinyUNet(3), { ...short, data: pair });
    expect(run.card).toMatchObject({ task: "segmentation", preprocessing: { fit: "stretch" } });
    expect(run.meanIoU).toBeGreaterThan(0.3);
    const picture = await pictureAt(pair.test, 0);
    const { mask } = await run.predict(picture);
    expect([mask.width, mask.height]).toEqual([picture.width, picture.height]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
