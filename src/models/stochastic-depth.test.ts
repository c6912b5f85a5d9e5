/** How the rates of dropout and stochastic depth reach the blocks, against torchvision's modules. */
import { describe, expect, test } from "vitest";
import { namedModules } from "../nn/parameters.ts";
import { DropPath } from "../nn/regularization/drop-path.ts";
import { Dropout } from "../nn/regularization/dropout.ts";
import { createModel, type ModelRequest } from "./index.ts";

async function rates(name: string, request: Partial<ModelRequest> = {}) {
  const { net } = await createModel(name, request);
  const modules = namedModules(net).map(([, module]) => module);
  return {
    path: modules.flatMap((module) => (module instanceof DropPath ? [module.p] : [])),
    dropout: modules.flatMap((module) => (module instanceof Dropout ? [module.p] : [])),
  };
}

/** 0, step, 2·step, … */
const rising = (count: number, step: number) => Array.from({ length: count }, (_, i) => step * i);

const close = (numbers: readonly number[]) => numbers.map((n) => expect.closeTo(n, 12));

describe("rates of dropout and stochastic depth", () => {
  test("EfficientNet-B0: 0.2 over 16 blocks, the last at 15/16 of it", async () => {
    const { path, dropout } = await rates("efficientnet_b0");
    expect(path).toEqual(close(rising(16, 0.2 / 16)));
    expect(dropout).toEqual([0.2]);
  });

  test("ConvNeXt-S: 0 to 0.4 over 36 blocks", async () => {
    const { path, dropout } = await rates("convnext_small");
    expect(path).toEqual(close(rising(36, 0.4 / 35)));
    expect(dropout).toEqual([0]);
  });

  test("RegNet has none of its own", async () => {
    const { path, dropout } = await rates("regnet_y_400mf");
    expect(path).toEqual(rising(16, 0));
    expect(dropout).toEqual([0]);
  });

  test.each(["efficientnet_b0", "convnext_tiny", "regnet_x_800mf"])(
    "%s takes others",
    async (name) => {
      const { path, dropout } = await rates(name, { dropRate: 0.3, dropPathRate: 0 });
      expect(path.every((p) => p === 0)).toBe(true);
      expect(dropout).toEqual([0.3]);
      await expect(createModel(name, { dropPathRate: 1.5 })).rejects.toThrow("expected 0 ≤ p < 1");
    },
  );
});
