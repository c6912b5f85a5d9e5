/** Figure N11: GoogLeNet and the Inception networks. */
import { createModel, nn, summary } from "convkit";
import { describe, expect, test } from "vitest";
import { takeOutputs } from "../src/nn/named-outputs.ts";

const parametersOf = async (name: string, auxiliary: boolean): Promise<number> => {
  const { net, inputShape } = await createModel(name, { auxiliary });
  nn.initialize(net, inputShape);
  return nn.parameters(net).reduce((sum, { size }) => sum + size, 0);
};

/** Channels, rows and columns after each of a network's own layers. */
async function shapesOf(name: string): Promise<Record<string, readonly number[]>> {
  const { net, inputShape } = await createModel(name);
  const { calls } = nn.traceNetwork(net, inputShape).builder;
  return Object.fromEntries(
    calls.map(({ path, output }) => [path, output?.shape.slice(1) as readonly number[]]),
  );
}

describe("GoogLeNet", () => {
  test("figure N11: 7.0 M parameters as published, 6.6 M in torchvision's variant; the note's 4 M is a blog's round figure", async () => {
    expect(await parametersOf("googlenet_2014", false)).toBe(6_998_552);
    expect(await parametersOf("googlenet", false)).toBe(6_624_904);
  });

  test("figure N11: the third branch has 5×5 as published, 3×3 in torchvision's variant", async () => {
    for (const [name, kernel] of [
      ["googlenet_2014", 5],
      ["googlenet", 3],
    ] as const) {
      const { net, inputShape } = await createModel(name);
      nn.initialize(net, inputShape);
      const named = new Map(nn.namedParameters(net));
      const weight = named.get("inception3a.branch3.1.conv.weight");
      expect(weight?.shape).toEqual([32, 16, kernel, kernel]);
    }
  });

  test.each([
    ["googlenet", { aux1: 0.3, aux2: 0.3 }],
    ["googlenet_2014", { aux1: 0.3, aux2: 0.3 }],
    ["inception_v3", { aux: 0.4 }],
  ])(
    "figure N11: %s has auxiliary classifiers in training, with these weights of their loss",
    async (name, weights) => {
      const { net, inputShape } = await createModel(name, { classes: 7 });
      const outputs = (training: boolean) => {
        const { builder } = nn.traceNetwork(net, inputShape, { training });
        return takeOutputs(builder);
      };
      const found = outputs(true);
      expect(Object.fromEntries(found.map((o) => [o.name, o.lossWeight]))).toEqual(weights);
      for (const { tensor } of found) expect(tensor.shape).toEqual([1, 7]);
      expect(outputs(false)).toEqual([]);
      const without = await createModel(name, { auxiliary: false });
      const { builder } = nn.traceNetwork(without.net, inputShape, { training: true });
      expect(takeOutputs(builder)).toEqual([]);
    },
  );

  test("figure N11: output sizes of table 1 of the paper", async () => {
    const shapes = await shapesOf("googlenet_2014");
    expect(shapes).toMatchObject({
      conv1: [64, 112, 112],
      maxpool1: [64, 56, 56],
      conv3: [192, 56, 56],
      maxpool2: [192, 28, 28],
      inception3a: [256, 28, 28],
      inception3b: [480, 28, 28],
      maxpool3: [480, 14, 14],
      inception4a: [512, 14, 14],
      inception4d: [528, 14, 14],
      inception4e: [832, 14, 14],
      maxpool4: [832, 7, 7],
      inception5a: [832, 7, 7],
      inception5b: [1024, 7, 7],
      avgpool: [1024],
    });
  });
});

describe("BN-Inception and Inception v2", () => {
  test("figure N11: BN-Inception has 11.3 M parameters and 2.0 G multiply-adds", async () => {
    const { net, inputShape } = await createModel("bn_inception");
    const { parameters, macs } = summary(net, inputShape);
    expect((parameters / 1e6).toFixed(1)).toBe("11.3");
    expect((macs / 1e9).toFixed(1)).toBe("2.0");
  });

  test("figure N11: v2 has no kernel of more than 3×3 but 1×7 and 7×1", async () => {
    const { net, inputShape } = await createModel("inception_v2");
    nn.initialize(net, inputShape);
    const kernels = nn
      .namedParameters(net)
      .filter(([name]) => name.endsWith("conv.weight"))
      .map(([, { shape }]) => shape.slice(2).join("×"));
    expect([...new Set(kernels)].sort()).toEqual(["1×1", "1×3", "1×7", "3×1", "3×3", "7×1"]);
  });

  test("figure N11: sizes between the rows of table 1 of the v2 paper", async () => {
    expect(await shapesOf("inception_v2")).toMatchObject({
      conv1: [32, 149, 149],
      conv2: [32, 147, 147],
      conv3: [64, 147, 147],
      maxpool: [64, 73, 73],
      conv4: [80, 71, 71],
      conv5: [192, 35, 35],
      conv6: [288, 35, 35],
      inception3: [288, 35, 35],
      reduction3: [768, 17, 17],
      inception4: [768, 17, 17],
      reduction4: [1280, 8, 8],
      inception5: [2048, 8, 8],
      avgpool: [2048],
    });
  });
});

describe("Inception v3", () => {
  test("figure N11: 23.8 M parameters without the auxiliary classifier, 27.2 M with it", async () => {
    expect(await parametersOf("inception_v3", false)).toBe(23_834_568);
    expect(await parametersOf("inception_v3", true)).toBe(27_161_264);
  });

  test("figure N11: 35×35, 17×17 and 8×8 maps, as printed", async () => {
    expect(await shapesOf("inception_v3")).toMatchObject({
      Mixed_5b: [256, 35, 35],
      Mixed_5d: [288, 35, 35],
      Mixed_6a: [768, 17, 17],
      Mixed_6e: [768, 17, 17],
      Mixed_7a: [1280, 8, 8],
      Mixed_7c: [2048, 8, 8],
    });
  });

  test("figure N11: the auxiliary classifier's windows are the published ones, 17×17 → 5×5 → 1×1", async () => {
    const { net, inputShape } = await createModel("inception_v3");
    const { calls } = nn.traceNetwork(net, inputShape, { training: true }).builder;
    const inside = calls.filter(({ path }) => /^AuxLogits\.[^.]+$/.test(path));
    expect(inside.map(({ path, kind, output }) => [path, kind, output?.shape.slice(2)])).toEqual([
      ["AuxLogits.pool", "avgPool2d", [5, 5]],
      ["AuxLogits.conv0", "basicConv2d", [5, 5]],
      ["AuxLogits.conv1", "basicConv2d", [1, 1]],
      ["AuxLogits.avgpool", "globalAvgPool2d", []],
      ["AuxLogits.fc", "linear", []],
    ]);
  });
});
