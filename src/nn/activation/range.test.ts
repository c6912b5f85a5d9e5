/** Every activation of the catalogue far from 0 and at both zeros: no value and no gradient is NaN or infinite. */
import { afterAll, describe, expect, test } from "vitest";
import {
  drawLayerInputs,
  KEY,
  layerCases,
  makeLayer,
  traceLayer,
} from "../../../test/golden/layer-cases.ts";
import { onDevice } from "../../../test/on-device.ts";
import { ReferenceStore } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { wasmDevice } from "../../backends/wasm/device.ts";
import * as nn from "../index.ts";

const device = await wasmDevice({ threads: 1 });
afterAll(() => device.dispose());

const IMAGES = 9;
const far = [1e4, 0, -1e4, 100, -0, -100, 30, -30];
const cases = layerCases.filter(({ family }) => family === "activation");

describe.each(cases)("$title", (layerCase) => {
  test.each([false, true])("training: %s", async (training) => {
    const net = makeLayer(layerCase);
    const traced = traceLayer(net, layerCase.sample, { training, capacity: IMAGES });
    const { builder, inputs, y } = traced;
    const states = nn.parameters(net).map((parameter) => builder.state(parameter));
    const outputs = [y, ...grad(y.sum(), [...inputs, ...states])];
    const values = drawLayerInputs(layerCase, IMAGES).map(({ shape, data }) => ({
      shape,
      data: data.map((_, i) => far[i % far.length]),
    }));
    const given = [KEY, ...values];
    const program = await onDevice(device, builder.build(outputs));
    const found = await program.run(given, IMAGES);
    const results = {
      reference: new ReferenceStore().run(builder, outputs, given, IMAGES),
      wasm: found.map(({ data }) => data),
    };
    for (const [backend, arrays] of Object.entries(results)) {
      for (const [i, data] of arrays.entries()) {
        expect(
          [...data].filter((v) => !Number.isFinite(v)),
          `${backend}, output ${i}`,
        ).toEqual([]);
      }
    }
    program.dispose();
  });
});
