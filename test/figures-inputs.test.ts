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

test("a picture as grey, RGB, HSV, intensity, Fourier magnitude and phase, and several stacked", () => {
  const data = Uint8Array.of(250, 214, 38, 10, 20, 30, 0, 255, 0, 128, 128, 128);
  const picture = { width: 2, height: 2, channels: 3, data } as const;
  const shown = (representation: Preprocessing["representation"], channels: number) => {
    const numbers = (value: number) => new Array<number>(channels).fill(value);
    const how = { channels, height: 2, width: 2, mean: numbers(0), std: numbers(1), scale: 1 };
    return [...preprocess(picture, { ...how, ...(representation && { representation }) })];
  };
  const grey = shown(undefined, 1);
  expect(grey).toEqual([205, 18, 150, 128]); // 0.299 R + 0.587 G + 0.114 B
  expect(shown(undefined, 3)).toEqual([250, 10, 0, 128, 214, 20, 255, 128, 38, 30, 0, 128]);
  const hsv = shown(["hsv"], 3);
  // Hue 49.8° of 360° is 35 of 255; saturation 1 − 38/250; the largest of the three.
  expect([hsv[0], hsv[4], hsv[8]]).toEqual([35, 216, 250]);
  expect(shown(["intensity"], 1)).toEqual([502 / 3, 20, 85, 128].map(Math.fround));
  // Of 2×2 numbers the transform is sums and differences; frequency 0 stands at row 1, column 1.
  const [a, b, c, d] = grey;
  const sums = [a - b - c + d, a + b - c - d, a - b + c - d, a + b + c + d];
  const magnitude = sums.map((sum) => (255 * Math.log1p(Math.abs(sum))) / Math.log1p(4 * 255));
  for (const [i, value] of shown(["fourierMagnitude"], 1).entries())
    expect(value).toBeCloseTo(magnitude[i], 4);
  expect(shown(["fourierPhase"], 1)).toEqual(sums.map((sum) => (sum < 0 ? 255 : 127.5)));
  expect(shown(["grey", "hsv"], 4)).toEqual([...grey, ...hsv]);
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
