/**
 * Every layer against PyTorch in float64, or against its paper's equations where PyTorch has none: results, gradients
 * of inputs and parameters, and running statistics; the files are made by `npm run golden`.
 */
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { isFloat } from "../src/core/dtype.ts";
import { layerFamilies } from "../src/nn/catalog.ts";
import * as nn from "../src/nn/index.ts";
import { drawCase, type LayerHeader } from "./golden/export-layers.ts";
import { type Arrays, loadCases } from "./golden/golden-file.ts";
import { BATCH, KEY, type LayerCase, layerCases, traceLayer } from "./golden/layer-cases.ts";
import { onDevice } from "./on-device.ts";
import { ReferenceStore, relativeError } from "./reference-store.ts";

const device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

type Golden = LayerHeader & { readonly arrays: Arrays };

const load = (folder: string): Golden[] =>
  loadCases(join(import.meta.dirname, `golden/layers/${folder}.safetensors`));

/** The layer with its drawn states, as a graph that gives what the golden numbers are of, in their order. */
function programOf(layerCase: LayerCase, golden: Golden) {
  const { net, inputs, states, ct } = drawCase(layerCase);
  nn.loadStateDict(net, states);
  const { training = false } = layerCase.sample;
  const traced = traceLayer(net, layerCase.sample, { training });
  const { builder, y } = traced;
  const ctIn = builder.input("ct", y.node);
  const parameters = nn.namedParameters(net);
  const floats = traced.inputs.flatMap((x, i) => (isFloat(x.dtype) ? [i] : []));
  const wrt = [
    ...floats.map((i) => traced.inputs[i]),
    ...parameters.map(([, parameter]) => builder.state(parameter)),
  ];
  const labels = [...floats.map((i) => `g${i}`), ...parameters.map(([name]) => `g/${name}`)];
  const wanted = labels.flatMap((label, i) => (golden.arrays.has(label) ? [i] : []));
  const gradients =
    wanted.length === 0
      ? []
      : grad(
          y.mul(ctIn).sum(),
          wanted.map((i) => wrt[i]),
        );
  const after = nn.namedBuffers(net).filter(([name]) => golden.arrays.has(`after/${name}`));
  const expected = ["y", ...wanted.map((i) => labels[i])].map((label) => golden.arrays.get(label));
  return {
    net,
    builder,
    outputs: [y, ...gradients],
    values: [KEY, ...inputs, ct],
    expected,
    after,
  };
}

describe.each(layerFamilies)("$folder", ({ folder }) => {
  const goldens = new Map(load(folder).map((golden) => [golden.title, golden]));
  const own = layerCases.filter(
    ({ family, sample }) => family === folder && sample.torch !== undefined,
  );

  test(`the file holds every sample as it is now — else run npm run golden -- ${folder}`, () => {
    expect([...goldens.keys()]).toEqual(own.map(({ title }) => title));
    for (const layerCase of own) {
      const { digest, title } = goldens.get(layerCase.title) as Golden;
      expect(drawCase(layerCase).digest, title).toBe(digest);
    }
  });

  describe.each(own)("$title", (layerCase) => {
    const golden = goldens.get(layerCase.title);

    test.skipIf(!golden)("in doubles", () => {
      const found = programOf(layerCase, golden as Golden);
      const { net, builder, outputs, values, expected, after } = found;
      const store = new ReferenceStore();
      for (const [name, { parameter }] of nn.namedStates(net)) {
        store.set(parameter, drawCase(layerCase).states.get(name)?.data as Float64Array);
      }
      const results = store.run(builder, outputs, values, BATCH);
      results.forEach((result, i) => {
        expect(relativeError(result, expected[i]?.data as Float64Array)).toBeLessThan(1e-10);
      });
      for (const [name, parameter] of after) {
        const value = golden?.arrays.get(`after/${name}`)?.data as Float64Array;
        expect(relativeError(store.get(parameter), value), name).toBeLessThan(1e-10);
      }
    });

    test.skipIf(!golden)("on wasm", async () => {
      const found = programOf(layerCase, golden as Golden);
      const { builder, outputs, values, expected } = found;
      const program = await onDevice(device, builder.build(outputs));
      const results = await program.run(values, BATCH);
      const limit = layerCase.sample.tolerance?.error ?? 1e-5;
      results.forEach(({ data }, i) => {
        expect(relativeError(data, expected[i]?.data as Float64Array)).toBeLessThan(limit);
      });
      program.dispose();
    });
  });
});
