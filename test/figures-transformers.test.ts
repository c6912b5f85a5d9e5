/** Worked figures of lecture notes: vision transformers, their parameters and multiply-adds, counted again by hand. */
import { describe, expect, test } from "vitest";
import { createModel, summary } from "../src/models/index.ts";

async function counted(name: string): Promise<{ parameters: number; macs: number }> {
  const { net, inputShape } = await createModel(name);
  return summary(net, inputShape);
}

/** As printed: millions and billions with so many digits after the point. */
const printed = ({ parameters, macs }: { parameters: number; macs: number }, digits: number) =>
  `${(parameters / 1e6).toFixed(digits)} M / ${(macs / 1e9).toFixed(1)} G`;

describe("figure N16: ViT and DeiT at 224×224, 16×16 patches, attention's products counted", () => {
  test.each([
    ["vit_b_16", 768, "86.6 M / 17.6 G"],
    ["deit_tiny_patch16_224", 192, "5.7 M / 1.3 G"],
    ["deit_small_patch16_224", 384, "22.1 M / 4.6 G"],
    ["deit_base_patch16_224", 768, "86.6 M / 17.6 G"],
  ])("%s", async (name, dim, note) => {
    const found = await counted(name);
    expect(printed(found, 1)).toBe(note);
    const [layers, patches, pixels, classes] = [12, 14 ** 2, 3 * 16 ** 2, 1000];
    const tokens = patches + 1;
    // Q, K, V and the projection; two layers of four times the channels; Q·Kᵀ and its product with V.
    const block = tokens * (4 * dim ** 2 + 8 * dim ** 2) + 2 * tokens ** 2 * dim;
    expect(found.macs).toBe(patches * pixels * dim + layers * block + dim * classes);
  });
});

describe("figure N17: Swin at 224×224", () => {
  test.each([
    ["swin_t", 96, [2, 2, 6, 2], "28 M / 4.5 G"], // the note rounds 28.3 M to 29 M
    ["swin_s", 96, [2, 2, 18, 2], "50 M / 8.7 G"],
    ["swin_b", 128, [2, 2, 18, 2], "88 M / 15.4 G"],
  ])("%s", async (name, first, depths, note) => {
    const found = await counted(name);
    expect(printed(found, 0)).toBe(note);
    // Equation 2 of the paper with windows of 7×7, the MLP, and the merging of patches before stages 2 to 4.
    const stages = depths.map((blocks, i) => {
      const [hw, dim] = [(56 / 2 ** i) ** 2, first * 2 ** i];
      const attention = 4 * hw * dim ** 2 + 2 * 7 ** 2 * hw * dim;
      const merging = i > 0 ? hw * (2 * dim) * dim : 0;
      return blocks * (attention + 8 * hw * dim ** 2) + merging;
    });
    const [stem, head] = [56 ** 2 * 48 * first, 8 * first * 1000];
    expect(found.macs).toBe(stages.reduce((a, b) => a + b) + stem + head);
  });
});
