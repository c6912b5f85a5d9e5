/**
 * The operator tests that ONNX gives to implementers (github.com/onnx/onnx, backend/test): inputs and expected outputs of
 * an independent implementation, against imported networks on the reference backend and on wasm.
 */
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../../src/backends/wasm/device.ts";
import { evaluators, KnownArguments } from "../../src/formats/onnx/evaluate.ts";
import { importOnnx } from "../../src/formats/onnx/import.ts";
import { type Known, knownType, numbersOf } from "../../src/formats/onnx/known.ts";
import type { ModelProto, TensorProto } from "../../src/formats/onnx/proto.ts";
import { Builder } from "../../src/graph/builder.ts";
import type { RefArray } from "../../src/graph/op.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { takeOutputs } from "../../src/nn/named-outputs.ts";
import { table } from "../../src/ops/table.ts";
import { onDevice } from "../on-device.ts";
import { relativeError } from "../op-cases.ts";
import { ReferenceStore } from "../reference-store.ts";
import { loadOnnxTests, type OnnxTest } from "./archive.ts";

const tests = loadOnnxTests() ?? [];
const isThere = tests.length > 0;
const device = isThere ? await wasmDevice({ threads: 2 }) : undefined;
afterAll(() => device?.dispose());

const isEmpty = ({ dims }: TensorProto) => dims.includes(0);

/** A network has no tensors without elements: in files these are constants, such as lists of no sizes. */
const isConstant = ({ inputs, outputs }: OnnxTest): boolean =>
  [inputs[0], ...outputs].some(isEmpty);

/** The one node's results, worked out as those of constants are while a network is traced. */
function constants({ model, inputs }: OnnxTest): RefArray[] {
  const [node] = model.graph.nodes;
  const known = inputs.map(
    (tensor): Known => ({
      dtype: knownType(tensor.type),
      shape: tensor.dims,
      data: numbersOf(tensor),
    }),
  );
  const given = new KnownArguments(node, model.opsets[0].version, known);
  return [evaluators[node.opType](given)]
    .flat()
    .map(({ shape, data }) => ({ shape, data: Float64Array.from(data) }));
}

/** Sizes, axes and bounds steer the trace and are bound; so are the weights of layers. */
const DATA_OF: Readonly<Record<string, number>> = {
  ...{ Add: 2, Sub: 2, Mul: 2, Div: 2, MatMul: 2, Where: 3, Concat: 9, Clip: 3 },
};

interface Traced {
  readonly builder: Builder;
  readonly outputs: readonly Tensor[];
  /** Values of the graph's inputs. */
  readonly inputs: readonly RefArray[];
}

/** As it stands: axis 0 is no batch, and sizes are those of the file. */
async function traced({ bytes, model, inputs }: OnnxTest): Promise<Traced> {
  const fed = DATA_OF[operatorOf(model)] ?? 1;
  const names = model.graph.inputs.map(({ name }) => name);
  const bound = Object.fromEntries(inputs.slice(fed).map((tensor, i) => [names[fed + i], tensor]));
  const imported = await importOnnx(bytes, { bound, batched: false });
  const builder = new Builder(table);
  const tensors = imported.inputs.map(({ name, shape, dtype }) =>
    builder.input(name, { shape, dtype, batched: false }),
  );
  const first = imported.net.call(...tensors, { training: false });
  const others = takeOutputs(builder).map(({ tensor }) => tensor);
  return { builder, outputs: [first, ...others], inputs: inputs.slice(0, fed).map(refArray) };
}

const refArray = (tensor: TensorProto): RefArray => ({
  shape: tensor.dims,
  data: Float64Array.from(numbersOf(tensor)),
});

if (!isThere) {
  test.skip("ONNX's operator tests (../shared/data/onnx-node-tests.tar.gz is not there)", () => {});
}

describe.runIf(isThere)("ONNX's operator tests", () => {
  for (const onnxTest of tests) {
    const { name } = onnxTest;
    if (isConstant(onnxTest)) {
      test(`${name}, as constants`, () => expectEqual(constants(onnxTest), onnxTest));
      continue;
    }
    test(`${name}, reference`, async () => {
      const { builder, outputs, inputs } = await traced(onnxTest);
      const results = new ReferenceStore().run(builder, outputs, inputs);
      expectEqual(
        results.map((data, i) => ({ shape: outputs[i].shape, data })),
        onnxTest,
      );
    });
    test(`${name}, wasm`, async () => {
      if (!device) throw new Error("no device");
      const { builder, outputs, inputs } = await traced(onnxTest);
      const program = await onDevice(device, builder.build(outputs));
      expectEqual(await program.run(inputs), onnxTest);
      program.dispose();
    });
  }
});

/**
 * Floats to 2e-6 of the largest element (8e-7 is the most that was found), 16-bit ones, which are computed with 32, to
 * half a step of theirs; integers and truth values exactly.
 */
function expectEqual(found: readonly RefArray[], { outputs }: OnnxTest): void {
  expect(found).toHaveLength(outputs.length);
  outputs.forEach((tensor, i) => {
    expect(found[i].shape).toEqual(tensor.dims);
    const limit = { float: 2e-6, double: 2e-6, float16: 2 ** -11 }[tensor.type as string] ?? 0;
    expect(relativeError(found[i].data, refArray(tensor).data), `output ${i}`).toBeLessThanOrEqual(
      limit,
    );
  });
}

test.runIf(isThere)("the table of operators covered", () => {
  const types = new Set(tests.map(({ model }) => operatorOf(model)));
  const lines = [...types].sort().map((type) => {
    const own = tests.filter(({ model }) => operatorOf(model) === type);
    const known = own.filter(isConstant).length;
    const note = known > 0 ? `  ${known} as constants, of tensors without elements` : "";
    return `${type.padEnd(24)}${String(own.length).padStart(3)}${note}`;
  });
  lines.push(`${"all".padEnd(24)}${tests.length}`);
  console.log(`ONNX's operator tests covered\n\n${lines.join("\n")}`);

  expect(tests).toHaveLength(265);
  expect(tests.filter(isConstant).map(({ name }) => name)).toEqual([
    "node/test_reshape_allowzero_reordered",
    "node/test_slice_start_out_of_bounds",
    "node/test_split_zero_size_splits_opset13",
    "node/test_split_zero_size_splits_opset18",
  ]);
});

/** The one that a test is for: of several nodes, the one that is not there to change shapes. */
function operatorOf({ graph: { nodes } }: ModelProto): string {
  const shapes = ["Constant", "Unsqueeze", "Squeeze", "Transpose", "Reshape", "Neg"];
  return (nodes.find(({ opType }) => !shapes.includes(opType)) ?? nodes[nodes.length - 1]).opType;
}
