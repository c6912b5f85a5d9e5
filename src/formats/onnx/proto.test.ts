import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AttributeProto, ModelProto, TensorProto } from "./proto.ts";
import { readModel, readTensor } from "./read-proto.ts";
import { encodeModel, encodeTensor, modelPieces } from "./write-proto.ts";

const tensors: TensorProto[] = [
  { name: "f", dims: [2, 2], type: "float", data: Float32Array.of(1.5, -2, 3, 4) },
  { name: "h", dims: [3], type: "float16", data: Uint16Array.of(0x3c00, 0, 0xc000) },
  { name: "b", dims: [1], type: "bfloat16", data: Uint16Array.of(0x3f80) },
  { name: "d", dims: [1], type: "double", data: Float64Array.of(Math.PI) },
  { name: "i8", dims: [2], type: "int8", data: Int8Array.of(-1, 127) },
  { name: "i16", dims: [1], type: "int16", data: Int16Array.of(-300) },
  { name: "i32", dims: [1], type: "int32", data: Int32Array.of(-70000) },
  { name: "i64", dims: [2], type: "int64", data: BigInt64Array.of(2n ** 63n - 1n, -1n) },
  { name: "u8", dims: [1], type: "uint8", data: Uint8Array.of(255) },
  { name: "u16", dims: [1], type: "uint16", data: Uint16Array.of(65535) },
  { name: "u32", dims: [1], type: "uint32", data: Uint32Array.of(4e9) },
  { name: "u64", dims: [1], type: "uint64", data: BigUint64Array.of(2n ** 64n - 1n) },
  { name: "t", dims: [2], type: "bool", data: Uint8Array.of(1, 0) },
  { name: "scalar", dims: [], type: "float", data: Float32Array.of(7) },
  { name: "none", dims: [0, 4], type: "float", data: new Float32Array(0) },
  { name: "left out", dims: [9], type: "float" },
  {
    name: "far",
    dims: [9],
    type: "float",
    external: { location: "w.bin", offset: 64, length: 36 },
  },
];
const attributes: AttributeProto[] = [
  { name: "alpha", type: "float", value: 0 },
  { name: "axis", type: "int", value: -1 },
  { name: "mode", type: "string", value: "lineär" },
  { name: "value", type: "tensor", value: tensors[0] },
  { name: "scales", type: "floats", value: [0.5, 2] },
  { name: "pads", type: "ints", value: [0, -3, 300] },
  { name: "words", type: "strings", value: ["a", ""] },
  { name: "empty", type: "ints", value: [] },
];
const model: ModelProto = {
  irVersion: 8,
  producerName: "convkit",
  opsets: [{ domain: "", version: 18 }],
  metadata: { classes: '["ü"]' },
  graph: {
    name: "net",
    nodes: [{ opType: "Conv", name: "c", inputs: ["x", "", "w"], outputs: ["y"], attributes }],
    initializers: tensors,
    inputs: [{ name: "x", type: "float", shape: ["batch", 3, "", 32] }],
    outputs: [{ name: "y", type: "float" }],
    valueInfo: [{ name: "z", type: "int64", shape: [] }],
  },
};

test("a model comes back as written", () => {
  expect(readModel(encodeModel(model))).toEqual(model);
  expect(encodeModel(readModel(encodeModel(model)))).toEqual(encodeModel(model));
});

test("values are not copied into the pieces of a file, and aligned ones not out of it", () => {
  const data = new Float32Array(1000);
  const own = { ...model.graph, initializers: [{ name: "w", dims: [1000], type: "float", data }] };
  const pieces = modelPieces({ ...model, graph: own as ModelProto["graph"] });
  expect(pieces.some(({ buffer }) => buffer === data.buffer)).toBe(true);
  const bytes = encodeTensor({ name: "abcd", dims: [1000], type: "float", data });
  const shifts = [0, 1, 2, 3].filter((shift) => {
    const shifted = new Uint8Array(bytes.length + shift);
    shifted.set(bytes, shift);
    return readTensor(shifted.subarray(shift)).data?.buffer === shifted.buffer;
  });
  expect(shifts).toHaveLength(1);
});

test("the end of an axis, 2⁶³ − 1, stays at the end", () => {
  const node = { opType: "Slice", inputs: [], outputs: [] };
  const of = (value: number): ModelProto => ({
    ...model,
    graph: {
      ...model.graph,
      nodes: [{ ...node, attributes: [{ name: "ends", type: "ints", value: [value] }] }],
    },
  });
  const [{ attributes: read }] = readModel(encodeModel(of(2 ** 63))).graph.nodes;
  expect((read[0].value as number[])[0]).toBeGreaterThan(2 ** 62);
});

/** Tags of field 8 (name), 1 (dims), 2 (type), and of the values in fields of their own. */
test.each([
  ["float_data", [8, 2, 16, 1, 34, 8, 0, 0, 128, 63, 0, 0, 0, 64], [1, 2]],
  ["float_data, one by one", [8, 2, 16, 1, 37, 0, 0, 128, 63, 37, 0, 0, 0, 64], [1, 2]],
  ["int32_data of bytes", [8, 2, 16, 3, 42, 11, 1, ...Array(9).fill(255), 1], [1, -1]],
  ["int64_data", [8, 1, 16, 7, 58, 10, ...Array(9).fill(255), 1], [-1n]],
  ["uint64_data of a uint32", [8, 1, 16, 12, 90, 1, 7], [7]],
])("values in %s", (_, bytes, values) => {
  expect([...(readTensor(Uint8Array.from(bytes)).data ?? [])]).toEqual(values);
});

const whole = encodeModel(model);
test.each([
  ["empty", new Uint8Array(0), /there is no graph/],
  ["text", new TextEncoder().encode("<html><body>Not found</body></html>"), /./],
  [
    "a length of terabytes",
    Uint8Array.of(58, 255, 255, 255, 255, 255, 127),
    /a field of 4398046511103 bytes/,
  ],
  ["a number for a message", Uint8Array.of(56, 1), /wire type 0/],
  [
    "a type that is none",
    Uint8Array.of(58, 6, 42, 4, 8, 1, 16, 99),
    /tensor "" has the data type 99/,
  ],
  ["half a number", Uint8Array.of(58, 9, 42, 7, 8, 1, 16, 1, 74, 1, 0), /1 bytes of float/],
  [
    "a size below zero",
    Uint8Array.of(58, 15, 42, 13, 8, ...Array(9).fill(255), 1, 16, 1),
    /sizes -1/,
  ],
])("%s is refused in one line", (_, wrong, message) => {
  expect(() => readModel(wrong, "m.onnx")).toThrow(message);
  expect(() => readModel(wrong, "m.onnx")).toThrow(
    /^\[onnx\] m\.onnx, byte \d+ of \d+: [^\n]+ — [^\n]+$/,
  );
});

test("a file that is cut off is refused, or has lost whole fields only", () => {
  const results = Array.from({ length: whole.length }, (_, length) => {
    try {
      readModel(whole.subarray(0, length));
      return length;
    } catch (error) {
      expect((error as Error).message).toMatch(/^\[onnx\] [^\n]+$/);
      return undefined;
    }
  });
  // After the graph, between it and the end, come two fields.
  expect(results.filter((length) => length !== undefined)).toHaveLength(2);
});

const models = join(import.meta.dirname, "../../../../shared/data/models");
const found = (() => {
  try {
    return readdirSync(models, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".onnx"),
    );
  } catch {
    return [];
  }
})();
if (found.length === 0)
  test.skip("published models (../shared/data/models is not there)", () => {});
test.each(found)("%s is read, and written again", (name) => {
  const read = readModel(readFileSync(join(models, name)), name);
  expect(read.graph.nodes.length).toBeGreaterThan(5);
  const bytes = encodeModel(read);
  const again = readModel(bytes);
  expect(again.graph.initializers).toEqual(read.graph.initializers);
  expect(encodeModel(again)).toEqual(bytes);
});
