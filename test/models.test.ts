/** Every model of the list: its figures recounted from the graph, and its logits against PyTorch. */
import { describe, expect, test } from "vitest";
import { Builder } from "../src/graph/builder.ts";
import goldens from "../src/models/golden/models.json" with { type: "json" };
import {
  architectures,
  createModel,
  listModels,
  modelNames,
  summary,
} from "../src/models/index.ts";
import type { ModelRequest } from "../src/models/model.ts";
import * as nn from "../src/nn/index.ts";
import { traceNetwork } from "../src/nn/initialize.ts";
import { table } from "../src/ops/table.ts";
import { ReferenceStore, relativeError, wave } from "./reference-store.ts";
import { goldenModels } from "./zoo.ts";

const infos = await listModels();

/** The goldens' values: a formula of the place and of the parameter's place in the list. */
function fill(net: nn.Module, store: ReferenceStore): void {
  for (const [place, [name, { parameter }]] of nn.namedStates(net).entries()) {
    const { shape } = parameter;
    const w = wave(shape, place).data;
    if (name.endsWith("num_batches_tracked")) store.set(parameter, [0]);
    else if (shape.length > 1) {
      const fan = shape.slice(1).reduce((size, dim) => size * dim, 1);
      store.set(
        parameter,
        w.map((v) => (2 * v) / Math.sqrt(fan)),
      );
    } else if (name.endsWith("running_var"))
      store.set(
        parameter,
        w.map((v) => 1 + 0.5 * v * v),
      );
    else
      store.set(
        parameter,
        w.map((v) => 0.1 * v + (name.endsWith("weight") ? 1 : 0)),
      );
  }
}

describe.each(infos)("$name", (info) => {
  const { name, task = "classification" } = info;

  test("has the parameters and the MACs that it declares", async () => {
    const { net, notes } = await createModel(name);
    const { parameters, macs, layers } = summary(net, info.inputShape);
    expect({ parameters, macs }).toEqual({ parameters: info.parameters, macs: info.macs });
    expect(layers.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters);
    expect(layers.reduce((sum, row) => sum + row.macs, 0)).toBe(macs);
    expect(notes).toEqual([]);
  });

  const golden = goldens.models[name as keyof typeof goldens.models];
  // The others are compared in zoo.test.ts.
  if (golden)
    test("gives PyTorch's logits in evaluation and in training", async () => {
      const inputShape = golden.input.slice(1);
      const { net } = await createModel(name, { inputShape });
      nn.initialize(net, inputShape);
      expect([...nn.stateDict(net).keys()]).toEqual(golden.names);
      const store = new ReferenceStore();
      fill(net, store);
      for (const training of [false, true]) {
        const builder = new Builder(table, 4);
        const shape = [4, ...inputShape];
        const x = builder.input("x", { shape, dtype: "f32", batched: true });
        const y = net.call(x, { training });
        const [logits] = store.run(builder, [y], [wave(golden.input, 0.5)], golden.input[0]);
        const expected = training ? golden.training : golden.evaluated;
        expect(relativeError(logits, expected)).toBeLessThan(1e-9);
      }
    });

  test("adapts to other sizes, channels and classes, and says how", async () => {
    const [, rows, columns] = info.inputShape;
    const others =
      rows <= 32
        ? [
            [2, 40, 33],
            [1, 16, 20],
          ]
        : [
            [2, rows, columns + 32],
            [1, rows - 32, columns - 64],
          ];
    for (const inputShape of others) {
      // Images have no classes.
      const classes = task === "superResolution" ? info.classes : 7;
      const { net, notes } = await createModel(name, { inputShape, classes });
      const [, h, w] = inputShape;
      const output = traceNetwork(net, inputShape).output.shape;
      if (task === "classification") expect(output).toEqual([1, 7]);
      if (task === "segmentation") expect(output.slice(0, 2)).toEqual([1, 7]);
      expect(notes).toContain(`${name}: ${h}×${w} input instead of ${rows}×${columns}`);
      if (classes === 7) expect(notes).toContain(`${name}: 7 classes instead of ${info.classes}`);
    }
    await expect(createModel(name, { inputShape: [1, 3, 32] })).rejects.toThrow(
      `[${name}] 3×32 images are too small`,
    );
    await expect(createModel(name, { inputShape: [28, 28] })).rejects.toThrow("is not an image");
    await expect(createModel(name, { classes: 0 })).rejects.toThrow("0 classes");
  });

  test("works at the smallest size that it names, and is refused below", async () => {
    const message = await createModel(name, { inputShape: [1, 1, 1] }).then(
      () => "",
      (error: Error) => error.message,
    );
    const least = Number(/at least (\d+)×/.exec(message)?.[1]);
    const { net } = await createModel(name, { inputShape: [1, least, least] });
    const output = traceNetwork(net, [1, least, least]).output.shape;
    if (task === "classification") expect(output).toEqual([1, info.classes]);
    const inputShape = [1, least - 1, least];
    await expect(createModel(name, { inputShape })).rejects.toThrow("too small");
  });
});

test("lenet5 pads 28×28 as the paper frames it, and says so", async () => {
  const { net, notes } = await createModel("lenet5", { inputShape: [1, 28, 28] });
  expect(summary(net, [1, 28, 28]).parameters).toBe(61_706);
  expect(notes).toEqual([
    "lenet5: 28×28 input instead of 32×32",
    "lenet5: first convolution padded by 2",
  ]);
});

test("figure N2: LeNet's weights, layer by layer", async () => {
  const { net } = await createModel("lenet5");
  nn.initialize(net, [1, 32, 32]);
  const weights = nn.namedParameters(net).filter(([name]) => name.endsWith("weight"));
  const sizes = weights.map(([, { size }]) => size);
  expect(sizes).toEqual([150, 2_400, 48_000, 10_080, 840]);
  const total = sizes.reduce((a, b) => a + b, 0);
  expect(total).toBe(61_470);
  expect(Math.round((100 * sizes[2]) / total)).toBe(78);
});

test("figure N1: sizes and initial values of Zhang's network", async () => {
  const { net } = await createModel("zhang");
  const { layers } = summary(net, [1, 28, 28]);
  expect(layers.filter((l) => l.outputShape.length === 4).map((l) => l.outputShape[2])).toEqual([
    24, 24, 12, 8, 8, 4,
  ]);
  nn.initialize(net, [1, 28, 28], { seed: 1 });
  const values = (name: string) => Array.from(nn.stateDict(net).get(name)?.data ?? []);
  const bounds = {
    "c1.weight": Math.sqrt(6 / ((1 + 6) * 25)),
    "c2.weight": Math.sqrt(6 / ((6 + 12) * 25)),
    "fc.weight": Math.sqrt(6 / (192 + 10)),
  };
  for (const [name, bound] of Object.entries(bounds)) {
    const most = Math.max(...values(name).map(Math.abs));
    expect(most).toBeLessThanOrEqual(bound);
    expect(most).toBeGreaterThan(0.95 * bound);
  }
  for (const name of ["c1.bias", "c2.bias", "fc.bias"]) {
    expect(values(name).every((v) => v === 0)).toBe(true);
  }
});

test("every architecture has a case against PyTorch that runs in every suite, and no case is of a model that is gone", async () => {
  const quick = goldenModels.filter(([, { slow }]) => !slow).map(([name]) => name);
  const small = Object.keys(goldens.models);
  for (const { names } of architectures) {
    const cases = names.filter((name) => [...quick, ...small].includes(name));
    expect(cases.length, names.join(", ")).toBeGreaterThan(0);
  }
  const known = goldenModels.map(([name, { model }]) => model ?? name);
  expect(known.filter((name) => !(modelNames as readonly string[]).includes(name))).toEqual([]);
});

describe("first layers for CIFAR's pictures", () => {
  const size = async (name: string, request: Partial<ModelRequest>) => {
    const { net, inputShape, notes } = await createModel(name, request);
    const first = summary(net, inputShape).layers.find((layer) => layer.parameters > 0);
    return { side: first?.outputShape.at(-1), notes };
  };

  test.each([
    ...["resnet18", "resnext50_32x4d", "resnetv2_50", "densenet121", "mobilenetv1_100"],
    ...["mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x1_0", "efficientnet_b0"],
    ...["efficientnet_v2_s", "regnet_y_400mf", "regnet_x_400mf"],
  ])("%s keeps 32×32, and says so; wishes go before the size", async (name) => {
    const inputShape = [3, 32, 32];
    const note = expect.stringMatching(/a 3×3 convolution without stride and no pool/);
    expect(await size(name, { inputShape })).toEqual({
      side: 32,
      notes: [expect.stringContaining("32×32 input"), note],
    });
    const imagenet = await size(name, { inputShape, stem: "imagenet" });
    expect(imagenet).toEqual({ side: 16, notes: [expect.stringContaining("32×32 input")] });
    const large = await size(name, { inputShape: [3, 64, 64], stem: "cifar" });
    expect(large).toEqual({ side: 64, notes: [expect.stringContaining("64×64 input"), note] });
  });

  test("an architecture that has none says that, one that was made for CIFAR has nothing to say", async () => {
    const stem = "cifar";
    expect((await createModel("vgg11", { stem })).notes).toEqual([
      'vgg11: has no first layers for 32×32 pictures, stem "cifar" changes nothing',
    ]);
    expect((await createModel("resnet20", { stem })).notes).toEqual([]);
    expect((await createModel("densenet_bc100_12", { stem: "imagenet" })).notes).toEqual([
      "densenet_bc100_12: first layers as for ImageNet's pictures",
    ]);
  });
});

test("architectures stand in the order of their years, the project's own last", async () => {
  const firsts = await Promise.all(architectures.map(async ({ load }) => (await load()).infos[0]));
  const years = firsts.map(({ source }) => Number(/\b\d{4}\b/.exec(source)?.[0] ?? Infinity));
  expect(years).toEqual(years.toSorted((a, b) => a - b));
  expect(years.at(-1)).toBe(Infinity);
});

test("the list is frozen, unknown names get a hint", async () => {
  expect(modelNames).toEqual(infos.map(({ name }) => name));
  expect(Object.isFrozen(modelNames)).toBe(true);
  await expect(createModel("lenet")).rejects.toThrow('did you mean "lenet5"?');
  await expect(createModel("toString")).rejects.toThrow("[models] there is no model");
});
