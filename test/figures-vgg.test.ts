/** Figures N7 to N9: VGG-16 layer by layer, the parameters of its configurations, the shapes of VGG-11. */
import { createModel, summary } from "convkit";
import { expect, test } from "vitest";

// The note's rows; its activations are rounded to two digits.
// biome-ignore format: a table
const table = [
  // layer      shape            printed  weights
  ["conv2d",    [64, 224, 224],  "3.2M",  1_728],
  ["conv2d",    [64, 224, 224],  "3.2M",  36_864],
  ["maxPool2d", [64, 112, 112],  "800K",  0],
  ["conv2d",    [128, 112, 112], "1.6M",  73_728],
  ["conv2d",    [128, 112, 112], "1.6M",  147_456],
  ["maxPool2d", [128, 56, 56],   "400K",  0],
  ["conv2d",    [256, 56, 56],   "800K",  294_912],
  ["conv2d",    [256, 56, 56],   "800K",  589_824],
  ["conv2d",    [256, 56, 56],   "800K",  589_824],
  ["maxPool2d", [256, 28, 28],   "200K",  0],
  ["conv2d",    [512, 28, 28],   "400K",  1_179_648],
  ["conv2d",    [512, 28, 28],   "400K",  2_359_296],
  ["conv2d",    [512, 28, 28],   "400K",  2_359_296],
  ["maxPool2d", [512, 14, 14],   "100K",  0],
  ["conv2d",    [512, 14, 14],   "100K",  2_359_296],
  ["conv2d",    [512, 14, 14],   "100K",  2_359_296],
  ["conv2d",    [512, 14, 14],   "100K",  2_359_296],
  ["maxPool2d", [512, 7, 7],     "25K",   0],
  ["linear",    [4096],          "4096",  102_760_448],
  ["linear",    [4096],          "4096",  16_777_216],
  ["linear",    [1000],          "1000",  4_096_000],
] as const;

const numberOf = (printed: string): number =>
  Number.parseFloat(printed) * (printed.endsWith("M") ? 1e6 : printed.endsWith("K") ? 1e3 : 1);

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

test("figure N7: VGG-16, activations and weights of every row", async () => {
  const { net, inputShape } = await createModel("vgg16");
  const { layers, parameters } = summary(net, inputShape);
  const rows = layers.filter(({ kind }) => ["conv2d", "maxPool2d", "linear"].includes(kind));
  expect(
    rows.map(({ kind, outputShape, parameterShapes }) => {
      const { weight } = parameterShapes;
      return [kind, outputShape.slice(1), weight ? sizeOf(weight) : 0];
    }),
  ).toEqual(table.map(([kind, shape, , weights]) => [kind, shape, weights]));
  for (const [i, [, , printed]] of table.entries()) {
    const activations = sizeOf(rows[i].outputShape);
    expect(Math.abs(activations / numberOf(printed) - 1), `row ${i + 1}`).toBeLessThan(0.025);
  }
  expect(parameters).toBe(138_357_544);
});

test("figure N7: its rows add up to 15.2 million activations, 61 MB, not the 24 million and 93 MB that are printed", async () => {
  const { net, inputShape } = await createModel("vgg16");
  const { layers, activationBytes } = summary(net, inputShape);
  const rows = layers.filter(({ kind }) => ["conv2d", "maxPool2d", "linear"].includes(kind));
  const activations = rows.reduce((sum, row) => sum + sizeOf(row.outputShape), sizeOf(inputShape));
  expect(activations).toBe(15_237_608);
  expect(Math.round((4 * activations) / 1e6)).toBe(61);
  // As reported: with the outputs of the ReLUs, and in training twice that and more, as the note says.
  const relus = layers.filter(({ kind }) => kind === "relu");
  const more = relus.reduce((sum, row) => sum + sizeOf(row.outputShape), 0);
  expect(activationBytes.forward).toBeGreaterThanOrEqual(
    4 * (activations - sizeOf(inputShape) + more),
  );
  expect(activationBytes.training).toBeGreaterThan(1.9 * activationBytes.forward);
});

test("figure N8: configurations A, A-LRN, B, C, D and E in millions of parameters", async () => {
  const printed = [133, 133, 133, 134, 138, 144];
  // Exactly, where torchvision has them.
  const exact = [132_863_336, 132_863_336, 133_047_848, 133_638_952, 138_357_544, 143_667_240];
  const names = ["vgg11", "vgg11_lrn", "vgg13", "vgg16_c", "vgg16", "vgg19"];
  for (const [i, name] of names.entries()) {
    const { net, inputShape } = await createModel(name);
    const { parameters } = summary(net, inputShape);
    expect(parameters, name).toBe(exact[i]);
    expect(Math.round(parameters / 1e6), name).toBe(printed[i]);
  }
});

test("figure N9: shapes of VGG-11 with 10 classes", async () => {
  const { net, inputShape } = await createModel("vgg11", { classes: 10 });
  const { layers } = summary(net, inputShape);
  const rows = layers.filter(({ kind }) => kind === "maxPool2d" || kind === "linear");
  expect(rows.map(({ outputShape }) => outputShape.slice(1))).toEqual([
    [64, 112, 112],
    [128, 56, 56],
    [256, 28, 28],
    [512, 14, 14],
    [512, 7, 7],
    [4096],
    [4096],
    [10],
  ]);
});
