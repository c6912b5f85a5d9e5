/** What an exported ONNX file says: operators, names, metadata, outputs, and values in a file beside it. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ExportOptions, exportOnnx } from "../src/formats/onnx/export.ts";
import { readModel } from "../src/formats/onnx/read-proto.ts";
import { externalFile } from "../src/formats/onnx/write-external.ts";
import { writeOnnx } from "../src/formats/onnx/write-onnx-node.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { formatPreprocessing, type Preprocessing } from "../src/image/preprocessing.ts";
import { createModel } from "../src/models/index.ts";
import * as nn from "../src/nn/index.ts";
import { recordOutput } from "../src/nn/named-outputs.ts";
import { layerCases, makeLayer } from "./golden/layer-cases.ts";
import { isOracleInstalled, missingOracle, openOnnx } from "./onnx-oracle.ts";
import { wave } from "./reference-store.ts";

type Net = nn.Module<readonly Tensor[]>;

const folder = mkdtempSync(join(tmpdir(), "convkit-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

const withRuntime = isOracleInstalled ? test : test.skip;

const read = (net: Net, options: ExportOptions) => readModel(exportOnnx(net, options).model);

const small = () =>
  nn.initialize(
    nn.sequential(
      nn.conv2d(8, { kernel: 3, padding: 1 }),
      nn.batchNorm2d(),
      nn.relu(),
      nn.flatten(),
      nn.linear(100),
    ),
    [3, 8, 8],
  );

// Layers that ONNX has an operator for, and what they are written as. Nothing else would notice a layer that was no longer found.
// biome-ignore format: a table
const operators = [
  ["conv2d: 3×3, padding 1", "Conv"],
  ["convTranspose2d: stride 2, groups 2", "ConvTranspose"],
  ["linear: rows", "Gemm"],
  ["linear: tokens", "Transpose MatMul"],
  ["embedding: one index an image", "Reshape Squeeze Max Min Gather"],
  ["relu6: default", "Clip"],
  ["hardTanh: bounds", "Clip"],
  ["hardSwish: default", "HardSwish"],
  ["hardSigmoid: default", "HardSigmoid"],
  ["elu: alpha 0.3", "Elu"],
  ["celu: alpha 0.5", "Celu"],
  ["selu: default", "Selu"],
  ["mish: default", "Mish"],
  ["softsign: default", "Softsign"],
  ["prelu: slopes by channel", "Reshape PRelu"],
  ["rrelu: default", "LeakyRelu"],
  ["gelu: exact", "Mul Erf Mul Add Mul"],
  ["maxPool2d: 2×2", "MaxPool"],
  ["avgPool2d: padding not counted", "AveragePool"],
  ["globalAvgPool2d: axes kept", "GlobalAveragePool"],
  ["globalMaxPool2d: axes kept", "GlobalMaxPool"],
  ["batchNorm2d: evaluation", "BatchNormalization"],
  ["frozenBatchNorm2d: training", "BatchNormalization"],
  ["instanceNorm2d: far from zero, affine", "InstanceNormalization"],
  ["layerNorm: two axes", "LayerNormalization"],
  ["layerNorm2d: affine", "Transpose LayerNormalization Transpose"],
  ["groupNorm: far from zero, bare", "Reshape InstanceNormalization Reshape"],
  ["localResponseNorm: as AlexNet", "LRN"],
  ["reflectionPad2d: four sides", "Pad Pad"],
  ["replicationPad2d: four sides", "Pad Pad"],
  ["conv2d: reflect", "Pad Pad Conv"],
  ["pixelShuffle: 3", "DepthToSpace"],
  ["upsample: bilinear, twice", "Resize"],
  ["upsample: bicubic, corners", "Resize"],
  ["flatten: images", "Flatten"],
] as const;

describe("layers that are one operator", () => {
  test.each(operators)("%s: %s", (title, expected) => {
    const layerCase = layerCases.find((known) => known.title === title);
    if (!layerCase) throw new Error(`no layer sample "${title}"`);
    const inputs = layerCase.sample.inputs.map(({ shape, dtype = "f32" }, i) => ({
      name: `x${i}`,
      shape,
      dtype,
    }));
    const { graph } = read(makeLayer(layerCase) as Net, { inputs });
    const found = graph.nodes.map(({ opType }) => opType).filter((type) => type !== "Constant");
    expect(found.join(" ")).toBe(expected);
  });
});

test("states keep their names and values, nodes are named by their layers, the batch stays open", () => {
  const net = small();
  const { graph, opsets, irVersion, producerName } = read(net, { inputShape: [3, 8, 8] });
  const states = nn.stateDict(net);
  const named = graph.initializers.filter(({ name }) => states.has(name));
  expect(named.map(({ name }) => name)).toEqual(
    [...states.keys()].filter((name) => !name.endsWith("num_batches_tracked")),
  );
  for (const { name, dims, data } of named) {
    expect(dims).toEqual(states.get(name)?.shape);
    expect(data).toEqual(states.get(name)?.data);
  }
  expect(graph.nodes.map(({ name }) => name)).toEqual([
    "0/Conv",
    "1/BatchNormalization",
    "2/Relu",
    "3/Flatten",
    "4/Gemm",
  ]);
  expect(graph.inputs).toEqual([{ name: "input", type: "float", shape: ["N", 3, 8, 8] }]);
  expect(graph.outputs).toEqual([{ name: "output", type: "float", shape: ["N", 100] }]);
  expect({ opsets, irVersion, producerName }).toEqual({
    opsets: [{ domain: "", version: 18 }],
    irVersion: 8,
    producerName: "convkit",
  });
});

test("metadata: architecture, input, classes and preprocessing", () => {
  const preprocessing: Preprocessing = {
    ...{ channels: 3, height: 8, width: 8, scale: 1 / 255 },
    ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  };
  const { metadata, graph } = read(small(), {
    inputShape: [3, 8, 8],
    output: "scores",
    architecture: "small",
    classes: ["cat", "dög"],
    preprocessing: formatPreprocessing(preprocessing),
    metadata: { epochs: "3" },
  });
  expect(graph.name).toBe("small");
  expect(graph.outputs.map(({ name }) => name)).toEqual(["scores"]);
  expect(metadata).toEqual({
    producer: "convkit",
    architecture: "small",
    inputShape: "[3,8,8]",
    classes: '["cat","dög"]',
    preprocessing: formatPreprocessing(preprocessing),
    epochs: "3",
  });
});

withRuntime(`every opset that is offered, a fixed batch, equal bytes${missingOracle}`, async () => {
  const net = nn.initialize(
    nn.sequential(nn.linear(5), nn.gelu(), nn.gelu({ approximate: "tanh" })),
    [3],
  );
  const x = wave([2, 3]);
  const outputs: number[][] = [];
  for (const opset of [18, 19, 20, 21] as const) {
    const { model } = exportOnnx(net, { inputShape: [3], opset, batch: 2 });
    expect(exportOnnx(net, { inputShape: [3], opset, batch: 2 }).model).toEqual(model);
    const session = await openOnnx(model);
    outputs.push(Array.from((await session.run(x))[0].data, Math.fround));
    await expect(session.run(wave([1, 3]))).rejects.toThrow("Got: 1 Expected: 2");
    await session.dispose();
  }
  for (const output of outputs) {
    output.forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[0][i], 5);
    });
  }
});

withRuntime(`named outputs; an input, or an output, given again${missingOracle}`, async () => {
  const twice = nn.module<readonly [Tensor]>("twice", (x) => {
    const y = x.mul(2);
    for (const [name, tensor] of Object.entries({ same: y, input_again: x, sum: y.sum() })) {
      recordOutput({ name, tensor });
    }
    return y;
  });
  const { model } = exportOnnx(twice as unknown as Net, { inputShape: [2] });
  const session = await openOnnx(model);
  expect(session.outputNames).toEqual(["output", "same", "input_again", "sum"]);
  const x = { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const [output, same, again, sum] = await session.run(x);
  expect([...output.data]).toEqual([2, 4, 6, 8, 10, 12]);
  expect(same).toEqual(output);
  expect(again).toEqual(x);
  expect(sum).toEqual({ shape: [], data: Float64Array.of(42) });
  await session.dispose();
});

withRuntime(`large values in a file beside it${missingOracle}`, async () => {
  const net = small();
  const options = { inputShape: [3, 8, 8] } as const;
  const path = join(folder, "small.onnx");
  expect(await writeOnnx(path, net, options)).toEqual([path]);
  const x = wave([2, 3, 8, 8]);
  const whole = await openOnnx(path);
  const expected = await whole.run(x);
  await whole.dispose();

  const inside = statSync(path).size;
  expect(await writeOnnx(path, net, { ...options, external: true })).toEqual([
    path,
    `${path}.data`,
  ]);
  expect(statSync(path).size).toBeLessThan(inside / 10);
  const { model, external } = exportOnnx(net, { ...options, external: true, location: "w.data" });
  const { graph } = readModel(model);
  const entries = graph.initializers.flatMap(({ external }) => (external ? [external] : []));
  // The weights of 100×512; the convolution's 864 bytes, biases and statistics stay.
  expect(entries).toEqual([{ location: "w.data", offset: 0, length: 4 * 100 * 512 }]);
  expect(external?.byteLength).toBe(4 * 100 * 512);
  const beside = await openOnnx(path);
  expect(await beside.run(x)).toEqual(expected);
  await beside.dispose();
});

test("more than 1 GiB of values go to a file beside it by themselves", () => {
  const read = () => {
    throw new Error("nothing is read before it is written");
  };
  const tensor = (name: string, size: number) =>
    ({ name, type: "float", dims: [size], read }) as const;
  const most = 2 ** 28;
  expect(externalFile([tensor("a", most)], "w.data")).toBe(undefined);
  const placed = externalFile([tensor("a", most), tensor("b", 2048), tensor("c", 8)], "w.data");
  expect(placed?.file).toMatchObject({ location: "w.data", byteLength: 4 * (most + 2048) });
  expect([...(placed?.entries.keys() ?? [])].map(({ name }) => name)).toEqual(["a", "b"]);
});

test("tensors of the file beside it begin at whole pages", async () => {
  const { net } = await createModel("lenet5");
  nn.initialize(net, [1, 28, 28]);
  const { model, external } = exportOnnx(net, { inputShape: [1, 28, 28], external: true });
  const { initializers } = readModel(model).graph;
  const bytes = Buffer.concat([...(external?.pieces() ?? [])]);
  expect(bytes.length).toBe(external?.byteLength);
  const outside = initializers.filter((tensor) => tensor.external);
  expect(outside.length).toBeGreaterThan(1);
  for (const { name, external: place } of outside) {
    const { offset = -1, length = 0 } = place ?? {};
    expect(offset % 4096).toBe(0);
    const found = Float32Array.from({ length: length / 4 }, (_, i) =>
      bytes.readFloatLE(offset + 4 * i),
    );
    expect(found).toEqual(nn.stateDict(net).get(name)?.data);
  }
});

describe("what cannot be written", () => {
  const inputShape = [3];
  const places = nn.module<readonly [Tensor]>("places", (x) => {
    const indices = x.builder.apply("maxPool2dIndices", [x.reshape(-1, 3, 1, 1)], { kernel: 1 });
    return indices.to("f32").flatten();
  });
  // biome-ignore format: one case a line
  test.each([
    ["a layer without an operator", nn.sequential(nn.linear(3), places), { inputShape }, /^\[exportOnnx\] layer "1" computes maxPool2dIndices, .*$/],
    ["an unknown opset", nn.linear(3), { inputShape, opset: 17 }, /^\[exportOnnx\] cannot write opset 17 — choose of 18, 19, 20, 21$/],
    ["no input", nn.linear(3), {}, /^\[exportOnnx\] give either inputShape or inputs$/],
  ])("%s", (_title, net, options, message) => {
    expect(() => exportOnnx(net as unknown as Net, options as ExportOptions)).toThrow(message);
  });
});
