/** Networks that TensorFlow.js saved, against numbers of TensorFlow.js; damaged and foreign files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { relativeError } from "../../../test/reference-store.ts";
import { wasmDevice } from "../../backends/wasm/device.ts";
import { readImage } from "../../image/decode-node.ts";
import { preprocess } from "../../image/preprocess.ts";
import type { Module } from "../../nn/module.ts";
import { compile } from "../../tensor/compile.ts";
import type { ImportedModel } from "../imported-model.ts";
import { importLayersModel } from "./index.ts";

const data = join(import.meta.dirname, "../../../../shared/data");
const isThere = existsSync(join(data, "models"));
if (!isThere) test.skip("networks of TensorFlow.js (../shared/data/models is not there)", () => {});

function load(name: string): Promise<ImportedModel> {
  const file = join(data, "models", name, "model.json");
  const shard = (path: string) => readFileSync(join(dirname(file), path));
  return importLayersModel(readFileSync(file), { file, shard });
}

const reference = (name: string) =>
  JSON.parse(readFileSync(join(data, "models", name, "reference.json"), "utf8"));

async function run(
  net: Module,
  image: string,
  size: number,
  [scale, mean]: readonly [scale: number, mean: number],
): Promise<Float32Array> {
  const device = await wasmDevice({ threads: 1 });
  const how = {
    channels: 3,
    height: size,
    width: size,
    scale,
    mean: [mean, mean, mean],
    std: [1, 1, 1],
  } as const;
  const x = preprocess(await readImage(image), how);
  const forward = compile((input) => net.call(input, { training: false }), { device });
  const { data: y } = await forward({ shape: [1, 3, size, size], dtype: "f32", data: x });
  await device.dispose();
  return y as Float32Array;
}

const one = ({ net }: ImportedModel) => net as unknown as Module;
const kitten = join(data, "photos/kitten_224.png");

describe.runIf(isThere)("networks of TensorFlow.js", () => {
  test("Tiny VGG: a sequential model", async () => {
    const { classes, images } = reference("tiny-vgg");
    const folder = join(data, "models/tiny-vgg/images");
    const net = one(await load("tiny-vgg"));
    let near = 0;
    const files = readdirSync(folder).filter((file) => file in images);
    for (const file of files) {
      const found = await run(net, join(folder, file), 64, [1 / 255, 0]);
      // Another JPEG decoder was used, grey levels differ by a few.
      if (relativeError(found, images[file]) < 0.1) near++;
      const top = (scores: ArrayLike<number>) =>
        classes[Array.from(scores).indexOf(Math.max(...Array.from(scores)))];
      expect(top(found), file).toBe(top(images[file]));
    }
    expect(near).toBeGreaterThan(files.length - 4);
  });

  test("Tiny Darknet: a functional model in 31 files", async () => {
    const { values } = reference("tiny-darknet");
    const found = await run(one(await load("tiny-darknet")), kitten, 224, [1 / 255, 0]);
    expect(relativeError(found, values)).toBeLessThan(1e-4);
  });

  test("MobileNetV2 of Teachable Machine: models within models", async () => {
    const { head } = reference("mobilenetv2-0.35-tfjs");
    const model = await load("mobilenetv2-0.35-tfjs");
    const found = await run(one(model), kitten, 224, [1 / 127.5, 1]);
    expect(relativeError(found, head)).toBeLessThan(1e-4);
    const [[, features]] = model.net.namedChildren();
    const own = await run(features as Module, kitten, 224, [1 / 127.5, 1]);
    expect(relativeError(own, reference("mobilenetv2-0.35-tfjs").features)).toBeLessThan(1e-4);
  });
});
