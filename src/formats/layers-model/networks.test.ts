/** Networks of TensorFlow.js that are more than chains, in every form that files have them in. */
import { describe, expect, test } from "vitest";
import { ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { permuteAxes } from "../../core/permute-axes.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { table } from "../../ops/table.ts";
import { encodeF16 } from "../half.ts";
import golden from "./golden/networks.json" with { type: "json" };
import { importLayersModel } from "./index.ts";

type Golden = (typeof golden)[keyof typeof golden];
type Json = Record<string, unknown>;

interface Saved {
  readonly modelTopology: unknown;
  readonly weightsManifest: unknown;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const floatsOf = ({ weights }: Golden): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(weights, "base64")).buffer);

const saved = (of: Golden, topology: unknown = of.modelTopology): Saved => ({
  modelTopology: topology,
  weightsManifest: [{ paths: ["w.bin"], weights: of.weightSpecs }],
  files: new Map([["w.bin", new Uint8Array(floatsOf(of).buffer)]]),
});

/** Each weight is a group of its own, cut into three files at places that are none of a value's. */
function sharded(of: Golden): Saved {
  const bytes = new Uint8Array(floatsOf(of).buffer);
  const files = new Map<string, Uint8Array>();
  let at = 0;
  const groups = of.weightSpecs.map((spec, g) => {
    const size = 4 * spec.shape.reduce((a, b) => a * b, 1);
    const cuts = [0, Math.ceil(size / 3), Math.ceil(size / 2) + 1, size];
    const paths = [0, 1, 2].map((i) => `group${g}-shard${i + 1}of3.bin`);
    for (const [i, path] of paths.entries())
      files.set(path, bytes.subarray(at + cuts[i], at + cuts[i + 1]));
    at += size;
    return { paths, weights: [spec] };
  });
  return { ...saved(of), weightsManifest: groups, files };
}

/** As the converter's --quantize_float16, _uint8 and _uint16 write: value = scale · q + min. */
function quantised(of: Golden, dtype: "float16" | "uint8" | "uint16"): Saved {
  const floats = floatsOf(of);
  const parts: Uint8Array[] = [];
  let at = 0;
  const weights = of.weightSpecs.map((spec) => {
    const end = at + spec.shape.reduce((a, b) => a * b, 1);
    const values = floats.subarray(at, end);
    at = end;
    if (dtype === "float16") {
      parts.push(new Uint8Array(encodeF16(values).buffer));
      return { ...spec, quantization: { dtype, original_dtype: "float32" } };
    }
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const scale = (max - min) / (dtype === "uint8" ? 255 : 65535) || 1;
    const q = values.map((value) => Math.round((value - min) / scale));
    const packed = dtype === "uint8" ? Uint8Array.from(q) : Uint16Array.from(q);
    parts.push(new Uint8Array(packed.buffer));
    return { ...spec, quantization: { dtype, min, scale, original_dtype: "float32" } };
  });
  return {
    ...saved(of),
    weightsManifest: [{ paths: ["q.bin"], weights }],
    files: new Map([["q.bin", new Uint8Array(Buffer.concat(parts))]]),
  };
}

/** `inbound_nodes` and inputs as Keras 3 writes them. */
function keras3(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keras3);
  if (typeof value !== "object" || value === null) return value;
  const { inbound_nodes: nodes, batch_input_shape: shape, ...rest } = value as Json;
  const others = Object.entries(rest).map(([key, part]) => [key, keras3(part)]);
  const tensor = (source: unknown[]) => ({
    class_name: "__keras_tensor__",
    config: { shape: [null, 1], dtype: "float32", keras_history: source.slice(0, 3) },
  });
  const calls = (nodes as unknown[][][] | undefined)?.map((sources) => {
    const tensors = sources.map(tensor);
    return { args: tensors.length === 1 ? tensors : [tensors], kwargs: { training: false } };
  });
  return {
    ...Object.fromEntries(others),
    ...(calls && { inbound_nodes: calls }),
    ...(shape !== undefined && { batch_shape: shape }),
  };
}

/** Images N×H×W×C, as TensorFlow.js has them, as N×C×H×W. */
const channelsSecond = ({ shape, data }: RefArray): RefArray =>
  shape.length === 4
    ? permuteAxes(data, shape, [0, 3, 1, 2], new Float64Array(data.length))
    : { shape, data };

const read = ({ files, ...json }: Saved, options = {}) =>
  importLayersModel(new TextEncoder().encode(JSON.stringify(json)), {
    shard: (path) => files.get(path) as Uint8Array,
    ...options,
  });

async function outputs(model: Saved, { inputs: shapes }: Golden): Promise<Float64Array[]> {
  const { net, inputs } = await read(model);
  const builder = new Builder(table, 2);
  const given = shapes.map((shape, i) => channelsSecond(wave(shape, i)));
  const tensors = given.map(({ shape }, i) =>
    builder.input(inputs[i].name, { shape, dtype: "f32", batched: true }),
  );
  const first = net.call(...tensors, { training: false });
  const others = takeOutputs(builder).map(({ tensor }) => tensor);
  return new ReferenceStore().run(builder, [first, ...others], given, 2);
}

describe.each(Object.entries(golden))("%s", (_, of) => {
  // Quantised to 255 steps of a weight's range, 65,535, or 11 bits; files keep six digits.
  test.each([
    ["as it is saved", () => saved(of), 2e-6],
    ["a file for a third of each weight", () => sharded(of), 2e-6],
    ["as Keras 3 writes it", () => saved(of, keras3(of.modelTopology)), 2e-6],
    ["16-bit floats", () => quantised(of, "float16"), 3e-3],
    ["uint16", () => quantised(of, "uint16"), 1e-4],
    ["uint8", () => quantised(of, "uint8"), 3e-2],
  ] as const)("%s", async (_form, form, limit) => {
    const found = await outputs(form(), of);
    expect(found).toHaveLength(of.outputs.length);
    for (const [i, values] of found.entries())
      expect(relativeError(values, of.outputs[i])).toBeLessThan(limit);
  });
});

test("a softmax within a network stays where scores are asked for", async () => {
  const of = golden["a network called twice within another"];
  const run = async (options: object) => {
    const { net } = await read(saved(of), options);
    const builder = new Builder(table, 2);
    const given = of.inputs.map((shape, i) => channelsSecond(wave(shape, i)));
    const tensors = given.map(({ shape }, i) =>
      builder.input(`x${i}`, { shape, dtype: "f32", batched: true }),
    );
    const y = net.call(...tensors, { training: false });
    return [...new ReferenceStore().run(builder, [y], given, 2)[0]];
  };
  const [scores, probabilities] = [await run({ logits: true }), await run({})];
  const odds = scores.map((s, i) => 1 / (1 + Math.exp(scores[i ^ 1] - s)));
  expect(relativeError(odds, probabilities)).toBeLessThan(1e-6);
});

describe("files that cannot be read", () => {
  test("a weight of another shape is named", async () => {
    const of = golden["a layer called three times, the last"];
    const specs = of.weightSpecs.map((spec) =>
      spec.name.endsWith("kernel") ? { ...spec, shape: [2, 8] } : spec,
    );
    const broken = { ...saved(of), weightsManifest: [{ paths: ["w.bin"], weights: specs }] };
    await expect(read(broken)).rejects.toThrow(
      /^\[layers-model\] model\.json: dense_Dense\d\.weight is 8×4, this input needs 8×8 — the file is damaged, or made for/,
    );
  });

  test("a chain of ten thousand layers is read", async () => {
    const layer = (name: string, from?: string) => ({
      class_name: from ? "Activation" : "InputLayer",
      name,
      config: { name, activation: "relu", batch_input_shape: [null, 2] },
      inbound_nodes: from ? [[[from, 0, 0, {}]]] : [],
    });
    const names = Array.from({ length: 10_000 }, (_, i) => `l${i}`);
    const modelTopology = {
      class_name: "Model",
      config: {
        layers: names.map((name, i) => layer(name, names[i - 1])),
        input_layers: [["l0", 0, 0]],
        output_layers: [[names.at(-1), 0, 0]],
      },
    };
    const long = { modelTopology, weightsManifest: [], files: new Map() };
    await expect(read(long)).resolves.toHaveProperty("net");
  });
});
