import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { Random } from "../../core/random.ts";
import {
  encodeNpy,
  encodeSafetensors,
  type NpyData,
  parseNpy,
  type SafeTensor,
} from "../../formats/index.ts";
import { readStateDict } from "../../formats/node.ts";
import { encodeModel as encodeOnnx } from "../../formats/onnx/write-proto.ts";
import { createModel } from "../../models/index.ts";
import { initialize, stateDict } from "../../nn/index.ts";
import { compile, openDevice } from "../../tensor/index.ts";
import { encodeModel, type ModelCard } from "../../train/index.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const inputShape = [1, 28, 28];
const classes = 7;
/** More than the command takes at a time. */
const N = 70;
const random = new Random(0, "run.test");
const pictures = Float32Array.from({ length: N * 784 }, () => random.normal());
const save = (name: string, shape: number[], data: NpyData) =>
  writeFileSync(
    at(name),
    encodeNpy({ type: data instanceof Uint8Array ? "u1" : "f4", shape, data }),
  );
let expected: ArrayLike<number>;

beforeAll(async () => {
  const { net } = await createModel("lenet5", { inputShape, classes });
  initialize(net, inputShape, { seed: 3 });
  const tensors = [...stateDict(net)].map(([name, { shape, data }]): [string, SafeTensor] => [
    name,
    { dtype: "F32", shape, data: Float32Array.from(data) },
  ]);
  writeFileSync(at("w.safetensors"), encodeSafetensors(tensors));
  const renamed = tensors.map(([name, tensor]) => [name.replace("fc2", "full2"), tensor] as const);
  writeFileSync(at("renamed.safetensors"), encodeSafetensors(renamed));
  const card: ModelCard = {
    architecture: "lenet5",
    inputShape,
    classes: ["a", "b", "c", "d", "e", "f", "g"],
    loss: "crossEntropy",
    preprocessing: { channels: 1, width: 28, height: 28, scale: 1 / 255, mean: [0], std: [1] },
  };
  writeFileSync(at("model.safetensors"), encodeModel(net, card));
  save("x.npy", [N, ...inputShape], pictures);
  const device = await openDevice({ backend: "reference" });
  const forward = compile((x) => net.call(x, { training: false }), { device });
  expected = (await forward({ shape: [N, ...inputShape], dtype: "f32", data: pictures })).data;
  save("rgb.npy", [2, 3, 28, 28], new Float32Array(2 * 3 * 784));
  save("large.npy", [2, 1, 30, 28], new Float32Array(2 * 840));
  save("one.npy", inputShape, new Float32Array(784));
  save("flat.npy", [784], new Float32Array(784));
  save("none.npy", [0, 1, 28, 28], new Float32Array(0));
  const whole = readFileSync(at("x.npy"));
  writeFileSync(at("cut.npy"), whole.subarray(0, 5000));
  const claim = whole
    .toString("latin1")
    .replace("(70, 1, 28, 28), }     ", "(9999999, 1, 999, 999), }");
  writeFileSync(at("huge.npy"), Buffer.from(claim, "latin1"));
});

function farthest(file: string): number {
  const { shape, data } = parseNpy(readFileSync(at(file)));
  expect(shape).toEqual([N, classes]);
  const difference = Array.from(expected, (value, i) => Math.abs(value - Number(data[i])));
  return Math.max(...difference) / Math.max(...Array.from(expected, Math.abs));
}

test("a run directory and an architecture with weights give what the network gives, in parts", async () => {
  const common = ["--input", at("x.npy"), "--json", "--out"];
  const [directory, weights] = await Promise.all([
    convkit("run", folder, ...common, at("a.npy")),
    convkit(
      "run",
      "lenet5",
      "--weights",
      at("w.safetensors"),
      "--threads",
      "1",
      ...common,
      at("b.npy"),
    ),
  ]);
  expect([directory.stderr, directory.code]).toEqual(["", 0]);
  expect(weights.code).toBe(0);
  expect(weights.stderr).toMatch(/7 classes instead of 10/);
  expect(farthest("a.npy")).toBeLessThan(1e-5);
  expect(readFileSync(at("a.npy")).equals(readFileSync(at("b.npy")))).toBe(true);
  expect(weights.events).toMatchObject([
    {
      event: "run",
      model: "lenet5",
      shape: [N, classes],
      threads: 1,
      backend: "wasm",
      finite: true,
    },
  ]);
});

test("the reference, other types of numbers and initial weights by seed", async () => {
  const bytes = Uint8Array.from({ length: 2 * 3 * 1024 }, () => random.int(256));
  save("bytes.npy", [2, 3, 32, 32], bytes);
  save("floats.npy", [2, 3, 32, 32], Float32Array.from(bytes));
  const run = (input: string, out: string, ...more: string[]) =>
    convkit("run", "convnetjs-cifar", `input=${at(input)}`, `out=${at(out)}`, ...more);
  const ended = await Promise.all([
    run("bytes.npy", "u1.npy"),
    run("floats.npy", "f4.npy", "--seed", "0"),
    run("bytes.npy", "other.npy", "--seed", "1"),
    run("bytes.npy", "slow.npy", "--backend", "reference"),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const read = (name: string) => readFileSync(at(name));
  expect(read("u1.npy").equals(read("f4.npy"))).toBe(true);
  expect(read("u1.npy").equals(read("other.npy"))).toBe(false);
  const [fast, slow] = ["u1.npy", "slow.npy"].map((name) =>
    Array.from(parseNpy(read(name)).data, Number),
  );
  const largest = Math.max(...slow.map(Math.abs));
  expect(Math.max(...slow.map((value, i) => Math.abs(value - fast[i]))) / largest).toBeLessThan(
    1e-5,
  );
});

// biome-ignore format: one case a line
const failures: [what: string, model: string, input: string, message: RegExp, ...more: string[]][] = [
  ["channels that a trained model has not", ".", "rgb.npy", /rgb\.npy: holds 2×3×28×28, lenet5 takes N×1×28×28: 3 channels instead of 1 — bring/],
  ["another size than a trained model's", ".", "large.npy", /large\.npy: .* another size — resize the pictures to 28×28/],
  ["one picture without the axis of pictures", "lenet5", "one.npy", /one\.npy: holds 1×28×28, .* — add the axis of pictures: x\[None\]/],
  ["no picture at all", "lenet5", "none.npy", /none\.npy: .* there is no picture in it/],
  ["a row of numbers", "lenet5", "flat.npy", /flat\.npy: holds 784, .*reshape\(-1, 1, 32, 32\)/],
  ["a truncated file", "lenet5", "cut.npy", /\[npy\] .*cut\.npy: header claims 70×1×28×28 .* truncated or damaged; save it again/],
  ["a size of terabytes in the header", "lenet5", "huge.npy", /\[npy\] .*huge\.npy: header claims 9999999×1×999×999/],
  ["no file", "lenet5", "nowhere.npy", /nowhere\.npy: no such file or folder/],
  ["weights under other names", "lenet5", "x.npy", /renamed\.safetensors: lacks fc2\.weight.*; has full2\.weight, full2\.bias, which lenet5 has not/, "--weights", "renamed.safetensors"],
  ["weights for other pictures", "lenet5", "rgb.npy", /w\.safetensors: conv1\.weight is 6×3×5×5, the file holds 6×1×5×5 — /, "--weights", "w.safetensors"],
  ["weights that are no safetensors", "lenet5", "x.npy", /\[safetensors\] .*x\.npy: /, "--weights", "x.npy"],
  ["a folder for the result that is not there", "lenet5", "x.npy", /\[write\] .*the folder does not exist/, "--out", "nowhere/y.npy"],
];

test.concurrent.each(failures)(
  "%s is one line and exit code 1",
  async (_, model, input, message, ...more) => {
    const [option, file] = more;
    const out = option === "--out" ? file : "failed.npy";
    const words = ["run", model === "." ? folder : model, "--input", at(input), "--out", at(out)];
    if (option === "--weights") words.push(option, at(file));
    const { code, stdout, stderr } = await convkit(...words);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.replace(folder, "")).toMatch(/^convkit run: \[\w+\] .+\n$/);
    expect(stderr).toMatch(message);
  },
);

test("channels that are last come second, every output goes into an .npz under its name", async () => {
  const random = new Random(1, "last");
  const values = Float32Array.from({ length: 2 * 3 * 32 * 32 }, () => random.normal());
  const last = new Float32Array(values.length);
  for (let i = 0; i < 2; i++)
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 1024; p++) last[(i * 1024 + p) * 3 + c] = values[(i * 3 + c) * 1024 + p];
  save("first.npy", [2, 3, 32, 32], values);
  save("last.npy", [2, 32, 32, 3], last);
  for (const [input, out] of [
    ["first.npy", "first-y.npy"],
    ["last.npy", "last-y.npz"],
  ]) {
    const ended = await convkit("run", "resnet20", "--input", at(input), "--out", at(out));
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
  }
  const { tensors } = await readStateDict(at("last-y.npz"));
  expect([...tensors.keys()]).toEqual(["output"]);
  const found = await tensors.get("output")?.read();
  expect(found).toEqual(parseNpy(readFileSync(at("first-y.npy"))).data);
});

test("wrong usage: no output named, two inputs, weights for a model that has its own", async () => {
  const x = ["--input", at("x.npy")];
  const ended = await Promise.all([
    convkit("run", "lenet5", ...x),
    convkit("run", "lenet5", ...x, ...x, "--out", at("z.npy")),
    convkit("run", folder, ...x, "--weights", at("w.safetensors"), "--out", at("z.npy")),
    convkit("run", "lenet5", ...x, "--backend", "gpu", "--out", at("z.npy")),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  const messages = [
    /--out <file>' not specified/,
    /lenet5 has 1 input, input; 2 were given — give --input once for each/,
    /has weights of its own/,
    /backend/,
  ];
  for (const [i, message] of messages.entries()) expect(ended[i].stderr).toMatch(message);
});

test("outputs keep the order of the file, also where their names are numbers", async () => {
  const value = (name: string) => ({ name, type: "float", shape: ["n", 2] }) as const;
  const of = (opType: string, output: string) =>
    ({ opType, inputs: ["x"], outputs: [output], attributes: [] }) as const;
  const file = encodeOnnx({
    irVersion: 8,
    opsets: [{ domain: "", version: 18 }],
    metadata: {},
    graph: {
      name: "net",
      nodes: [of("Neg", "9"), of("Relu", "3")],
      initializers: [],
      inputs: [value("x")],
      outputs: [value("9"), value("3")],
    },
  });
  writeFileSync(at("numbers.onnx"), file);
  save("pair.npy", [1, 2], Float32Array.of(1, -2));
  for (const out of ["pair-y.npy", "pair-y.npz"]) {
    const ended = await convkit(
      "run",
      at("numbers.onnx"),
      "--input",
      at("pair.npy"),
      "--out",
      at(out),
    );
    expect(ended.code, ended.stderr).toBe(0);
  }
  expect(parseNpy(readFileSync(at("pair-y.npy"))).data).toEqual(Float32Array.of(-1, 2));
  const { tensors } = await readStateDict(at("pair-y.npz"));
  expect([...tensors.keys()]).toEqual(["9", "3"]);
  expect(await tensors.get("3")?.read()).toEqual(Float32Array.of(1, 0));
});
