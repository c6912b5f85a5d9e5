/** Figure N10: shapes of network in network. */
import { createModel, summary } from "convkit";
import { expect, test } from "vitest";

test("figure N10: NiN for 224×224 and 10 classes", async () => {
  const { net, inputShape } = await createModel("nin", { classes: 10 });
  const { layers } = summary(net, inputShape, { depth: 1 });
  const rows = layers.filter(({ name }) => /mlpconv|pool|flatten/.test(name));
  expect(rows.map(({ outputShape }) => outputShape.slice(1))).toEqual([
    [96, 54, 54],
    [96, 26, 26],
    [256, 26, 26],
    [256, 12, 12],
    [384, 12, 12],
    [384, 5, 5],
    [10, 5, 5],
    [10, 1, 1],
    [10],
  ]);
});
