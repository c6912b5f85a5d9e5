/** Layers and networks written as ONNX files, read back and written again: equal outputs, states and operators. */
import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import { exportOnnx } from "../src/formats/onnx/export.ts";
import { importOnnx } from "../src/formats/onnx/import.ts";
import { readModel } from "../src/formats/onnx/read-proto.ts";
import { crossEntropy } from "../src/losses/index.ts";
import { createModel } from "../src/models/index.ts";
import * as nn from "../src/nn/index.ts";
import { sgd } from "../src/optim/index.ts";
import { compile } from "../src/tensor/index.ts";
import { BATCH, drawLayerInputs, KEY, layerCases, traceLayer } from "./golden/layer-cases.ts";
import { onnxLayer } from "./onnx-layers.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";
import { filled, noise } from "./zoo.ts";

const reasons: Readonly<Record<string, string>> = {
  "batchNorm2d: bare":
    "normalised by the batch at hand, where an imported network computes image by image",
};

describe("layers", () => {
  for (const layerCase of layerCases) {
    const { sample, title } = layerCase;
    const reason = reasons[title];
    const here = reason ? test.skip : test;
    here(reason ? `${title} — ${reason}` : title, async () => {
      const { net, inputs } = onnxLayer(layerCase);
      const { model } = exportOnnx(net, { inputs });
      const imported = await importOnnx(model);
      const values = [KEY, ...drawLayerInputs(layerCase)];
      const [a, b] = [net, imported.net].map((each) => {
        const { builder, y } = traceLayer(each, sample, { capacity: BATCH });
        return new ReferenceStore().run(builder, [y], values, BATCH)[0];
      });
      expect(relativeError(b, a)).toBeLessThan(1e-6);
      const again = await importOnnx(exportOnnx(imported.net, { inputs }).model);
      const { builder, y } = traceLayer(again.net, sample, { capacity: BATCH });
      const [c] = new ReferenceStore().run(builder, [y], values, BATCH);
      expect(relativeError(c, a)).toBeLessThan(1e-6);
    });
  }
});

describe("networks", () => {
  // Batch norms; dropout and squeezing; attention. The classifier's mean is written as a pool when it is read back.
  test.each(["resnet18", "efficientnet_b0", "vit_tiny_patch16_224"])("%s", async (name) => {
    const inputShape = [3, 64, 64];
    const { net } = await createModel(name, { inputShape, classes: 7 });
    nn.initialize(net, inputShape);
    for (const [path, { parameter }] of nn.namedStates(net)) {
      parameter.write(filled(path, parameter.shape));
    }
    const imported = await importOnnx(exportOnnx(net, { inputShape }).model);
    const again = exportOnnx(imported.net, { inputShape }).model;
    const read = new Map(
      readModel(again).graph.initializers.map((tensor) => [tensor.name, tensor]),
    );
    for (const [path, { shape, data }] of nn.stateDict(net)) {
      if (path.endsWith("num_batches_tracked")) continue;
      expect(read.get(path)?.dims, path).toEqual(shape);
      expect(read.get(path)?.data, path).toEqual(data);
    }
  });
});

/** Losses of three steps on the same four images. */
async function losses(net: nn.Module, inputShape: Shape, device: Device): Promise<number[]> {
  const optimizer = sgd({ lr: 0.02, momentum: 0.9 });
  const step = compile(
    (x, labels, key) => {
      const loss = crossEntropy(net.call(x, { training: true, key }), labels);
      optimizer.step(loss, nn.parameters(net));
      return loss;
    },
    { device, capacity: 4, batched: [true, true, false] },
  );
  const x = noise("images", sizeOf([4, ...inputShape]));
  const found: number[] = [];
  for (let i = 0; i < 3; i++) {
    const loss = await step(
      { shape: [4, ...inputShape], dtype: "f32", data: Float32Array.from(x) },
      { shape: [4], dtype: "i32", data: Int32Array.of(0, 1, 2, 3) },
      { shape: [2], dtype: "i32", data: Int32Array.of(1, 2) },
    );
    found.push(loss.data[0]);
  }
  step.dispose();
  return found;
}

test.each([
  ["resnet20", 32],
  ["mobilenet_v2", 64],
  ["vit_tiny_patch16_224", 32],
])("%s learns as the network that it was written from", async (name, size) => {
  const device = await wasmDevice({ threads: 2 });
  const inputShape = [3, size, size];
  const { net } = await createModel(name, { inputShape, classes: 4, dropRate: 0 });
  nn.initialize(net, inputShape, { seed: 1 });
  const imported = await importOnnx(exportOnnx(net, { inputShape }).model);
  const own = await losses(net, inputShape, device);
  const other = await losses(imported.net as unknown as nn.Module, inputShape, device);
  expect(new Set(own).size).toBe(3);
  expect(other[0]).toBe(own[0]);
  expect(relativeError(other, own)).toBeLessThan(1e-6);
  await device.dispose();
});
