import { expect, test } from "vitest";
import { traceNetwork } from "../nn/initialize.ts";
import { createModel } from "./index.ts";

test("images grow four times, and grey ones stay grey", async () => {
  for (const inputShape of [
    [3, 24, 24],
    [1, 10, 7],
  ]) {
    const { net } = await createModel("srresnet", { inputShape });
    const [c, h, w] = inputShape;
    expect(traceNetwork(net, inputShape).output.shape).toEqual([1, c, 4 * h, 4 * w]);
  }
});

test("there are no classes to choose", async () => {
  await expect(createModel("srresnet", { classes: 10 })).rejects.toThrow(
    "[srresnet] 10 classes, but it gives images",
  );
});
