/** Networks that others trained, on photographs of ants and bees: what their features tell without any training of theirs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openData } from "../src/data/open-node.ts";
import { openDevice } from "../src/tensor/index.ts";
import { openModel } from "../src/train/open-model-node.ts";
import { type HeadOptions, probe } from "../src/train/transfer/index.ts";

const folder = join(import.meta.dirname, "../../shared/data");
const photos = join(folder, "hymenoptera");
const models = join(folder, "models");
const isThere = existsSync(photos) && existsSync(models);
if (!isThere) test.skip("ants and bees (../shared/data/hymenoptera is not there)", () => {});

describe.runIf(isThere)("ants and bees", async () => {
  if (!isThere) return;
  const device = await openDevice({ threads: 2 });
  afterAll(() => device.dispose());
  const data = await openData(photos, { size: [224, 224], channels: 3 });

  const squeezenet = () =>
    openModel(join(models, "squeezenet1.1/squeezenet1.1-fp32.onnx"), {
      ...{ channels: "bgr", scale: 1, mean: [104, 117, 123], logits: true },
    });
  const mobilenet = () =>
    openModel(join(models, "mobilenetv2-0.35-tfjs/model.json"), {
      ...{ scale: 1 / 127.5, mean: [1], std: [1], logits: true },
    });
  const accuracyOf = async (model: ReturnType<typeof openModel>, options: Partial<HeadOptions>) =>
    (await probe(await model, data, { device, ...options })).test;

  test("a linear head on SqueezeNet's 512 features", { timeout: 60_000 }, async () => {
    const { accuracy } = await accuracyOf(squeezenet(), { head: "linear" });
    expect(accuracy).toBeGreaterThanOrEqual(0.875);
  });

  test("SqueezeNet's own classes ant and bee", { timeout: 60_000 }, async () => {
    const sources = [[310], [309]];
    const { accuracy } = await accuracyOf(squeezenet(), { head: "classifier", sources });
    expect(accuracy).toBeGreaterThanOrEqual(0.925);
  });

  test("a linear head on MobileNetV2's 1280 features", { timeout: 60_000 }, async () => {
    const { accuracy } = await accuracyOf(mobilenet(), { head: "linear" });
    expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });

  test("the nearest picture of each class, by MobileNetV2", { timeout: 60_000 }, async () => {
    const { nearest, rocAuc } = await accuracyOf(mobilenet(), { head: "one-class" });
    expect(nearest).toBeGreaterThanOrEqual(0.925);
    expect(Math.min(...(rocAuc ?? []))).toBeGreaterThan(0.65);
  });
});
