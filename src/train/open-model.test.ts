/** Models opened from files of every kind, trained on, saved, and opened again. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/command-line.ts";
import { glyphs } from "../data/glyphs.ts";
import { writeFileAtomic, writeOnnx, writeStateDict } from "../formats/node.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { createModel } from "../models/index.ts";
import { relu } from "../nn/activation/relu.ts";
import { softmax } from "../nn/activation/softmax.ts";
import { conv2d } from "../nn/convolution/conv2d.ts";
import { initialize } from "../nn/initialize.ts";
import { linear } from "../nn/linear/linear.ts";
import { batchNorm2d } from "../nn/normalization/batch-norm.ts";
import { stateDict } from "../nn/state-dict.ts";
import { flatten } from "../nn/structure/flatten.ts";
import { sequential } from "../nn/structure/sequential.ts";
import { openDevice } from "../tensor/index.ts";
import { Classifier } from "./classifier.ts";
import { openModel } from "./open-model-node.ts";
import { train } from "./train-node.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const data = glyphs({ train: 300, test: 100, seed: 2 });
const inputShape = [1, 28, 28];

beforeAll(async () => {
  const net = sequential(
    conv2d(4, { kernel: 5, stride: 2 }),
    batchNorm2d(),
    relu(),
    flatten(),
    linear(10),
    softmax(),
  );
  initialize(net, inputShape, { seed: 1 });
  await writeOnnx(at("net.onnx"), net, { inputShape, architecture: "net" });
  const lenet = await createModel("lenet5", { inputShape });
  initialize(lenet.net, inputShape, { seed: 4 });
  await writeStateDict(at("lenet5.pth"), lenet.net);
});

test("an ONNX file is trained on without its softmax, saved with its structure, and opened again", async () => {
  const opened = await openModel(at("net.onnx"), { logits: true, channels: "grey" });
  expect(opened).toMatchObject({
    architecture: "net",
    classes: 10,
    inputShape,
    probabilities: false,
  });
  const device = await openDevice({ threads: 1 });
  const before = stateDict(opened.net);
  const run = await train(opened, { data, epochs: 2, out: at("run"), device, seed: 0 });
  expect(run.card.preprocessing.mean).toEqual([0]);
  const after = stateDict(run.net);
  const changed = [...after].filter(([name, { data: values }]) => {
    return Array.from(values).some((value, i) => value !== before.get(name)?.data[i]);
  });
  // Running statistics among them: a batch norm of a file works as one in training.
  expect(changed.map(([name]) => name).filter((name) => /running|mean|var/.test(name))).not.toEqual(
    [],
  );
  expect(run.history[1].loss).toBeLessThan(run.history[0].loss);

  const again = await openModel(at("run"));
  expect(again.structure?.format).toBe("onnx");
  expect(again.labels).toEqual(data.train.classes);
  expect([...stateDict(again.net)]).toEqual([...stateDict(run.net)]);
  const evaluated = await Classifier.of(again, device).evaluate(data.test);
  expect(evaluated.accuracy).toBe(run.accuracy);
  await device.dispose();
});

test("as it is, a file's softmax gives probabilities", async () => {
  const opened = await openModel(at("net.onnx"), { scale: 1 / 255 });
  expect(opened.probabilities).toBe(true);
  const device = await openDevice({ backend: "reference" });
  const values = new Float32Array(784).fill(0.5);
  const [{ top }] = await Classifier.of(opened, device).predictValues(values, { top: 10 });
  expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  const scores = await Classifier.of(opened, device).scores({
    shape: [1, 1, 28, 28],
    dtype: "f32",
    data: values,
  });
  expect(top[0].probability).toBeCloseTo(Math.max(...Array.from(scores.data)), 6);
  expect(top[0].label).toMatch(/^class \d$/);
});

test("other classes get a fresh last layer: of a file, of weights", async () => {
  const file = await openModel(at("net.onnx"), { classes: 3, logits: true });
  expect(file.classes).toBe(3);
  expect(file.notes.join()).toMatch(/fresh/);
  const weights = await openModel("lenet5", { inputShape, weights: at("lenet5.pth"), classes: 4 });
  expect(weights.classes).toBe(4);
  expect(weights.notes.join()).toMatch(/fc3 left fresh, for 4 classes/);
});

test("a run gives all but its last layer to other classes", async () => {
  const made = await train("lenet5", { data, epochs: 1, out: at("lenet"), seed: 0, threads: 1 });
  const other = await openModel(at("lenet"), { classes: 3 });
  expect([other.classes, other.labels]).toEqual([3, undefined]);
  const [own, from] = [stateDict(other.net), stateDict(made.net)];
  expect(own.get("conv1.weight")).toEqual(from.get("conv1.weight"));
  expect(own.get("fc3.weight")?.shape).toEqual([3, 84]);
  await made.device.dispose();
});

test("weights tell the number of classes, and hold the network to their shapes", async () => {
  const opened = await openModel("lenet5", { inputShape, weights: at("lenet5.pth") });
  expect(opened).toMatchObject({ classes: 10, file: at("lenet5.pth") });
  await expect(
    openModel("lenet5", { inputShape: [3, 28, 28], weights: at("lenet5.pth") }),
  ).rejects.toThrow("conv1.weight is 6×3×5×5, the file holds 6×1×5×5");
});

test("a file beside the model says how pictures are prepared, and what the classes are called", async () => {
  const sidecar = {
    channels: "grey",
    scale: "1/255",
    mean: 0.1,
    std: 0.3,
    classes: [..."abcdefghij"],
  };
  await writeFileAtomic(at("net.preprocessing.json"), JSON.stringify(sidecar));
  const { preprocessing, labels } = await openModel(at("net.onnx"));
  expect(preprocessing).toMatchObject({ scale: 1 / 255, mean: [0.1], std: [0.3], channels: 1 });
  expect(labels).toEqual([..."abcdefghij"]);
  // What is said at the moment goes first.
  const said = await openModel(at("net.onnx"), { mean: [0.2] });
  expect(said.preprocessing?.mean).toEqual([0.2]);
});

test("a run says how its own pictures were cropped, not those of the weights it began with", async () => {
  const { preprocessing, ...opened } = await openModel("lenet5", { inputShape, channels: "grey" });
  const own = { ...(preprocessing as Preprocessing), mean: [0.25], cropPct: 0.875 };
  const device = await openDevice({ threads: 1 });
  const settings = { epochs: 1, device, seed: 0 };
  const plain = await train({ ...opened, preprocessing: own }, { data, ...settings });
  expect(plain.card.preprocessing).toMatchObject({ mean: [0.25], cropPct: undefined });
  const cropped = { ...data.train, fit: "cover", cropPct: 0.875 } as const;
  const again = await openModel("lenet5", { inputShape });
  const run = await train(
    { ...again, preprocessing: own },
    { data: { ...data, train: cropped }, ...settings },
  );
  expect(run.card.preprocessing).toMatchObject({ fit: "cover", cropPct: 0.875 });
  await device.dispose();
});

test("names of nothing, weights twice, and pictures that nobody prepares", async () => {
  await expect(openModel("lenet")).rejects.toThrow("did you mean lenet5?");
  await expect(openModel(at("net.onnx"), { weights: at("lenet5.pth") })).rejects.toThrow(
    "has weights of its own",
  );
  const device = await openDevice({ backend: "reference" });
  const { preprocessing: _, ...bare } = await openModel("lenet5");
  expect(() => Classifier.of(bare, device)).toThrow(
    "nothing says how pictures are prepared for lenet5",
  );
  expect(() => Classifier.of({ ...bare, labels: ["a"] }, device)).toThrow(
    "1 names of classes for the 10 scores",
  );
});

test("weights for another size of image open at this one, and pictures are prepared as they want them", async () => {
  const name = "vit_tiny_patch16_224";
  const made = await createModel(name, { inputShape: [3, 64, 64], classes: 5 });
  initialize(made.net, made.inputShape, { seed: 2 });
  await writeStateDict(at("vit.safetensors"), made.net);
  const opened = await openModel(name, { inputShape: [3, 32, 48], weights: at("vit.safetensors") });
  expect(opened.classes).toBe(5);
  expect(opened.notes.at(-1)).toMatch(/position embeddings of 4×4 patches, .* for 2×3$/);
  expect(opened.preprocessing).toMatchObject({
    ...{ height: 32, width: 48, fit: "cover", cropPct: 0.9 },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  });
});
