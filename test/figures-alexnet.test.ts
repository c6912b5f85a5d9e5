/** Figures N5 and N6: AlexNet as published, in one column, as a course counts it, and ZFNet. */
import { createModel, nn, summary } from "convkit";
import { expect, test } from "vitest";

const published = async (name: string) => {
  const { net, inputShape } = await createModel(name);
  return summary(net, inputShape);
};

/** Maps before the classifier, by kind. */
const shapesOf = (layers: Awaited<ReturnType<typeof published>>["layers"], kinds: string[]) =>
  layers.filter(({ kind }) => kinds.includes(kind)).map((row) => row.outputShape.slice(1));

test("figure N5: AlexNet of 2012, its two halves as groups, with local response normalisation", async () => {
  const { parameters, layers } = await published("alexnet_2012");
  expect(parameters).toBe(60_965_224);
  expect(shapesOf(layers, ["conv2d", "maxPool2d"])).toEqual([
    [96, 55, 55],
    [96, 27, 27],
    [256, 27, 27],
    [256, 13, 13],
    [384, 13, 13],
    [384, 13, 13],
    [256, 13, 13],
    [256, 6, 6],
  ]);
  const weights = layers.filter(({ kind }) => kind === "conv2d").map((row) => row.parameterShapes);
  expect(weights.map(({ weight }) => weight[1])).toEqual([3, 48, 256, 192, 192]);
  const norms = layers.filter(({ kind }) => kind === "localResponseNorm");
  expect(norms.map((row) => row.outputShape.slice(1))).toEqual([
    [96, 55, 55],
    [256, 27, 27],
  ]);
});

test("figure N5: AlexNet in one column has 61.1 million parameters", async () => {
  const { parameters, macs } = await published("alexnet");
  expect(parameters).toBe(61_100_840);
  expect(macs).toBe(714_188_480);
});

test("figure N5: the note's table is a course variant, 224×224 without padding, its 46 million without the last layer", () => {
  const conv = (width: number, kernel: number, padding: number, stride = 1) =>
    nn.conv2d(width, { kernel, padding, stride, bias: false });
  const pool = () => nn.maxPool2d({ kernel: 3, stride: 2 });
  const dense = (width: number) => nn.linear(width, { bias: false });
  const net = nn.sequential({
    conv1: conv(96, 11, 0, 4),
    pool1: pool(),
    conv2: conv(256, 5, 2),
    pool2: pool(),
    conv3: conv(384, 3, 1),
    conv4: conv(384, 3, 1),
    conv5: conv(256, 3, 1),
    pool5: pool(),
    flatten: nn.flatten(),
    dense1: dense(4096),
    dense2: dense(4096),
  });
  const { layers, parameters, macs } = summary(net, [3, 224, 224]);
  const counts = (...names: string[]) => {
    const rows = layers.filter(({ name }) => names.includes(name));
    return [
      rows.reduce((sum, row) => sum + row.parameters, 0),
      rows.reduce((sum, row) => sum + row.macs, 0),
    ];
  };
  // Printed, both cut off: 35K and 101M, 614K and 415M, 3M and 445M, 26M and 26M, 16M and 16M; 46M and 1G.
  expect(counts("conv1")).toEqual([34_848, 101_616_768]);
  expect(counts("conv2")).toEqual([614_400, 415_334_400]);
  expect(counts("conv3", "conv4", "conv5")).toEqual([3_096_576, 445_906_944]);
  expect(counts("dense1")).toEqual([26_214_400, 26_214_400]);
  expect(counts("dense2")).toEqual([16_777_216, 16_777_216]);
  expect([parameters, macs]).toEqual([46_737_440, 1_005_849_728]);
});

test("figure N6: ZFNet is AlexNet with a 7×7 window of stride 2 in the first layer and stride 2 in the second", async () => {
  const [zfnet, alexnet] = await Promise.all([published("zfnet"), published("alexnet_2012")]);
  const windows = ({ layers }: typeof zfnet) =>
    layers
      .filter(({ kind }) => kind === "conv2d")
      .map((row) => {
        const [width, , kernel] = row.parameterShapes.weight;
        return `${kernel}×${kernel} stride ${row.stride?.[0]}, ${width}`;
      });
  const [first, second, ...others] = windows(alexnet);
  expect([first, second]).toEqual(["11×11 stride 4, 96", "5×5 stride 1, 256"]);
  expect(windows(zfnet)).toEqual(["7×7 stride 2, 96", "5×5 stride 2, 256", ...others]);
  expect(shapesOf(zfnet.layers, ["conv2d", "maxPool2d"])).toEqual([
    [96, 110, 110],
    [96, 55, 55],
    [256, 26, 26],
    [256, 13, 13],
    [384, 13, 13],
    [384, 13, 13],
    [256, 13, 13],
    [256, 6, 6],
  ]);
});
