import { describe, expect, test } from "vitest";
import type { StoredTensor, StoredTensors } from "../formats/stored-tensors.ts";
import * as nn from "../nn/index.ts";
import { classesIn, createModel, interpolatePositions, loadWeights } from "./index.ts";

const f32 = (shape: readonly number[], fill = 0): StoredTensor => ({
  type: "f32",
  shape,
  read: async () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
});
const i64: StoredTensor = { type: "i64", shape: [4, 4], read: () => Promise.reject("not needed") };

const fileOf = (tensors: Iterable<readonly [string, StoredTensor]>): StoredTensors => ({
  ...{ file: "f.pth", format: "pytorch", metadata: {}, notes: ["f.pth: was unwrapped"] },
  tensors: new Map(tensors),
});

/** A network's states as a file has them, all of the value 7. */
const statesOf = (net: nn.Module, rename = (name: string) => name) =>
  new Map(
    nn.namedStates(net).map(([name, { parameter }]) => [rename(name), f32(parameter.shape, 7)]),
  );

async function lenet(classes = 10) {
  const made = await createModel("lenet5", { classes });
  nn.initialize(made.net, made.inputShape);
  return made.net;
}

const isFilled = (net: nn.Module, but: readonly string[] = []) =>
  [...nn.stateDict(net)].every(
    ([name, { data }]) => but.includes(name) || Array.from(data).every((value) => value === 7),
  );

test("takes every value, hands the file's notes on, and leaves tables of whole numbers out", async () => {
  const net = await lenet();
  const weights = statesOf(net).set("layer.relative_position_index", i64);
  const loaded = await loadWeights(net, fileOf(weights));
  expect(loaded).toEqual({
    ...{ missing: [], unexpected: [], fresh: [] },
    notes: ["f.pth: was unwrapped"],
  });
  expect(isFilled(net)).toBe(true);
});

test("names on one side only are listed with the nearest, and nothing is written", async () => {
  const net = await lenet();
  const before = nn.stateDict(net);
  const weights = statesOf(net, (name) => name.replace("fc1.wei", "fc1.wie")).set("x", f32([1]));
  await expect(loadWeights(net, fileOf(weights), { model: "lenet5" })).rejects.toThrow(
    "[weights] f.pth: lacks fc1.weight (fc1.wieght?); has fc1.wieght, x, which lenet5 has not — ",
  );
  expect(nn.stateDict(net)).toEqual(before);
  const loose = await loadWeights(net, fileOf(weights), { strict: false });
  expect(loose).toMatchObject({ missing: ["fc1.weight"], unexpected: ["fc1.wieght", "x"] });
  expect(isFilled(net, ["fc1.weight"])).toBe(true);
});

test("a head for other classes stays fresh where that is asked for", async () => {
  const [net, other] = [await lenet(3), await lenet()];
  const weights = fileOf(statesOf(other));
  expect(classesIn(weights, net)).toBe(10);
  await expect(loadWeights(net, weights)).rejects.toThrow(
    /f\.pth: fc3\.weight is 3×84, the file holds 10×84: scores for 10 classes — give --num-classes 3/,
  );
  const { fresh, notes } = await loadWeights(net, weights, { numClasses: 3 });
  expect(fresh).toEqual(["fc3.weight", "fc3.bias"]);
  expect(notes.at(-1)).toBe("f.pth: fc3 left fresh, for 3 classes instead of its own");
  expect(isFilled(net, fresh)).toBe(true);
  expect(isFilled(net)).toBe(false);
});

test("a file without a head gives one that is fresh, and a whole one is taken whole", async () => {
  const net = await lenet();
  const weights = statesOf(net);
  expect((await loadWeights(net, fileOf(weights), { numClasses: 10 })).fresh).toEqual([]);
  expect(isFilled(net)).toBe(true);
  for (const name of ["fc3.weight", "fc3.bias"]) weights.delete(name);
  await expect(loadWeights(net, fileOf(weights))).rejects.toThrow(/lacks fc3\.weight, fc3\.bias/);
  const { fresh } = await loadWeights(await lenet(), fileOf(weights), { numClasses: 10 });
  expect(fresh).toEqual(["fc3.weight", "fc3.bias"]);
});

test("another shape elsewhere is refused whatever is asked for", async () => {
  const net = await lenet();
  const weights = statesOf(net).set("conv1.weight", f32([6, 3, 5, 5]));
  await expect(loadWeights(net, fileOf(weights), { numClasses: 10 })).rejects.toThrow(
    "f.pth: conv1.weight is 6×1×5×5, the file holds 6×3×5×5 — give the shape of pictures",
  );
  const scalar = statesOf(net).set("fc3.bias", f32([1, 10, 1], 7));
  await loadWeights(net, fileOf(scalar));
  expect(isFilled(net)).toBe(true);
});

test("timm's names are recognised, and shapes with the same values", async () => {
  const made = await createModel("convnext_tiny", { inputShape: [3, 32, 32], classes: 4 });
  nn.initialize(made.net, made.inputShape);
  const weights = new Map(
    nn.namedStates(made.net).map(([key, { parameter }]) => {
      const { name, shape } = made.timm(key, parameter.shape);
      return [name, f32(shape, 7)];
    }),
  );
  expect(weights.get("stages.0.blocks.0.gamma")?.shape).toEqual([96]);
  expect(classesIn(fileOf(weights), made.net, made)).toBe(4);
  await loadWeights(made.net, fileOf(weights), { timm: made.timm });
  const scale = new Map(nn.namedParameters(made.net)).get("features.1.0.layer_scale");
  expect(scale?.read()).toEqual(new Float32Array(96).fill(7));
  const own = { timm: made.timm, source: "torchvision" } as const;
  await expect(loadWeights(made.net, fileOf(weights), own)).rejects.toThrow(/lacks features\.0/);
});

test("auxiliary classifiers may stay in the file", async () => {
  const net = await lenet();
  const weights = statesOf(net).set("aux1.fc2.weight", f32([10, 1024]));
  const { notes } = await loadWeights(net, fileOf(weights));
  expect(notes.at(-1)).toBe("f.pth: left out its auxiliary classifiers, which the network has not");
});

test("a network without parameters is refused", async () => {
  const { net } = await createModel("lenet5");
  await expect(loadWeights(net, fileOf([]))).rejects.toThrow("call initialize(net, inputShape)");
});

test("a word that wrappers put before every name is cut, once all names fit then", async () => {
  const net = await lenet();
  const weights = statesOf(net, (name) => `model.${name}`).set("model.aux1.fc.weight", f32([1]));
  expect(classesIn(fileOf(weights), net)).toBe(10);
  const { notes } = await loadWeights(net, fileOf(weights));
  expect(notes).toContain('f.pth: cut "model." from the names');
  expect(isFilled(net)).toBe(true);
  weights.set("criterion.weight", f32([10]));
  const more = await loadWeights(await lenet(), fileOf(weights));
  expect(more.notes).toContain('f.pth: cut "model." from the names and left out criterion.weight');
  weights.set("model.extra", f32([10]));
  await expect(loadWeights(await lenet(), fileOf(weights))).rejects.toThrow(
    /f\.pth: has extra, which the network has not/,
  );
  const half = statesOf(net, (name) => (name.startsWith("fc") ? name : `model.${name}`));
  await expect(loadWeights(await lenet(), fileOf(half))).rejects.toThrow(/lacks conv1\.weight/);
});

test("torchvision's DenseNet files, whose names are older, load as they are", async () => {
  const { net, adapt } = await createModel("densenet_bc100_12");
  nn.initialize(net, [3, 32, 32]);
  const old = (name: string) => name.replace(/(denselayer\d+\.(?:norm|conv))([12])/, "$1.$2");
  const weights = statesOf(net, old);
  expect(weights.has("features.denseblock1.denselayer1.norm.1.running_mean")).toBe(true);
  await expect(loadWeights(net, fileOf(weights))).rejects.toThrow(/lacks features\.denseblock1/);
  const { notes } = await loadWeights(net, fileOf(weights), { adapt });
  expect(notes).toEqual(["f.pth: was unwrapped"]);
  expect(isFilled(net)).toBe(true);
});

test("timm's files for another ε of batch norms load with a note", async () => {
  const { net, timm, adapt } = await createModel("mobilenet_v3_small");
  nn.initialize(net, [3, 224, 224]);
  const load = (rename?: (name: string) => string) =>
    loadWeights(net, fileOf(statesOf(net, rename)), { timm, adapt });
  expect((await load((name) => timm(name, []).name)).notes.at(-1)).toMatch(
    /^f\.pth: has timm's names; .* ε = 1e-5 .*, mobilenet_v3_small has 1e-3: scores differ/,
  );
  expect((await load()).notes).toEqual(["f.pth: was unwrapped"]);
  const names = ["efficientnet_b0", "efficientnet_b5", "efficientnet_v2_s"];
  const made = await Promise.all(names.map((name) => createModel(name)));
  expect(made.map((model) => model.adapt !== undefined)).toEqual([false, true, true]);
});

describe("weights of a vision transformer for another size of image", () => {
  const noise = async () => Float32Array.from({ length: 198 * 192 }, (_, i) => Math.sin(i * i));

  test.each([
    ["vit_tiny_patch16_224", "torchvision", "encoder.pos_embedding", 1],
    ["deit_tiny_distilled_patch16_224", "timm", "pos_embed", 2],
  ] as const)("%s, under %s's names", async (name, source, key, tokens) => {
    const made = await createModel(name, { inputShape: [3, 64, 96] });
    const { net, inputShape, timm, adapt } = made;
    nn.initialize(net, inputShape);
    const naming = (path: string) => (source === "timm" ? timm(path, []).name : path);
    const shape = [1, tokens + 14 * 14, 192];
    const read = async () => (await noise()).slice(0, shape[1] * 192);
    const weights = statesOf(net, naming).set(key, { type: "f32", shape, read });
    await expect(loadWeights(net, fileOf(weights), { timm })).rejects.toThrow(
      "the file holds 1×19",
    );
    const { notes } = await loadWeights(net, fileOf(weights), { timm, adapt });
    expect(notes.at(-1)).toBe(
      "f.pth: position embeddings of 14×14 patches, read between their places for 4×6",
    );
    const embeddings = { shape, data: await read() };
    const expected = interpolatePositions(embeddings, [4, 6], { tokens });
    expect(nn.stateDict(net).get("encoder.pos_embedding")?.data).toEqual(expected.data);
    expect(isFilled(net, ["encoder.pos_embedding"])).toBe(true);
  });

  test("embeddings that lie on no square are refused, those of this size taken as they are", async () => {
    const { net, inputShape, adapt } = await createModel("vit_tiny_patch16_224", {
      inputShape: [3, 32, 32],
    });
    nn.initialize(net, inputShape);
    const weights = statesOf(net);
    expect((await loadWeights(net, fileOf(weights), { adapt })).notes).toHaveLength(1);
    weights.set("encoder.pos_embedding", f32([1, 1 + 15, 192]));
    await expect(loadWeights(net, fileOf(weights), { adapt })).rejects.toThrow(
      "encoder.pos_embedding is 1×5×192, the file holds 1×16×192",
    );
  });
});
