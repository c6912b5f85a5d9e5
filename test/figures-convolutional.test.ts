/**
 * Worked figures of lecture notes: RegNet, EfficientNet and ConvNeXt, millions of parameters and billions of multiply-adds. Each
 * is counted from the graph, held to a recount over the convolutions and linear layers of torchvision 0.14's modules, and
 * compared with what is printed: to half of its last digit, or 1 %.
 */
import { describe, expect, test } from "vitest";
import { createModel, summary } from "../src/models/index.ts";

async function counted(name: string, side: number): Promise<{ parameters: number; macs: number }> {
  const { net } = await createModel(name, { inputShape: [3, side, side] });
  return summary(net, [3, side, side]);
}

/** Whether a number is what `text` says of it. */
function agrees(value: number, text: string): boolean {
  const lastDigit = 10 ** -(text.split(".")[1]?.length ?? 0);
  return Math.abs(value - Number(text)) <= Math.max(lastDigit / 2, 0.01 * Number(text));
}

test("half of the last printed digit, or 1 %", () => {
  expect([agrees(8.049, "8.0"), agrees(8.09, "8.0"), agrees(8.47, "8.0")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([agrees(28.59, "28"), agrees(179.03, "179"), agrees(4.39, "4.2")]).toEqual([
    false,
    true,
    false,
  ]);
});

describe("figure N14: RegNetY", () => {
  // biome-ignore format: a table
  const rows = [
    // name            parameters   recount         printed
    ["regnety_040",    20_646_656,  3_973_288_448,  "21", "4.0"],
    ["regnety_080",    39_180_068,  7_963_057_312,  "39", "8.0"],
    ["regnet_y_16gf",  83_590_140, 15_911_510_272,  "84", "16.0"],
  ] as const;

  test.each(rows)("%s", async (name, parameters, recount, millions, billions) => {
    const found = await counted(name, 224);
    expect(found).toMatchObject({ parameters, macs: recount });
    expect(agrees(parameters / 1e6, millions)).toBe(true);
    expect(agrees(found.macs / 1e9, billions)).toBe(true);
  });

  test("torchvision's 8GF is wider in its first stage than the paper's: 8.47 G, not 8.0", async () => {
    const { parameters, macs } = await counted("regnet_y_8gf", 224);
    expect([parameters, macs]).toEqual([39_381_472, 8_473_070_592]);
    expect(agrees(macs / 1e9, "8.0")).toBe(false);
  });
});

describe("figure N15: EfficientNet at 300, 380, 456 and 528 pixels", () => {
  // biome-ignore format: a table
  const rows = [
    // name               side  parameters   recount         printed       as printed
    ["efficientnet_b3",   300,  12_233_232,  1_827_141_392,  "12", "1.8",   true],
    // The note has the authors' 4.2 and 9.9; torchvision's modules do 4.39 and 10.27 G.
    ["efficientnet_b4",   380,  19_341_616,  4_393_771_024,  "19", "4.2",   false],
    ["efficientnet_b5",   456,  30_389_784, 10_266_384_752,  "30", "9.9",   false],
    ["efficientnet_b6",   528,  43_040_704, 19_067_593_536,  "43", "19.0",  true],
  ] as const;

  test.each(rows)(
    "%s at %i",
    async (name, side, parameters, recount, millions, billions, isPrinted) => {
      const found = await counted(name, side);
      expect(found).toMatchObject({ parameters, macs: recount });
      expect(agrees(parameters / 1e6, millions)).toBe(true);
      expect(agrees(found.macs / 1e9, billions)).toBe(isPrinted);
    },
  );
});

describe("figure N18: ConvNeXt at 224 and 384", () => {
  // biome-ignore format: a table
  const rows = [
    // name             side  parameters    blocks          first  printed
    // 28.6 M: the note cuts it to 28.
    ["convnext_tiny",   224,  28_589_128,   [3, 3,  9, 3],   96,   "29",  "4.5"],
    ["convnext_small",  224,  50_223_688,   [3, 3, 27, 3],   96,   "50",  "8.7"],
    ["convnext_base",   224,  88_591_464,   [3, 3, 27, 3],  128,   "89",  "15.4"],
    ["convnext_large",  224, 197_767_336,   [3, 3, 27, 3],  192,   "198", "34.4"],
    ["convnext_xlarge", 224, 350_196_968,   [3, 3, 27, 3],  256,   "350", "60.9"],
    ["convnext_base",   384,  88_591_464,   [3, 3, 27, 3],  128,   "89",  "45.0"],
    ["convnext_large",  384, 197_767_336,   [3, 3, 27, 3],  192,   "198", "101"],
    ["convnext_xlarge", 384, 350_196_968,   [3, 3, 27, 3],  256,   "350", "179"],
  ] as const;

  test.each(rows)("%s at %i", async (name, side, parameters, blocks, first, millions, billions) => {
    const found = await counted(name, side);
    // By hand: patches of 4×4 and 2×2; 7×7 of each channel, and two layers of four times the channels.
    const stages = blocks.map((count, i) => {
      const [positions, width] = [(side / 4 / 2 ** i) ** 2, first * 2 ** i];
      const patches = i === 0 ? 4 ** 2 * 3 : 2 ** 2 * (width / 2);
      return positions * width * (patches + count * (7 ** 2 + 8 * width));
    });
    const macs = stages.reduce((a, b) => a + b) + 8 * first * 1000;
    expect(found).toMatchObject({ parameters, macs });
    expect(agrees(parameters / 1e6, millions)).toBe(true);
    expect(agrees(macs / 1e9, billions)).toBe(true);
  });
});
