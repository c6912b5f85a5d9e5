/** What files of all kinds make of themselves: inputs, outputs, values that lie elsewhere, and what is wrong with them. */
import { describe, expect, test } from "vitest";
import { ReferenceStore } from "../../../test/reference-store.ts";
import { Builder } from "../../graph/builder.ts";
import type { RefArray } from "../../graph/op.ts";
import { summary } from "../../models/summary/summary.ts";
import { initialize } from "../../nn/initialize.ts";
import type { Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { freeze, namedParameters, namedStates } from "../../nn/parameters.ts";
import { stateDict } from "../../nn/state-dict.ts";
import { sequential } from "../../nn/structure/sequential.ts";
import { table } from "../../ops/table.ts";
import type { ImportedModel } from "../imported-model.ts";
import { importOnnx } from "./import.ts";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "./proto.ts";
import { encodeModel } from "./write-proto.ts";

const node = (
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: AttributeProto[]
): NodeProto => ({ opType, inputs, outputs, attributes });

const int = (name: string, value: number): AttributeProto => ({ name, type: "int", value });
const ints = (name: string, ...value: number[]): AttributeProto => ({ name, type: "ints", value });

const floats = (name: string, dims: readonly number[], ...values: number[]): TensorProto => ({
  name,
  dims,
  type: "float",
  data: Float32Array.from(values),
});
const sizes = (name: string, ...values: number[]): TensorProto => ({
  name,
  dims: [values.length],
  type: "int64",
  data: BigInt64Array.from(values, BigInt),
});

const value = (name: string, ...shape: (number | string)[]) =>
  ({ name, type: "float", shape }) as const;

const graph = (of: Partial<GraphProto>): GraphProto => ({
  name: "net",
  nodes: [],
  initializers: [],
  inputs: [value("x", "n", 2)],
  outputs: [value("y", "n", 2)],
  ...of,
});

const model = (of: Partial<GraphProto>, more: Partial<ModelProto> = {}): Uint8Array =>
  encodeModel({
    irVersion: 8,
    opsets: [{ domain: "", version: 18 }],
    metadata: {},
    graph: graph(of),
    ...more,
  });

/** All outputs for one batch of inputs. */
function outputs(
  { net, inputs }: ImportedModel,
  ...given: readonly (readonly number[])[]
): number[][] {
  const n = given[0].length / inputs[0].shape.reduce((a, b) => a * b, 1);
  const builder = new Builder(table, n);
  const tensors = inputs.map(({ name, shape, dtype }) =>
    builder.input(name, { shape: [n, ...shape], dtype, batched: true }),
  );
  const first = net.call(...tensors, { training: false });
  const all = [first, ...takeOutputs(builder).map(({ tensor }) => tensor)];
  const values = given.map(
    (data, i): RefArray => ({ shape: [n, ...inputs[i].shape], data: Float64Array.from(data) }),
  );
  return new ReferenceStore().run(builder, all, values, n).map((data) => [...data]);
}

const linear = graph({
  nodes: [node("Gemm", ["x", "w", "b"], ["y"], int("transB", 1))],
  initializers: [floats("w", [2, 2], 1, 2, 3, 4), floats("b", [2], 0.5, -0.5)],
});
const file = (of: Uint8Array, options = {}) => importOnnx(of, { file: "m.onnx", ...options });

describe("what becomes of a file", () => {
  test("initialisers that are listed as inputs are parameters, under their names", async () => {
    const inputs = [...linear.inputs, value("w", 2, 2), value("b", 2)];
    const imported = await file(model({ ...linear, inputs }));
    expect(imported.inputs).toEqual([{ name: "x", shape: [2], dtype: "f32" }]);
    expect(namedParameters(imported.net).map(([name]) => name)).toEqual(["w", "b"]);
    expect(outputs(imported, [1, 1, 2, 0])).toEqual([[3.5, 6.5, 2.5, 5.5]]);
    const net = sequential(imported.net as unknown as Module);
    initialize(net, [2]);
    expect([...stateDict(net)].map(([name, { data }]) => [name, Array.from(data)])).toEqual([
      ["0.w", [1, 2, 3, 4]],
      ["0.b", [0.5, -0.5]],
    ]);
    expect(freeze(imported.net, "w")).toEqual(["w"]);
  });

  test("rows of the summary are nodes, with their weights", async () => {
    const { net } = await file(model(linear));
    const { layers, parameters } = summary(net, [2]);
    expect(layers.map(({ name, kind }) => [name, kind])).toContainEqual(["Gemm_0", "Gemm"]);
    expect(layers.find(({ kind }) => kind === "Gemm")?.parameterShapes).toEqual({
      w: [2, 2],
      b: [2],
    });
    expect(parameters).toBe(6);
  });

  test("a weight of two nodes is one parameter; constants and scalars are none", async () => {
    const imported = await file(
      model({
        nodes: [
          node("MatMul", ["x", "w"], ["a"]),
          node("MatMul", ["a", "w"], ["b"]),
          node("Mul", ["b", "two"], ["c"]),
          node("Constant", [], ["k"], {
            name: "value",
            type: "tensor",
            value: floats("", [2], 1, 2),
          }),
          node("Add", ["c", "k"], ["y"]),
        ],
        initializers: [floats("w", [2, 2], 0, 1, 1, 0), floats("two", [], 2)],
      }),
    );
    expect(namedStates(imported.net).map(([name]) => name)).toEqual(["w"]);
    expect(outputs(imported, [3, 4])).toEqual([[7, 10]]);
  });

  test("dropout acts in training, by its own rate", async () => {
    const imported = await file(
      model({
        nodes: [node("Dropout", ["x", "rate"], ["y", "mask"])],
        inputs: [value("x", "n", 500)],
        initializers: [floats("rate", [], 0.25)],
      }),
    );
    const run = (training: boolean) => {
      const builder = new Builder(table, 1);
      const x = builder.input("x", { shape: [1, 500], dtype: "f32", batched: true });
      const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
      const y = imported.net.call(x, { training, key });
      const ones = { shape: [1, 500], data: new Float64Array(500).fill(1) };
      const values = [ones, { shape: [2], data: Float64Array.of(3, 4) }];
      const [found] = new ReferenceStore().run(builder, [y], values, 1);
      return found.filter((each) => each === 0).length / 500;
    };
    expect(run(false)).toBe(0);
    expect(Math.abs(run(true) - 0.25)).toBeLessThan(0.08);
  });

  test("several inputs and outputs, in the file's order", async () => {
    const imported = await file(
      model({
        nodes: [
          node("Sub", ["x", "z"], ["d"]),
          node("Relu", ["d"], ["y"]),
          node("Shape", ["x"], ["unused"]),
        ],
        inputs: [value("x", "n", 2), value("z", "n", 2)],
        outputs: [value("y", "n", 2), value("d", "n", 2), value("x", "n", 2)],
      }),
    );
    expect(imported.inputs.map(({ name }) => name)).toEqual(["x", "z"]);
    expect(imported.outputs).toEqual(["y", "d", "x"]);
    expect(outputs(imported, [1, 2], [3, 0])).toEqual([
      [0, 2],
      [-2, 2],
      [1, 2],
    ]);
  });

  test("sizes that are left open are told; integers that are inputs are bound", async () => {
    const open = {
      nodes: [node("Reshape", ["x", "shape"], ["y"])],
      inputs: [value("x", "n", 1, "h", "w")],
    };
    const shape = { name: "shape", type: "int64", shape: [2] } as const;
    const bytes = model({ ...open, inputs: [...open.inputs, shape] });
    const bound = { shape: sizes("shape", 0, -1) };
    await expect(file(bytes, { bound })).rejects.toThrow(
      /^\[onnx\] m\.onnx: its input "x" is n×1×h×w — say the size .* with inputShape/,
    );
    const imported = await file(bytes, { bound, inputShape: [1, 2, 3] });
    expect(imported.inputs).toEqual([{ name: "x", shape: [1, 2, 3], dtype: "f32" }]);
    const { net } = imported;
    const builder = new Builder(table, 5);
    const x = builder.input("x", { shape: [5, 1, 2, 3], dtype: "f32", batched: true });
    expect(net.call(x, { training: false }).shape).toEqual([5, 6]);
  });

  test("images with the channels last are fed with the channels first", async () => {
    const imported = await file(
      model({
        nodes: [
          node("Transpose", ["x"], ["t"], ints("perm", 0, 3, 1, 2)),
          node("Relu", ["t"], ["y"]),
        ],
        inputs: [value("x", 1, 4, 5, 3)],
      }),
    );
    expect(imported.inputs[0].shape).toEqual([3, 4, 5]);
    expect(imported.notes).toContain(
      "its input x has the channels last; it is fed with the channels first",
    );
    const image = Array.from({ length: 60 }, (_, i) => i);
    expect(outputs(imported, image)).toEqual([image]);
  });

  test("16-bit and 64-bit floats become 32-bit ones, and so say the notes", async () => {
    const data = Uint16Array.of(0x3800, 0x4200);
    const half = { name: "w", dims: [2], type: "float16", data } as const;
    const double = {
      name: "v",
      dims: [2],
      type: "double",
      data: Float64Array.of(1, 0.25),
    } as const;
    const imported = await file(
      model({
        nodes: [
          node("Mul", ["x", "w"], ["a"]),
          node("Cast", ["v"], ["f"], int("to", 1)),
          node("Add", ["a", "f"], ["y"]),
        ],
        initializers: [half, double],
      }),
    );
    expect(imported.notes).toEqual([
      "float16 and double values are computed with as 32-bit floats",
    ]);
    expect(outputs(imported, [2, 4])).toEqual([[2, 12.25]]);
  });

  test("what the file says beside is handed on", async () => {
    const { metadata } = await file(
      model(linear, {
        producerName: "pytorch",
        producerVersion: "2",
        metadata: { classes: '["a","b"]' },
      }),
    );
    expect(metadata).toEqual({ producer: "pytorch 2", classes: '["a","b"]' });
  });

  test("another number of classes is a fresh last layer, without the softmax where scores are asked for", async () => {
    const nodes = [
      ...linear.nodes.map((each) => ({ ...each, outputs: ["s"] })),
      node("Softmax", ["s"], ["y"]),
    ];
    const imported = await file(model({ ...linear, nodes }), { classes: 5, logits: true });
    expect(imported.notes).toEqual(['Gemm "s" is fresh, for 5 classes']);
    const states = stateDict(imported.net);
    expect(states.get("w")?.shape).toEqual([5, 2]);
    expect(states.get("b")?.shape).toEqual([5]);
    expect(new Set(Array.from(states.get("w")?.data ?? [])).size).toBe(10);
    const builder = new Builder(table, 1);
    const x = builder.input("x", { shape: [1, 2], dtype: "f32", batched: true });
    expect(imported.net.call(x, { training: false }).node.op).not.toBe("softmax");
    const again = await importOnnx(imported.structure.bytes);
    expect(stateDict(again.net).get("w")?.shape).toEqual([5, 2]);
    await expect(
      file(model({ nodes: [node("Relu", ["x"], ["y"])] }), { classes: 5 }),
    ).rejects.toThrow(/no last layer with weights was found to give 5 classes to — /);
  });
});

describe("values in other files", () => {
  const outside = (location: string, offset = 0, length?: number): Uint8Array =>
    model({
      ...linear,
      initializers: [
        {
          name: "w",
          dims: [2, 2],
          type: "float",
          external: { location, offset, ...(length && { length }) },
        },
        linear.initializers[1],
      ],
    });
  const bytes = new Uint8Array(Float32Array.of(9, 1, 2, 3, 4).buffer);

  test("are read where they lie, each file once", async () => {
    const asked: string[] = [];
    const external = async (location: string) => {
      asked.push(location);
      return bytes;
    };
    const imported = await file(outside("sub/w.bin", 4, 16), { external });
    expect(asked).toEqual(["sub/w.bin"]);
    expect(outputs(imported, [1, 1])).toEqual([[3.5, 6.5]]);
    // The structure needs no other file.
    const again = await importOnnx(imported.structure.bytes);
    expect(namedStates(again.net).map(([name]) => name)).toEqual(["w", "b"]);
  });

  test.each([
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "C:\\w.bin",
    "..\\w.bin",
    "file:///w",
    "a\0b",
  ])("%j is not looked for", async (location) => {
    const external = () => {
      throw new Error("was asked");
    };
    await expect(file(outside(location), { external })).rejects.toThrow(
      /^\[onnx\] m\.onnx: "w" lies in "[^\n]+", outside the model's folder — [^\n]+$/,
    );
  });

  test("that are too short, or are not given", async () => {
    await expect(file(outside("w.bin", 8), { external: () => bytes })).rejects.toThrow(
      /"w" takes 16 bytes, 16 at 8 of the 20 of w\.bin are named/,
    );
    await expect(file(outside("w.bin", 0, 12), { external: () => bytes })).rejects.toThrow(
      /12 at 0/,
    );
    await expect(file(outside("w.bin"))).rejects.toThrow(/"w" lies in w\.bin — give its bytes/);
  });
});

describe("files that cannot be read", () => {
  const relu = (...nodes: NodeProto[]) => model({ nodes: [...nodes, node("Relu", ["a"], ["y"])] });
  test.each<[string, Uint8Array, RegExp]>([
    [
      "unknown operators",
      relu(node("Foo", ["x"], ["b"]), node("Bar", ["b"], ["c"]), {
        ...node("Conv", ["c"], ["a"]),
        domain: "com.microsoft",
      }),
      /operators that convkit does not know: Foo, Bar, com\.microsoft\.Conv \(operator set 18\)/,
    ],
    [
      "a circle",
      relu(
        node("Add", ["x", "c"], ["b"]),
        node("Add", ["b", "b"], ["c"]),
        node("Relu", ["c"], ["a"]),
      ),
      /goes round in a circle/,
    ],
    ["a node that needs itself", relu(node("Add", ["x", "a"], ["a"])), /goes round in a circle/],
    [
      "a value that nothing gives",
      relu(node("Add", ["x", "w"], ["a"])),
      /nothing gives "w", needed by Add "a"/,
    ],
    ["an output that nothing gives", model({}), /nothing gives "y"/],
    [
      "a value given twice",
      relu(node("Relu", ["x"], ["a"]), node("Relu", ["x"], ["a"])),
      /"a" is given twice/,
    ],
    [
      "no inputs",
      model({
        inputs: [],
        nodes: [node("Relu", ["w"], ["y"])],
        initializers: [floats("w", [1], 1)],
      }),
      /has no inputs/,
    ],
    [
      "an old operator set",
      model(linear, { opsets: [{ domain: "", version: 5 }] }),
      /uses operator set 5, convkit reads 6 to 24/,
    ],
    ["no operator set", model(linear, { opsets: [] }), /does not say which operator set/],
    [
      "missing values",
      model({ ...linear, initializers: linear.initializers.map(({ data: _, ...rest }) => rest) }),
      /the values of "w" are missing/,
    ],
    [
      "sizes that do not fit",
      model({ ...linear, inputs: [value("x", "n", 3)] }),
      /Gemm "y": .*3 features, weight expects 2/,
    ],
    [
      "a reshape that does not fit",
      model({ nodes: [node("Reshape", ["x", "s"], ["y"])], initializers: [sizes("s", 0, 7)] }),
      /Reshape "y": .*does not fit 1×7/,
    ],
    [
      "an axis that is none",
      relu(node("Concat", ["x", "x"], ["a"], int("axis", 9))),
      /Concat "a": axis 9 of a tensor of 2 axes/,
    ],
    ["sizes of terabytes", relu(node("ConstantOfShape", ["s"], ["a"])), /nothing gives "s"/],
    [
      "constants of terabytes",
      model({
        nodes: [node("ConstantOfShape", ["s"], ["c"]), node("Add", ["x", "c"], ["y"])],
        initializers: [sizes("s", 1e6, 1e6)],
      }),
      /a constant of the shape 1000000×1000000/,
    ],
    [
      "a range without end",
      model({
        nodes: [node("Range", ["a", "b", "c"], ["r"]), node("Add", ["x", "r"], ["y"])],
        initializers: [floats("a", [], 0), floats("b", [], 9), floats("c", [], 0)],
      }),
      /Range "r": /,
    ],
    [
      "a resize to billions",
      model({
        inputs: [value("x", "n", 1, 4, 4)],
        nodes: [
          node("Resize", ["x", "", "s"], ["y"], { name: "mode", type: "string", value: "cubic" }),
        ],
        initializers: [floats("s", [4], 1, 1, 1e9, 1e9)],
      }),
      /Resize "y": resizes/,
    ],
    [
      "billions of parts",
      model({
        nodes: [node("Split", ["x"], ["y"], int("num_outputs", 1e9))],
      }),
      /Split "y": would have to make 1000000000 values/,
    ],
    [
      "places of billions",
      model({
        inputs: [value("x", "n", 1, 1e9, 1e9)],
        nodes: [node("MaxPool", ["x"], ["p", "y"], ints("kernel_shape", 2, 2))],
      }),
      /MaxPool "p": would have to make 999999999 values/,
    ],
    [
      "an attribute of another type",
      model({
        ...linear,
        nodes: [node("Gemm", ["x", "w"], ["y"], { name: "transB", type: "string", value: "1" })],
      }),
      /its attribute transB is of type string, not int/,
    ],
    [
      "an input that is left out",
      model({ nodes: [node("Conv", ["x"], ["y"])] }),
      /Conv "y": its input 1 is missing/,
    ],
    [
      "sizes that depend on values",
      model({
        inputs: [value("x", "n", 4)],
        nodes: [
          node("ReduceMax", ["x"], ["m"]),
          node("Cast", ["m"], ["i"], int("to", 7)),
          node("Reshape", ["x", "i"], ["y"]),
        ],
      }),
      /Reshape "y": its input "i" has to be known before the network runs/,
    ],
  ])("%s", async (_, bytes, message) => {
    await expect(file(bytes)).rejects.toThrow(message);
    await expect(file(bytes)).rejects.toThrow(/^\[onnx\] m\.onnx: [^\n]+ — [^\n]+$/);
  });
});
