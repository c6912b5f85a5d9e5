/**
 * The operator tests that ONNX gives to implementers (github.com/onnx/onnx, backend/test): inputs and expected outputs of
 * an independent implementation, against the layers and ops on the reference backend and on wasm.
 */
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../../src/backends/wasm/device.ts";
import type { RefArray } from "../../src/graph/op.ts";
import { onDevice } from "../on-device.ts";
import { relativeError } from "../op-cases.ts";
import { ReferenceStore } from "../reference-store.ts";
import { loadOnnxTests, type OnnxTest } from "./archive.ts";
import { traceTest } from "./call.ts";
import { operators } from "./operators/index.ts";

const tests = loadOnnxTests() ?? [];
const isThere = tests.length > 0;
const device = isThere ? await wasmDevice({ threads: 2 }) : undefined;
afterAll(() => device?.dispose());

const typesOf = ({ inputs, outputs }: OnnxTest) => [...inputs, ...outputs].map(({ type }) => type);

/** Why a test cannot be run at all; undefined where it can. */
function whyNot(onnxTest: OnnxTest): string | undefined {
  if (typesOf(onnxTest).includes("float16")) return "no 16-bit floats in computing";
  const { inputs, outputs } = onnxTest;
  const isFilled = [inputs[0], ...outputs].every(({ data }) => data.length > 0);
  return isFilled ? undefined : "no tensors without elements";
}

if (!isThere) {
  test.skip("ONNX's operator tests (../shared/data/onnx-node-tests.tar.gz is not there)", () => {});
}

describe.runIf(isThere)("ONNX's operator tests", () => {
  for (const onnxTest of tests) {
    const { name } = onnxTest;
    const reason = whyNot(onnxTest);
    if (reason) {
      test.skip(`${name} (${reason})`, () => {});
      continue;
    }
    test(`${name}, reference`, () => {
      const { builder, outputs, inputs } = traceTest(onnxTest, operators);
      const results = new ReferenceStore().run(builder, outputs, inputs);
      expectEqual(
        results.map((data, i) => ({ shape: outputs[i].shape, data })),
        onnxTest,
      );
    });
    if (typesOf(onnxTest).includes("double")) {
      test.skip(`${name}, wasm (computes in single precision)`, () => {});
      continue;
    }
    test(`${name}, wasm`, async () => {
      if (!device) throw new Error("no device");
      const { builder, outputs, inputs } = traceTest(onnxTest, operators);
      const program = await onDevice(device, builder.build(outputs));
      expectEqual(await program.run(inputs), onnxTest);
      program.dispose();
    });
  }
});

/** Floats to 2e-6 of the largest element (8e-7 is the most that was found); integers and truth values exactly. */
function expectEqual(found: readonly RefArray[], { outputs }: OnnxTest): void {
  expect(found).toHaveLength(outputs.length);
  outputs.forEach(({ type, shape, data }, i) => {
    expect(found[i].shape).toEqual(shape);
    const limit = type === "float" || type === "double" ? 2e-6 : 0;
    expect(relativeError(found[i].data, data), `output ${i}`).toBeLessThanOrEqual(limit);
  });
}

test.runIf(isThere)("the table of operators covered", () => {
  const byType = Map.groupBy(tests, ({ model }) => operatorOf(model.nodes));
  const rows = [...byType].sort(([a], [b]) => a.localeCompare(b));
  const lines = rows.map(([type, own]) => {
    const reasons = own.flatMap((t) => whyNot(t) ?? []);
    const left = reasons.length > 0 ? `  ${[...new Set(reasons)].join("; ")}` : "";
    const covered = own.length - reasons.length;
    return `${type.padEnd(24)}${String(covered).padStart(3)} of ${String(own.length).padStart(2)}${left}`;
  });
  const covered = tests.filter((t) => !whyNot(t));
  lines.push(`${"all".padEnd(24)}${covered.length} of ${tests.length}`);
  console.log(`ONNX's operator tests covered\n\n${lines.join("\n")}`);

  expect(tests).toHaveLength(265);
  expect(tests.filter((t) => whyNot(t)).map(({ name }) => name)).toEqual([
    "node/test_cast_DOUBLE_to_FLOAT16",
    "node/test_cast_FLOAT16_to_DOUBLE",
    "node/test_cast_FLOAT_to_FLOAT16",
    "node/test_reshape_allowzero_reordered",
    "node/test_slice_start_out_of_bounds",
    "node/test_split_zero_size_splits_opset13",
    "node/test_split_zero_size_splits_opset18",
  ]);
});

/** The one that a test is for: of several nodes, the one that is not there to change shapes. */
function operatorOf(nodes: OnnxTest["model"]["nodes"]): string {
  const shapes = ["Constant", "Unsqueeze", "Squeeze", "Transpose", "Reshape", "Neg"];
  return (nodes.find(({ opType }) => !shapes.includes(opType)) ?? nodes[nodes.length - 1]).opType;
}
