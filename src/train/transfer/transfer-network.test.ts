/** A body with another head: what is trained, what is saved, and that a saved one is the same again. */
import { afterAll, expect, test } from "vitest";
import type { ArrayDataset, DatasetPair } from "../../data/index.ts";
import { createModel } from "../../models/index.ts";
import { initialize } from "../../nn/initialize.ts";
import { namedParameters, namedStates } from "../../nn/parameters.ts";
import { openDevice } from "../../tensor/index.ts";
import { Classifier } from "../classifier.ts";
import { layerGroups } from "../layer-groups.ts";
import { train } from "../train.ts";
import { bodyLayers, layersBelow } from "./body-layers.ts";
import type { HeadKind } from "./head-settings.ts";
import { probe } from "./probe.ts";
import { TransferNetwork, transferNetwork } from "./transfer-network.ts";
import { type TrainedModel, withHead } from "./with-head.ts";

const device = await openDevice({ threads: 1 });
afterAll(() => device.dispose());

const SIZE = 32;

/** Bright and dark squares on noise: a class each, told apart by what the first layers of any network see. */
function squares(length: number, phase: number): ArrayDataset {
  const images = new Uint8Array(length * 3 * SIZE * SIZE);
  const labels = Int32Array.from({ length }, (_, i) => i % 2);
  for (let at = 0; at < images.length; at++) {
    const picture = Math.floor(at / (3 * SIZE * SIZE));
    const [y, x] = [Math.floor(at / SIZE) % SIZE, at % SIZE];
    const isInside = Math.abs(x - 16) < 7 && Math.abs(y - 16) < 7;
    const noise = 30 * Math.sin(at * at * 0.37 + phase);
    images[at] = 128 + noise + (isInside ? (labels[picture] ? 70 : -70) : 0);
  }
  const shape = [3, SIZE, SIZE] as const;
  return { name: "squares", length, classes: ["dark", "bright"], shape, labels, images };
}

const data: DatasetPair = { train: squares(24, 0), test: squares(16, 1) };
const inputShape = [3, SIZE, SIZE];

async function model(name = "resnet20", classes = 10): Promise<TrainedModel> {
  const { net } = await createModel(name, { inputShape, classes });
  return {
    net: initialize(net, inputShape),
    ...{ architecture: name, inputShape, loss: "crossEntropy", notes: [] },
    preprocessing: {
      ...{ channels: 3, height: SIZE, width: SIZE, scale: 1 / 255 },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    },
  };
}

test("the network's own classifier and auxiliary ones leave, the head comes, all other names stay", async () => {
  for (const name of ["resnet20", "googlenet"]) {
    const { net } = await model(name);
    const before = namedStates(net).map(([path]) => path);
    const made = transferNetwork(net, inputShape, { kind: "linear" }, 2);
    const after = namedStates(made).map(([path]) => path);
    const left = before.filter((path) => !/^(fc|linear|aux\d)\./.test(path));
    expect(after).toEqual([...left, "head.weight", "head.bias"]);
  }
});

test("a network that has a head already gets another in its place", async () => {
  const { net } = await model();
  const first = transferNetwork(net, inputShape, { kind: "linear" }, 2);
  const second = transferNetwork(first, inputShape, { kind: "linear" }, 5);
  expect(second.body).toBe(net);
  const weights = namedParameters(second).filter(([name]) => name === "head.weight");
  expect(weights.map(([, { shape }]) => shape)).toEqual([[5, 64]]);
});

test.each<[HeadKind, object]>([
  ["linear", { C: 1 }],
  ["knn", { k: 3 }],
  ["one-class", { k: 2, metric: "euclidean" }],
  ["one-class", { only: "bright" }],
  ["classifier", { sources: [[0, 3], [7]] }],
])("%s %j: a saved one says the same of pictures", async (head, options) => {
  const made = await probe(await model("squeezenet1_1"), data, { device, head, ...options });
  const { classifier } = made;
  const again = await Classifier.load(classifier.save(), { device });
  expect(again.card).toEqual(classifier.card);
  const values = Float32Array.from({ length: 2 * 3 * SIZE * SIZE }, (_, i) => Math.sin(i));
  const [one, other] = await Promise.all([classifier, again].map((of) => of.predictValues(values)));
  expect(one).toEqual(other);
  expect(made.test.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(16);
  again.dispose();
});

test("features of a random network tell bright from dark; the saved whole is as right as its parts", async () => {
  const { classifier, test: result, fitted } = await probe(await model(), data, { device });
  expect(result.accuracy).toBe(1);
  expect(fitted.kind === "linear" && fitted.tried.length).toBe(7);
  const whole = await classifier.evaluate(data.test);
  expect(whole.accuracy).toBe(result.accuracy);
  expect(whole.loss).toBeCloseTo(result.loss, 4);
});

test("one class against pictures of others: none of them is an answer, and right", async () => {
  const { test: result, classifier } = await probe(await model(), data, {
    ...{ device, head: "one-class", only: "bright" },
  });
  expect(classifier.classes).toEqual(["bright", "none of them"]);
  expect(result.rocAuc?.[0]).toBe(1);
  expect(result.confusion[1]).toEqual([0, 8]);
});

test("the head alone is trained above frozen layers, with the blocks that are thawed", async () => {
  const { model: made } = await withHead(await model(), data.train, { device, C: 1 });
  const { net } = made;
  const before = new Map(namedStates(net).map(([name, s]) => [name, s.parameter.read().slice()]));
  const freeze = layersBelow(net, inputShape, 1);
  const run = await train(made, { data, device, epochs: 1, batch: 8, validation: 0, freeze });
  const changed = namedStates(net)
    .filter(([name, { parameter }]) => String(parameter.read()) !== String(before.get(name)))
    .map(([name]) => name.split(".").slice(0, 2).join("."));
  expect([...new Set(changed)]).toEqual(["layer3.2", "head.weight", "head.bias"]);
  expect(run.card.head).toEqual({ kind: "linear" });
  const again = await Classifier.load(run.save(), { device });
  expect(again.net).toBeInstanceOf(TransferNetwork);
  expect((await again.evaluate(data.test)).accuracy).toBe(run.accuracy);
});

test("layers are named shortly: what freezes a body, and what freezes all but its upper blocks", async () => {
  const { net } = await model();
  const body = ["conv1", "bn1", "layer1", "layer2", "layer3"];
  expect(bodyLayers(net, inputShape)).toEqual(body);
  expect(layersBelow(net, inputShape, 2)).toEqual([...body.slice(0, 4), "layer3.0"]);
  expect(() => layersBelow(net, inputShape, 10)).toThrow("10 of 10 blocks");
  const made = transferNetwork(net, inputShape, { kind: "linear" }, 2);
  expect(bodyLayers(made, inputShape)).not.toContain("head");
  expect(layerGroups(made).at(-1)?.name).toBe("head");
  expect(layerGroups(made).map(({ name }) => name)).not.toContain("linear");
});

test("data and model that say nothing of preparing pictures, and classes that are not there", async () => {
  const { preprocessing: _, ...bare } = await model();
  await expect(probe(bare, data, { device })).rejects.toThrow(
    "nothing says how pictures are prepared",
  );
  const head = "one-class" as const;
  await expect(probe(await model(), data, { device, head, only: "grey" })).rejects.toThrow(
    'the data has no class "grey" — it has dark, bright',
  );
  await expect(probe(await model(), data, { device, head: "knn", k: 99 })).rejects.toThrow(
    "99 neighbours of 24 pictures",
  );
});
