/** Worked figures of lecture notes on what enters a network, and on labels. */
import { expect, test } from "vitest";
import { preprocess } from "../src/image/preprocess.ts";
import type { Preprocessing } from "../src/image/preprocessing.ts";
import { crossEntropy } from "../src/losses/index.ts";
import { compute, random } from "./reference-compute.ts";

test("A19: a pixel in [0, 1], and standardised with the mean and deviation of ImageNet", () => {
  const pixel = { width: 1, height: 1, channels: 3, data: Uint8Array.of(250, 214, 38) } as const;
  const unit: Preprocessing = {
    channels: 3,
    height: 1,
    width: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    scale: 1 / 255,
  };
  const imagenet = { ...unit, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const printed = (how: Preprocessing) => [...preprocess(pixel, how)].map((x) => x.toFixed(2));
  expect(printed(unit)).toEqual(["0.98", "0.84", "0.15"]);
  expect(printed(imagenet)).toEqual(["2.16", "1.71", "-1.14"]);
});

test("A20: Wall-E, ET, R2-D2 and Bumblebee as one-hot rows", () => {
  const names = ["Wall-E", "ET", "R2-D2", "Bumblebee"];
  const labels = (...of: string[]) => ({
    shape: [of.length],
    data: Float64Array.from(of, (name) => names.indexOf(name)),
  });
  const rows = compute([labels(...names)], (g, x) => g.oneHot(x.to("i32"), { classes: 4 }));
  expect(rows.shape).toEqual([4, 4]);
  expect([...rows.data]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  // What a loss does with labels is what it does with their rows.
  const scores = random([3, 4], "A20");
  const some = labels("R2-D2", "Wall-E", "Bumblebee");
  const [byLabel, byRow] = [false, true].map((isRow) =>
    compute([scores, some], (g, x, y) => {
      const label = y.to("i32");
      return crossEntropy(x.to("f32"), isRow ? g.oneHot(label, { classes: 4 }) : label);
    }),
  );
  expect(byRow.data[0]).toBeCloseTo(byLabel.data[0], 14);
});
