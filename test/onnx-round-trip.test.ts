/** Layers and networks written as ONNX files, read back and written again: equal outputs, states and operators. */
import { describe, expect, test } from "vitest";
import { exportOnnx } from "../src/formats/onnx/export.ts";
import { importOnnx } from "../src/formats/onnx/import.ts";
import { readModel } from "../src/formats/onnx/read-proto.ts";
import { createModel } from "../src/models/index.ts";
import * as nn from "../src/nn/index.ts";
import { BATCH, drawLayerInputs, KEY, layerCases, traceLayer } from "./golden/layer-cases.ts";
import { onnxLayer } from "./onnx-layers.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";
import { filled } from "./zoo.ts";

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
