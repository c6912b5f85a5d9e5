/** Published ONNX files against the outputs that came with them, or that ONNX Runtime gives for them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../../src/backends/wasm/device.ts";
import type { Shape } from "../../src/core/shape.ts";
import { importModel } from "../../src/formats/import-model-node.ts";
import type { ImportedModel } from "../../src/formats/imported-model.ts";
import { numbersOf } from "../../src/formats/onnx/known.ts";
import { readTensor } from "../../src/formats/onnx/read-proto.ts";
import { readImage } from "../../src/image/decode-node.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import { summary } from "../../src/models/summary/summary.ts";
import { compile } from "../../src/tensor/compile.ts";
import { relativeError } from "../reference-store.ts";

const data = join(import.meta.dirname, "../../../shared/data");
const models = join(data, "models");
const isThere = existsSync(models);
const device = isThere ? await wasmDevice({ threads: 2 }) : undefined;
afterAll(() => device?.dispose());

if (!isThere) test.skip("published ONNX files (../shared/data/models is not there)", () => {});

const reference = (name: string) =>
  JSON.parse(readFileSync(join(models, name, "reference.json"), "utf8"));

async function run({ net }: ImportedModel, shape: Shape, x: Float32Array): Promise<Float32Array> {
  if (!device) throw new Error("no device");
  const forward = compile((input) => net.call(input, { training: false }), { device });
  const { data: y } = await forward({ shape, dtype: "f32", data: x });
  return y as Float32Array;
}

/** Bytes as the networks want them, one channel after the other. */
const scaled = (
  bytes: Uint8Array,
  means: readonly number[],
  stds: readonly number[],
  plane: number,
) =>
  Float32Array.from(bytes, (byte, i) => {
    const channel = Math.floor(i / plane) % means.length;
    return (byte / 255 - means[channel]) / stds[channel];
  });

/** The first `count` images of CIFAR-10's test batch, R, G, B: a picture of 100×100 images. */
async function cifar(count: number): Promise<Uint8Array> {
  const { data: pixels, info } = await sharp(join(data, "cifar10/test_batch.webp"))
    .extract({ left: 0, top: 0, width: 32 * count, height: 32 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Uint8Array.from({ length: count * 3072 }, (_, i) => {
    const [image, channel] = [Math.floor(i / 3072), Math.floor(i / 1024) % 3];
    const [row, column] = [Math.floor(i / 32) % 32, image * 32 + (i % 32)];
    return pixels[(row * info.width + column) * info.channels + channel];
  });
}

/** The pairs of inputs and outputs in the folder of a model of the zoo. */
async function pairs(name: string, sets: readonly number[]): Promise<number[]> {
  const folder = join(models, name);
  const model = await importModel(join(folder, "model.onnx"));
  const errors: number[] = [];
  for (const set of sets) {
    const read = (file: string) =>
      readTensor(readFileSync(join(folder, `test_data_set_${set}`, file)));
    const [x, y] = [read("input_0.pb"), read("output_0.pb")];
    const found = await run(model, x.dims, Float32Array.from(numbersOf(x)));
    errors.push(relativeError(found, numbersOf(y)));
  }
  return errors;
}

describe.runIf(isThere)("published ONNX files", () => {
  test("MNIST-8 of the model zoo, of Microsoft's CNTK", async () => {
    for (const error of await pairs("mnist-8-onnx", [0, 1, 2])) expect(error).toBeLessThan(1e-4);
  });

  test("Super-resolution 10 of the model zoo, of PyTorch", async () => {
    for (const error of await pairs("super-resolution-10-onnx", [0]))
      expect(error).toBeLessThan(1e-4);
  });

  test("a CNN of MNIST, 16 images at once", async () => {
    const model = await importModel(join(models, "mnist-cnn/mnist-cnn.onnx"));
    const images = gunzipSync(readFileSync(join(data, "mnist/t10k-images-idx3-ubyte.gz")));
    const x = scaled(images.subarray(16, 16 + 16 * 784), [0.1307], [0.3081], 784);
    const found = await run(model, [16, 1, 28, 28], x);
    const expected = reference("mnist-cnn")["mnist-cnn.onnx"].outputOfFirst16Images.flat();
    expect(relativeError(found, expected)).toBeLessThan(1e-4);
  });

  test("ResNet-20, 16 images at once", async () => {
    const model = await importModel(join(models, "resnet20-cifar10/resnet20-cifar10.onnx"));
    const [means, stds] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ];
    const found = await run(model, [16, 3, 32, 32], scaled(await cifar(16), means, stds, 1024));
    const expected = reference("resnet20-cifar10").logitsOfFirst16Records.flat();
    expect(relativeError(found, expected)).toBeLessThan(1e-4);
  });

  // The weights of both files are rounded to 16 bits; here all else is computed in 32.
  test.each(["fp32", "fp16"])(
    "SqueezeNet 1.1, %s, two images where the file says one",
    async (which) => {
      const model = await importModel(join(models, `squeezenet1.1/squeezenet1.1-${which}.onnx`));
      expect(model.notes.join()).toContain("made for batches of 1, takes any number of examples");
      const how = {
        channels: 3,
        height: 224,
        width: 224,
        scale: 1,
        mean: [0, 0, 0],
        std: [1, 1, 1],
      } as const;
      const rgb = preprocess(await readImage(join(data, "photos/kitten_224.png")), how);
      const plane = 224 * 224;
      const x = Float32Array.from({ length: 6 * plane }, (_, i) => {
        const channel = Math.floor(i / plane) % 3;
        return rgb[(2 - channel) * plane + (i % plane)] - [104, 117, 123][channel];
      });
      const found = await run(model, [2, 3, 224, 224], x);
      const { values } = reference("squeezenet1.1");
      expect(relativeError(found.subarray(0, 1000), values)).toBeLessThan(1e-4);
      expect(relativeError(found.subarray(1000), values)).toBeLessThan(1e-4);
      const { parameters, layers } = summary(model.net, [3, 224, 224]);
      expect(parameters).toBe(1_235_496);
      expect(layers.filter(({ kind }) => kind === "Conv")).toHaveLength(26);
      expect(layers.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters);
    },
  );
});
