/** Every op and every layer as an ONNX file, run by ONNX Runtime with two sizes of batch each and compared with the reference. */
import { describe, expect, test } from "vitest";
import type { Shape } from "../src/core/shape.ts";
import { type ExportInput, exportOnnx } from "../src/formats/onnx/export.ts";
import type { RefArray, SampleInput } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import * as nn from "../src/nn/index.ts";
import { BATCH, drawLayerInputs, KEY, layerCases, traceLayer } from "./golden/layer-cases.ts";
import { onnxLayer } from "./onnx-layers.ts";
import { type Feed, isOracleInstalled, missingOracle, openOnnx } from "./onnx-oracle.ts";
import { cases, firstImages, type OpCase, relativeError, trace } from "./op-cases.ts";
import { ReferenceStore } from "./reference-store.ts";

const withRuntime = isOracleInstalled ? describe : describe.skip;

const feeds = (values: readonly RefArray[], inputs: readonly SampleInput[]): Feed[] =>
  values.map((x, i) => ({ ...x, dtype: inputs[i].dtype ?? "f32" }));

/** What no file can hold: numbers drawn anew each time, whose sequence is ours; and gradients, which evaluation has none of. */
const unwritten = new Set([
  ...["randomUniform", "randomNormal", "dropout"],
  ...["conv2dWeightGrad", "avgPool2dGrad", "interpolateGrad", "scatterAdd"],
  ...["maxPool2dGrad", "maxPool2dIndices", "maxPool2dTake"],
]);

/** An input that belongs to the batch, for ops that have none: how many images there are is told by the inputs. */
const images: SampleInput = { shape: [1] };

function inputsOf({ sample }: OpCase): readonly SampleInput[] {
  const { inputs, batched = false } = sample;
  const isTold = batched && inputs.some((input) => !input.static);
  return isTold || (!batched && inputs.length > 0) ? inputs : [...inputs, images];
}

/** The op as a network; a shape among its attributes has the batch's size first. */
function opModel(opCase: OpCase): Uint8Array {
  const { op, sample } = opCase;
  const { attrs = {}, batched = false } = sample;
  const net = nn.module<readonly Tensor[]>("op", (...args) => {
    const { builder } = args[0] as Tensor;
    const { shape } = attrs as { shape?: Shape };
    const given = batched && shape && { shape: [builder.batch as number, ...shape.slice(1)] };
    const tensors = args.slice(0, sample.inputs.length) as Tensor[];
    return builder.apply(op, tensors, { ...attrs, ...given });
  });
  const inputs = inputsOf(opCase).map((input, i): ExportInput => {
    const { shape, dtype = "f32", static: fixed = false } = input;
    const isBatched = input === images || (batched && !fixed);
    const own = isBatched && input !== images ? shape.slice(1) : shape;
    return { name: `x${i}`, shape: own, dtype, batched: isBatched };
  });
  return exportOnnx(net, { inputs }).model;
}

withRuntime(`ops in ONNX Runtime${missingOracle}`, () => {
  for (const opCase of cases.filter(({ op }) => !unwritten.has(op.name))) {
    test(opCase.title, async () => {
      const { sample } = opCase;
      const session = await openOnnx(opModel(opCase));
      const inputs = inputsOf(opCase);
      const whole = sample.inputs.find((input) => !input.static)?.shape[0] ?? 2;
      for (const n of sample.batched ? [1, whole] : [1]) {
        const given = sample.batched ? firstImages(opCase, n) : opCase.inputs;
        const { builder, y } = trace(opCase, sample.batched ? { capacity: n } : {});
        const [expected] = new ReferenceStore().run(builder, [y], given, n);
        const more = inputs.includes(images) ? [{ shape: [n, 1], data: new Float64Array(n) }] : [];
        const [found] = await session.run(...feeds([...given, ...more], inputs));
        expect(relativeError(found.data, expected)).toBeLessThan(1e-5);
      }
      await session.dispose();
    });
  }
});

test.each([...unwritten])("%s is refused by name, with its layer", (name) => {
  const opCase = cases.find(({ op }) => op.name === name) as OpCase;
  const refusal = /^\[exportOnnx\] the network computes \w+, for which ONNX has no operator — .*$/;
  expect(() => opModel(opCase)).toThrow(refusal);
});

withRuntime(`layers in ONNX Runtime${missingOracle}`, () => {
  for (const layerCase of layerCases) {
    const { sample, title } = layerCase;
    test(title, async () => {
      const { net, inputs } = onnxLayer(layerCase);
      const session = await openOnnx(exportOnnx(net, { inputs }).model);
      const all = drawLayerInputs(layerCase);
      for (const n of [1, BATCH]) {
        const given = all.map((x, i) => (sample.inputs[i].static ? x : firstOf(x, n)));
        const { builder, y } = traceLayer(net, sample, { capacity: n });
        const [expected] = new ReferenceStore().run(builder, [y], [KEY, ...given], n);
        const [found] = await session.run(...feeds(given, sample.inputs));
        expect(found.shape).toEqual([n, ...sample.output]);
        // The runtime's means of values far from zero are rounded a little more than ours.
        expect(relativeError(found.data, expected)).toBeLessThan(2e-5);
      }
      await session.dispose();
    });
  }
});

const firstOf = ({ shape: [whole, ...shape], data }: RefArray, n: number): RefArray => ({
  shape: [n, ...shape],
  data: data.slice(0, (data.length / whole) * n),
});
