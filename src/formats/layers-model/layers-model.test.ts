/** Networks that TensorFlow.js saved, against numbers of TensorFlow.js; damaged and foreign files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { wasmDevice } from "../../backends/wasm/device.ts";
import { ConvkitError } from "../../core/error.ts";
import { permuteAxes } from "../../core/permute-axes.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { readImage } from "../../image/decode-node.ts";
import { preprocess } from "../../image/preprocess.ts";
import { traceNetwork } from "../../nn/initialize.ts";
import type { Module } from "../../nn/module.ts";
import { loadStateDict, stateDict } from "../../nn/state-dict.ts";
import { table } from "../../ops/table.ts";
import { compile } from "../../tensor/compile.ts";
import type { ImportedModel } from "../imported-model.ts";
import golden from "./golden/layers.json" with { type: "json" };
import { importLayersModel } from "./index.ts";

describe.each(Object.entries(golden))("%s", (_, { input, output, values, ...saved }) => {
  const { modelTopology, weightSpecs, weights } = saved;
  const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
  const json = JSON.stringify({ modelTopology, weightsManifest: manifest });
  const shard = () => Uint8Array.from(Buffer.from(weights, "base64"));
  const read = () => importLayersModel(new TextEncoder().encode(json), { shard });

  test("gives the numbers of TensorFlow.js", async () => {
    const model = await read();
    const store = new ReferenceStore();
    const builder = new Builder(table, input[0]);
    const x = channelsSecond(wave(input, 0.5));
    const given = builder.input("x", { shape: x.shape, dtype: "f32", batched: true });
    const y = model.net.call(given, { training: false });
    const [found] = store.run(builder, [y], [x]);
    const expected = channelsSecond({ shape: output, data: Float64Array.from(values) });
    expect(y.shape).toEqual(expected.shape);
    // Six digits are kept.
    expect(relativeError(found, expected.data)).toBeLessThan(2e-6);
    expect(model.notes).toEqual([]);
  });
});

/** Images N×H×W×C, as TensorFlow.js has them, as N×C×H×W. */
function channelsSecond({ shape, data }: RefArray): RefArray {
  if (shape.length !== 4) return { shape, data };
  return permuteAxes(data, shape, [0, 3, 1, 2], new Float64Array(data.length));
}

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

describe("files that cannot be read", () => {
  const dense = {
    class_name: "Dense",
    config: { name: "fc", units: 2, batch_input_shape: [null, 3] },
  };
  const weights = [
    { name: "fc/kernel", shape: [3, 2], dtype: "float32" },
    { name: "fc/bias", shape: [2], dtype: "float32" },
  ];
  const sequential = (layers: unknown) => ({ class_name: "Sequential", config: { layers } });
  const read = (topology: unknown, entries: unknown = weights, held = 32) =>
    importLayersModel(
      new TextEncoder().encode(
        JSON.stringify({
          modelTopology: topology,
          weightsManifest: [{ paths: ["w.bin"], weights: entries }],
        }),
      ),
      { shard: () => new Uint8Array(held) },
    );
  const functional = (layers: unknown) => ({
    class_name: "Model",
    config: { layers, input_layers: [["x", 0, 0]], output_layers: [["a", 0, 0]] },
  });
  const input = {
    class_name: "InputLayer",
    name: "x",
    config: { batch_input_shape: [null, 3] },
    inbound_nodes: [],
  };
  const add = (name: string, ...from: string[]) => ({
    class_name: "Add",
    name,
    config: {},
    inbound_nodes: [from.map((layer) => [layer, 0, 0, {}])],
  });

  // biome-ignore format: one case a line
  const cases: readonly (readonly [what: string, topology: unknown, message: string, entries?: unknown, held?: number])[] = [
    ["no model", { class_name: "Dense", config: {} }, "its topology is a Dense, no model"],
    ["no layers", sequential([]), "has no layers"],
    ["unknown layers", sequential([dense, { class_name: "Lambda", config: { name: "a" } }, { class_name: "LSTM", config: { name: "b" } }]), "does not read: Lambda, LSTM"],
    ["an unknown activation", sequential([{ ...dense, config: { ...dense.config, activation: "boom" } }]), 'activation "boom" is not known'],
    ["twins", sequential([dense, dense]), "two layers are called fc"],
    ["a weight that is missing", sequential([dense]), "its weight fc/bias is not there", [weights[0]], 24],
    ["truncated weights", sequential([dense]), "holds 31 bytes, its weights take 32: it is truncated", weights, 31],
    ["spare weights", sequential([dense]), "it has bytes to spare", weights, 33],
    ["a weight of another shape", sequential([dense]), "fc.bias is 2, the file holds 3", [weights[0], { ...weights[1], shape: [3] }], 36],
    ["an unknown type", sequential([dense]), "is of type complex64", [{ ...weights[0], dtype: "complex64" }]],
    ["a shape beyond any file", sequential([dense]), "has no proper shape", [{ ...weights[0], shape: [1e9, 1e9] }]],
    ["an open size", sequential([{ ...dense, config: { ...dense.config, batch_input_shape: [null, null] } }]), "the size of input fc_input is open: ?"],
    ["a circle", functional([input, add("a", "x", "b"), add("b", "a", "x")]), "it waits for itself"],
    ["an input that is not there", functional([input, add("a", "x", "y")]), '"y" is an input of a layer, and there is no layer of that name'],
    ["models too deep", Array.from({ length: 40 }).reduce((inner) => sequential([inner]), sequential([dense])), "more than 16 deep"],
    ["a graph of TensorFlow", { node: [] }, "has no class_name"],
  ];
  test.each(cases)("%s", async (_, ...[topology, message, entries, held]) => {
    const failure = await read(topology, entries, held as number | undefined).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure).toBeInstanceOf(ConvkitError);
    expect(failure?.message).toContain(message);
    expect(failure?.message).not.toContain("\n");
  });

  test("text that is no JSON, and JSON that is no model", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    await expect(importLayersModel(bytes("{"))).rejects.toThrow("not valid JSON");
    await expect(importLayersModel(bytes("[]"))).rejects.toThrow("not a JSON object");
    await expect(importLayersModel(bytes('{"format":"graph-model"}'))).rejects.toThrow(
      "graph model",
    );
  });

  test("another number of classes is a fresh last layer, without the softmax where logits are asked for", async () => {
    const softmax = { ...dense, config: { ...dense.config, activation: "softmax" } };
    const json = {
      modelTopology: sequential([softmax]),
      weightsManifest: [{ paths: ["w.bin"], weights }],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    const shard = () => new Uint8Array(32);
    const { net, structure, notes } = await importLayersModel(bytes, {
      shard,
      classes: 5,
      logits: true,
    });
    expect(notes).toEqual(["layer fc is fresh, for 5 classes"]);
    const traced = traceNetwork(net, [3]);
    expect(traced.output.shape).toEqual([1, 5]);
    expect(traced.output.node.op).not.toBe("softmax");
    const values = Array.from(stateDict(net).get("fc.weight")?.data ?? []);
    expect(new Set(values).size).toBeGreaterThan(10);
    const again = await importLayersModel(structure.bytes);
    expect([...(stateDict(again.net).get("fc.weight")?.shape ?? [])]).toEqual([5, 3]);
    expect(traceNetwork(again.net, [3]).output.node.op).toBe("softmax");
  });

  test("weights in 8 bits are spread again, and a structure alone makes the same network", async () => {
    const quantized = weights.map((entry) => ({
      ...entry,
      quantization: { dtype: "uint8", scale: 0.5, min: -1 },
    }));
    const { net, structure } = await read(sequential([dense]), quantized, 8);
    expect(stateDict(net).get("fc.bias")?.data).toEqual(Float32Array.of(-1, -1));
    const again = await importLayersModel(structure.bytes);
    loadStateDict(again.net, stateDict(net));
    expect(stateDict(again.net)).toEqual(stateDict(net));
  });
});
