/** Networks that others trained, opened as people would, see in photographs what is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { readImage } from "../src/image/decode-node.ts";
import { preprocess } from "../src/image/preprocess.ts";
import { Classifier } from "../src/train/classifier.ts";
import { type OpenModelOptions, openModel } from "../src/train/open-model-node.ts";
import predictions from "./golden/photo-predictions.json" with { type: "json" };

const data = join(import.meta.dirname, "../../shared/data");
const models = join(data, "models");
const isThere = existsSync(join(models, "squeezenet1.1"));
if (!isThere) test.skip("pretrained networks (../shared/data/models is not there)", () => {});

interface Photo {
  readonly file: string;
  readonly label: string;
  readonly acceptedClassIndices: readonly number[];
  readonly acceptedLabels: readonly string[];
}

const read = (path: string) => readFileSync(join(data, path), "utf8");
const lines = (path: string) => read(path).trimEnd().split("\n");

describe.runIf(isThere)("pretrained networks", async () => {
  if (!isThere) return;
  const device = await wasmDevice({ threads: 2 });
  afterAll(() => device.dispose());
  const photos: Photo[] = JSON.parse(read("photos/photos.json"));
  const caffe: OpenModelOptions = { channels: "bgr", scale: 1, mean: [104, 117, 123] };

  const open = async (file: string, options: OpenModelOptions) =>
    Classifier.of(await openModel(join(models, file), options), device);

  test.each(["squeezenet1.1-fp16.onnx", "squeezenet1.1-fp32.onnx"])(
    "%s names every photograph",
    async (file) => {
      const labels = lines("imagenet/synset_words.txt");
      const model = await open(`squeezenet1.1/${file}`, { ...caffe, labels });
      for (const { file: photo, acceptedClassIndices, label } of photos) {
        const image = await readImage(join(data, "photos", photo));
        const { label: found, probability } = await model.predict(image);
        expect(acceptedClassIndices, `${photo}: ${found}, ${label}`).toContain(
          labels.indexOf(found),
        );
        expect(probability).toBeGreaterThan(0.3);
      }
    },
  );

  test("from a file to probabilities, SqueezeNet gives what Python gives", async () => {
    const model = await open("squeezenet1.1/squeezenet1.1-fp32.onnx", caffe);
    const how = { ...model.card.preprocessing, cropPct: 224 / 256 };
    const photographs = Object.entries(predictions);
    expect(photographs.length).toBeGreaterThan(15);
    for (const [photo, likeliest] of photographs) {
      const values = preprocess(await readImage(join(data, photo)), how);
      const [{ top }] = await model.predictValues(values);
      for (const [i, [index, probability]] of likeliest.entries()) {
        expect(top[i].label, photo).toBe(`class ${index}`);
        expect(Math.abs(top[i].probability - probability), photo).toBeLessThan(1e-5);
      }
    }
  });

  test("Tiny Darknet names all but the eagle, which it takes for a kite", async () => {
    const labels = lines("models/tiny-darknet/classes-darknet-order.txt");
    const model = await open("tiny-darknet/model.json", { scale: 1 / 255, labels });
    const wrong: string[] = [];
    for (const { file: photo, acceptedLabels } of photos) {
      const { label } = await model.predict(await readImage(join(data, "photos", photo)));
      if (!acceptedLabels.includes(label)) wrong.push(`${photo}: ${label}`);
    }
    expect(wrong).toEqual(["bald_eagle.jpeg: kite"]);
  });

  test("Tiny VGG tells its ten classes apart", async () => {
    const { classes } = JSON.parse(read("models/tiny-vgg/reference.json"));
    const model = await open("tiny-vgg/model.json", { scale: 1 / 255, labels: classes });
    const folder = join(models, "tiny-vgg/images");
    const names: Readonly<Record<string, string>> = {
      ...{ boat: "lifeboat", bug: "ladybug", bus: "school bus", car: "sport car" },
      ...{ panda: "red panda", pepper: "bell pepper" },
    };
    const files = readdirSync(folder);
    let right = 0;
    for (const file of files) {
      const name = file.replace(/_.*/, "");
      const { label } = await model.predict(await readImage(join(folder, file)));
      if (label === (names[name] ?? name)) right++;
    }
    expect(files).toHaveLength(20);
    expect(right).toBeGreaterThanOrEqual(14);
  });

  test("a network of Teachable Machine brings the names of its classes", async () => {
    const model = await open("mobilenetv2-0.35-tfjs/model.json", { scale: 1 / 127.5, mean: [1] });
    expect(model.classes).toEqual(["Class 1", "Class 2"]);
    const { label, probability } = await model.predict(
      await readImage(join(data, "photos/kitten_224.png")),
    );
    expect(label).toBe("Class 2");
    expect(probability).toBeCloseTo(0.9895, 3);
  });
});
