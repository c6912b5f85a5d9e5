/** Figures N12 and N13: the stage table of residual networks, their work and their parameters, and ResNeXt's. */
import { createModel, summary } from "convkit";
import { expect, test } from "vitest";

const published = async (name: string) => {
  const { net, inputShape } = await createModel(name);
  return { whole: summary(net, inputShape), stages: summary(net, inputShape, { depth: 1 }) };
};

type Summary = Awaited<ReturnType<typeof published>>["whole"];

/** `3×3, 64; 3×3, 64` for each block of a stage. */
function blocksOf({ layers }: Summary, stage: string): string[] {
  const blocks = new Map<string, string[]>();
  for (const { name, kind, parameterShapes } of layers) {
    const [of, block, layer] = name.split(".");
    if (of !== stage || kind !== "conv2d" || layer === "downsample") continue;
    const [width, , rows, columns] = parameterShapes.weight;
    blocks.set(block, [...(blocks.get(block) ?? []), `${rows}×${columns}, ${width}`]);
  }
  return [...blocks.values()].map((convolutions) => convolutions.join("; "));
}

// The table's columns: blocks in conv2_x to conv5_x, and printed 10⁹ multiply-adds. For ResNet-34 they are cut off: a recount
// gives 3.66.
// biome-ignore format: a table
const table = [
  ["resnet18",  "basic",      [2, 2,  2, 2], 1.8, 1.8],
  ["resnet34",  "basic",      [3, 4,  6, 3], 3.6, 3.7],
  ["resnet50",  "bottleneck", [3, 4,  6, 3], 3.8, 4.1],
  ["resnet101", "bottleneck", [3, 4, 23, 3], 7.6, 7.8],
  ["resnet152", "bottleneck", [3, 8, 36, 3], 11.3, 11.5],
] as const;

test.each(table)("figure N12: %s, stage by stage", async (name, block, counts, least, most) => {
  const { whole, stages } = await published(name);
  const shapeOf = (part: string) => stages.layers.find((row) => row.name === part)?.outputShape;
  expect(shapeOf("conv1")).toEqual([1, 64, 112, 112]);
  expect(shapeOf("maxpool")).toEqual([1, 64, 56, 56]);
  for (const [i, count] of counts.entries()) {
    const width = 64 * 2 ** i;
    const side = 56 / 2 ** i;
    const stage = `layer${i + 1}`;
    const isBasic = block === "basic";
    expect(shapeOf(stage)).toEqual([1, isBasic ? width : 4 * width, side, side]);
    const convolutions = isBasic
      ? `3×3, ${width}; 3×3, ${width}`
      : `1×1, ${width}; 3×3, ${width}; 1×1, ${4 * width}`;
    expect(blocksOf(whole, stage)).toEqual(new Array(count).fill(convolutions));
  }
  expect(shapeOf("fc")).toEqual([1, 1000]);
  // The range runs from the paper's, with the stride in a bottleneck's first convolution, to torchvision's.
  expect(whole.macs / 1e9).toBeGreaterThanOrEqual(least);
  expect(Math.round(whole.macs / 1e8) / 10).toBe(most);
});

test("figure N12: parameters are torchvision's", async () => {
  // biome-ignore format: a table
  const exact = {
    resnet18: 11_689_512, resnet34: 21_797_672, resnet50: 25_557_032, resnet101: 44_549_160, resnet152: 60_192_808,
  };
  const printed = [11.7, 21.8, 25.6, 44.5, 60.2];
  for (const [i, [name, parameters]] of Object.entries(exact).entries()) {
    const { whole } = await published(name);
    expect(whole.parameters, name).toBe(parameters);
    expect(Math.round(parameters / 1e5) / 10, name).toBe(printed[i]);
  }
});

// Printed: 25.0 M and 4.3 G, where a recount gives 4.23; 44.2 M and 8.0 G; 83.5 M and 15.6 G, where it gives 15.46.
// biome-ignore format: a table
test.each([
  ["resnext50_32x4d",  25_028_904,  4_230_479_872, 25.0,  4.3],
  ["resnext101_32x4d", 44_177_704,  7_969_996_800, 44.2,  8.0],
  ["resnext101_64x4d", 83_455_272, 15_460_270_080, 83.5, 15.6],
])("figure N13: %s", async (name, parameters, macs, millions, billions) => {
  const { whole } = await published(name);
  expect(whole.parameters).toBe(parameters);
  expect(whole.macs).toBe(macs);
  expect(Math.round(parameters / 1e5) / 10).toBe(millions);
  expect(Math.abs(macs / 1e9 / billions - 1)).toBeLessThan(0.02);
});
