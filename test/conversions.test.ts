/** Networks in other forms give what they gave before: in doubles and on wasm, layers of every kind and architectures of the zoo. */
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { Random } from "../src/core/random.ts";
import { sizeOf } from "../src/core/shape.ts";
import { Builder } from "../src/graph/builder.ts";
import type { RefArray } from "../src/graph/op.ts";
import { createModel } from "../src/models/index.ts";
import * as nn from "../src/nn/index.ts";
import { compile, tensor } from "../src/tensor/index.ts";
import { ops } from "./op-cases.ts";
import { random } from "./reference-compute.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";
import { filled } from "./zoo.ts";

/** Weights by formula, statistics and factors far from 0 and 1. */
function fill<M extends nn.Module>(net: M, inputShape: readonly number[]): M {
  nn.initialize(net, inputShape);
  for (const [path, { parameter }] of nn.namedStates(net)) {
    if (parameter.dtype === "f32") parameter.write(filled(path, parameter.shape));
  }
  return net;
}

/** In doubles; what a conversion worked out for `net` of `before` keeps the digits that floats would cost it. */
function run(net: nn.Module, x: RefArray, before: nn.Module = net) {
  const builder = new Builder(ops, x.shape[0]);
  const input = builder.input("x", { shape: x.shape, dtype: "f32", batched: true });
  const y = net.call(input, { training: false });
  const store = new ReferenceStore();
  const known = new Set(nn.namedStates(before).map(([, { parameter }]) => parameter));
  for (const [name, { parameter, init }] of nn.namedStates(net)) {
    if (!known.has(parameter)) store.set(parameter, init(parameter.shape, new Random(0, name)));
  }
  return { shape: y.shape, data: store.run(builder, [y], [x], x.shape[0])[0] };
}

const names = (net: nn.Module) => nn.namedStates(net).map(([name]) => name);

const norms = (net: nn.Module) => names(net).filter((name) => name.endsWith("running_var"));

describe("batch norm folded into", () => {
  const bn = nn.batchNorm2d;
  test.each([
    ["a convolution", [nn.conv2d(6, { kernel: 3, bias: false }), bn()], [3, 6, 5]],
    ["one with a bias and groups", [nn.conv2d(6, { kernel: [1, 3], groups: 3 }), bn()], [3, 6, 5]],
    [
      "a turned kernel",
      [nn.conv2d(4, { kernel: 3 }), nn.relu(), nn.conv2d(6, { kernel: 2 }), bn({ eps: 1e-2 })],
      [3, 6, 5],
    ],
    ["a norm without factors", [nn.conv2d(6, { kernel: 3 }), bn({ affine: false })], [3, 6, 5]],
    ["a frozen norm", [nn.conv2d(6, { kernel: 3 }), nn.frozenBatchNorm2d()], [3, 6, 5]],
    [
      "two norms, and the scale of a layer",
      [nn.conv2d(6, { kernel: 3 }), bn(), nn.layerScale({ initValue: 0.5 }), bn()],
      [3, 6, 5],
    ],
    ["a sequence's convolution", [nn.conv1d(6, { kernel: 3 }), nn.batchNorm1d()], [3, 9]],
    [
      "a transposed convolution",
      [nn.convTranspose2d(6, { kernel: 3, stride: 2 }), bn()],
      [4, 3, 5],
    ],
    ["one in groups", [nn.convTranspose2d(6, { kernel: 2, groups: 2 }), bn()], [4, 3, 5]],
    [
      "a transposed one of sequences",
      [nn.convTranspose1d(6, { kernel: 3 }), nn.batchNorm1d()],
      [4, 7],
    ],
    ["a fully connected layer", [nn.linear(6), nn.batchNorm1d()], [5]],
  ])("%s", (_name, layers, inputShape) => {
    const net = fill(nn.sequential(...layers), inputShape);
    const folded = nn.foldBatchNorm(net, inputShape);
    expect(norms(folded)).toEqual([]);
    const x = random([3, ...inputShape], "folded");
    const expected = run(net, x);
    expect(run(folded, x, net)).toEqual({ shape: expected.shape, data: expect.anything() });
    expect(relativeError(run(folded, x, net).data, expected.data)).toBeLessThan(1e-13);
    expect(nn.stateDict(folded).size).toBe(
      2 * layers.filter((l) => /conv|linear/i.test(l.kind)).length,
    );
  });

  test("nothing, where it stands before the layer, or others read what it reads", () => {
    const before = nn.sequential(nn.batchNorm2d(), nn.conv2d(4, { kernel: 3, padding: 1 }));
    const branched = nn.sequential(nn.conv2d(3, { kernel: 1 }), nn.residual(nn.batchNorm2d()));
    for (const net of [before, branched]) {
      fill(net, [3, 5, 5]);
      const folded = nn.foldBatchNorm(net, [3, 5, 5]);
      expect(names(folded).sort()).toEqual(
        names(net)
          .filter((name) => !name.includes("num_"))
          .sort(),
      );
      expect(norms(folded).length).toBe(1);
      const x = random([2, 3, 5, 5], "before");
      expect(run(folded, x, net)).toEqual(run(net, x));
    }
  });

  test("weights of now: later changes of the network do not reach it, but for layers that were left as they are", () => {
    const net = fill(
      nn.sequential(nn.conv2d(2, { kernel: 1 }), nn.batchNorm2d(), nn.conv2d(2, { kernel: 1 })),
      [1, 2, 2],
    );
    const folded = nn.foldBatchNorm(net, [1, 2, 2]);
    expect(names(folded)).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    const before = nn.stateDict(folded);
    for (const [, { parameter }] of nn.namedStates(net))
      parameter.write(new Float32Array(parameter.size));
    const after = nn.stateDict(folded);
    expect(after.get("0.weight")).toEqual(before.get("0.weight"));
    expect(Array.from(after.get("2.weight")?.data ?? [])).toEqual([0, 0, 0, 0]);
    nn.initialize(folded, [1, 2, 2], { seed: 3 });
    expect(nn.stateDict(folded)).toEqual(after);
  });
});

describe("architectures", async () => {
  const device = await wasmDevice({ threads: 2 });
  afterAll(() => device.dispose());

  const predict = async (net: nn.Module, x: RefArray): Promise<ArrayLike<number>> => {
    const f = compile((t) => net.call(t, { training: false }), { device });
    const { data } = await f(tensor(Float32Array.from(x.data), x.shape));
    f.dispose();
    return data;
  };

  test.each([
    ["resnet20", [3, 16, 16], {}],
    ["mobilenet_v2", [3, 32, 32], {}],
    ["googlenet", [3, 32, 32], { auxiliary: false }],
  ] as const)(
    "%s without its batch norms",
    { timeout: 120_000 },
    async (name, inputShape, request) => {
      const { net } = await createModel(name, { inputShape, classes: 5, ...request });
      fill(net, inputShape);
      const folded = nn.foldBatchNorm(net, inputShape);
      expect(norms(folded)).toEqual([]);
      expect(nn.parameters(folded).length).toBeLessThan(nn.parameters(net).length);
      const x = random([1, ...inputShape], name);
      const [exact, found] = [run(net, x).data, run(folded, x, net).data];
      expect(relativeError(found, exact)).toBeLessThan(1e-10);
      expect(relativeError(await predict(folded, x), await predict(net, x))).toBeLessThan(1e-5);
    },
  );

  test.each([
    ["resnet18", [3, 64, 64], [3, 96, 128], [1, 5, 2, 3]],
    ["alexnet", [3, 224, 224], [3, 288, 224], [1, 5, 3, 1]],
    ["vgg11", [3, 224, 224], [3, 256, 320], [1, 5, 2, 4]],
    ["squeezenet1_1", [3, 64, 64], [3, 96, 80], [1, 5, 3, 2]],
    ["mobilenet_v2", [3, 64, 64], [3, 96, 64], [1, 5, 2, 1]],
    ["mobilenet_v3_small", [3, 64, 64], [3, 96, 64], [1, 5, 2, 1]],
    ["convnext_tiny", [3, 64, 64], [3, 96, 64], [1, 5, 2, 1]],
  ] as const)(
    "%s slides over larger images",
    { timeout: 120_000 },
    async (name, inputShape, larger, map) => {
      const { net } = await createModel(name, { inputShape, classes: 5, stem: "imagenet" });
      nn.initialize(net, inputShape);
      const sliding = nn.fullyConvolutional(net, inputShape);
      expect(nn.traceNetwork(sliding, inputShape).output.shape).toEqual([1, 5, 1, 1]);
      expect(nn.traceNetwork(sliding, larger).output.shape).toEqual(map);
      expect(names(sliding).sort()).toEqual(
        names(net)
          .filter((path) => !path.includes("num_"))
          .sort(),
      );
      if (sizeOf(inputShape) > 3 * 64 * 64) return;
      fill(net, inputShape);
      const x = random([2, ...inputShape], name);
      expect(relativeError(await predict(sliding, x), await predict(net, x))).toBeLessThan(1e-5);
    },
  );
});

describe("a network without padding that slides over a larger image", () => {
  test.each([
    [
      "flattened",
      [
        nn.conv2d(4, { kernel: 3 }),
        nn.relu(),
        nn.maxPool2d(2),
        nn.flatten(),
        nn.relu(),
        nn.linear(6),
        nn.tanh(),
        nn.linear(3),
        nn.softmax(),
      ],
      2,
    ],
    [
      "pooled",
      [
        nn.conv2d(4, { kernel: 4, stride: 2 }),
        nn.batchNorm2d(),
        nn.globalAvgPool2d(),
        nn.linear(6),
        nn.batchNorm1d(),
        nn.linear(3),
      ],
      2,
    ],
    [
      "pooled by maximum",
      [
        nn.conv2d(4, { kernel: 3 }),
        nn.globalMaxPool2d({ keepDims: true }),
        nn.conv2d(3, { kernel: 1 }),
        nn.flatten(),
      ],
      1,
    ],
    [
      "pooled adaptively",
      [
        nn.conv2d(4, { kernel: 3 }),
        nn.adaptiveAvgPool2d(1),
        nn.flatten(),
        nn.layerScale({ initValue: 0.7 }),
        nn.linear(3, { bias: false }),
        nn.logSoftmax(),
      ],
      1,
    ],
    [
      "convolutional to the end",
      [nn.conv2d(4, { kernel: 3 }), nn.relu(), nn.conv2d(3, { kernel: 6 }), nn.flatten()],
      1,
    ],
  ])("%s gives for each part what it gives for that part alone", (_name, layers, step) => {
    const [c, h, w] = [2, 8, 8];
    const net = fill(nn.sequential(...layers), [c, h, w]);
    const sliding = nn.fullyConvolutional(net, [c, h, w]);
    const [rows, columns] = [13, 10];
    const x = random([1, c, rows, columns], "slides");
    const { shape, data } = run(sliding, x);
    expect(shape).toEqual([
      1,
      3,
      Math.floor((rows - h) / step) + 1,
      Math.floor((columns - w) / step) + 1,
    ]);
    for (let i = 0; i < shape[2]; i++) {
      for (let j = 0; j < shape[3]; j++) {
        const part = Float64Array.from({ length: c * h * w }, (_, at) => {
          const [channel, row, column] = [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w];
          return x.data[(channel * rows + i * step + row) * columns + j * step + column];
        });
        const alone = run(net, { shape: [1, c, h, w], data: part }).data;
        const here = [0, 1, 2].map((k) => data[(k * shape[2] + i) * shape[3] + j]);
        expect(relativeError(here, alone)).toBeLessThan(1e-13);
      }
    }
  });

  test("refuses what has no map before its scores, and what cannot slide", () => {
    const rows = fill(nn.sequential(nn.linear(3)), [4]);
    expect(() => nn.fullyConvolutional(rows, [4])).toThrow(
      "[fullyConvolutional] the outputs 1×3 of sequential do not come from a map",
    );
    const sorted = fill(
      nn.sequential(nn.flatten(), nn.unflatten(1, [2, 8]), nn.flatten(), nn.linear(3)),
      [1, 4, 4],
    );
    expect(() => nn.fullyConvolutional(sorted, [1, 4, 4])).toThrow("do not come from a map");
    const half = nn.module("half", (x) => x.slice(1, 0, 2));
    const cut = fill(nn.sequential(nn.globalAvgPool2d(), half, nn.linear(3)), [4, 4, 4]);
    expect(() => nn.fullyConvolutional(cut, [4, 4, 4])).toThrow(
      "[fullyConvolutional] 1 has slice of 1×4 behind the last map, which cannot slide",
    );
  });
});

describe("a graph as a module", () => {
  test("is the network at other batches and sizes, with its states", async () => {
    const net = fill(
      nn.sequential(
        nn.conv2d(4, { kernel: 3, padding: 1 }),
        nn.channelShuffle(2),
        nn.upsample({ scaleFactor: 2, mode: "bilinear" }),
        nn.maxPool2d(2),
        nn.globalAvgPool2d(),
        nn.linear(3),
      ),
      [3, 6, 6],
    );
    const module = nn.graphModule(net, [3, 6, 6]);
    expect(nn.namedStates(module).map(([name, { parameter }]) => [name, parameter])).toEqual(
      nn.namedStates(net).map(([name, { parameter }]) => [name, parameter]),
    );
    for (const shape of [
      [1, 3, 6, 6],
      [5, 3, 6, 6],
      [2, 3, 10, 8],
    ]) {
      const x = random(shape, "replayed");
      expect(run(module, x)).toEqual(run(net, x));
    }
  });

  test("attention runs again in any batch", () => {
    const net = fill(
      nn.sequential(
        nn.patchEmbed(8, { patchSize: 4 }),
        nn.classToken(),
        nn.multiheadAttention(8, 2),
      ),
      [3, 8, 8],
    );
    const module = nn.graphModule(net, [3, 8, 8]);
    const x = random([3, 3, 8, 8], "attention");
    expect(run(module, x)).toEqual(run(net, x));
  });

  test("says what it cannot do at another size", () => {
    const net = fill(nn.sequential(nn.conv2d(4, { kernel: 1 }), nn.pixelUnshuffle(2)), [3, 4, 4]);
    const module = nn.graphModule(net, [3, 4, 4]);
    expect(() => nn.traceNetwork(module, [3, 6, 6])).toThrow(
      /reshape was traced from 1×4×4×4 to .* convert the network at the size that it shall run at/,
    );
  });
});

describe("figure A18: a fully connected layer over a map and a convolution of its size", () => {
  test("are each other, either way round, with the same numbers", () => {
    const [c, h, w] = [5, 7, 6];
    const layer = fill(nn.linear(4), [c * h * w]);
    const conv = nn.linearToConv(layer, [c, h, w]);
    const x = random([2, c, h, w], "A18");
    const rows = { shape: [2, c * h * w], data: x.data };
    const [dense, convolved] = [run(layer, rows), run(conv, x)];
    expect(convolved.shape).toEqual([2, 4, 1, 1]);
    expect(relativeError(convolved.data, dense.data)).toBeLessThan(1e-13);
    const back = nn.convToLinear(conv);
    expect(run(back, rows)).toEqual(dense);
    expect(nn.stateDict(back)).toEqual(nn.stateDict(layer));
  });

  test("refuses other sizes, and convolutions that are no matrix", () => {
    const layer = fill(nn.linear(4), [12]);
    expect(() => nn.linearToConv(layer, [3, 2, 3])).toThrow(
      "the layer has 12 inputs, a map of 3×2×3 has 18",
    );
    expect(() => nn.linearToConv(nn.linear(4), [3, 2, 2])).toThrow("has no weight yet");
    const grouped = fill(nn.conv2d(4, { kernel: 2, groups: 2 }), [2, 2, 2]);
    expect(() => nn.convToLinear(grouped)).toThrow("has groups");
  });
});
