import { describe, expect, test } from "vitest";
import { initialize, traceNetwork } from "../nn/initialize.ts";
import { createModel } from "./index.ts";

async function scores(name: string, inputShape: readonly number[]): Promise<readonly number[]> {
  const { net } = await createModel(name, { inputShape });
  return traceNetwork(initialize(net, inputShape), inputShape).output.shape;
}

describe("unet", () => {
  test("gives a score for every pixel", async () => {
    expect(await scores("unet", [1, 512, 512])).toEqual([1, 2, 512, 512]);
    expect(await scores("unet", [3, 48, 80])).toEqual([1, 2, 48, 80]);
  });

  test("takes sides that halve four times", async () => {
    await expect(createModel("unet", { inputShape: [3, 100, 64] })).rejects.toThrow(
      "[unet] the sides of 100×64 images are no multiples of 16 — resize them to 112×64",
    );
  });
});

describe("unet_valid", () => {
  test("gives the scores of the middle: 388×388 of the paper's 572×572", async () => {
    expect(await scores("unet_valid", [1, 572, 572])).toEqual([1, 2, 388, 388]);
    expect(await scores("unet_valid", [1, 188, 204])).toEqual([1, 2, 4, 20]);
  });

  test("takes sides whose maps are all even where they are pooled", async () => {
    await expect(createModel("unet_valid", { inputShape: [1, 512, 572] })).rejects.toThrow(
      "[unet_valid] 512×572 images do not halve evenly without padding — resize them to 524×572",
    );
  });
});
