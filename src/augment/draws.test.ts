/** What transforms draw: how often, from where to where, and evenly or as torchvision's own draws are spread (golden/). */
import { expect, test } from "vitest";
import { type Key, Random } from "../core/random.ts";
import { randomDisplacement } from "./elastic-transform.ts";
import golden from "./golden/torchvision.json" with { type: "json" };
import { makeTransform, parseTransforms } from "./settings.ts";
import type { Scene } from "./transform.ts";

const scene: Scene = { height: 60, width: 80, boxes: [{ x1: 10, y1: 10, x2: 50, y2: 40 }] };
const keys = (count: number): Key[] =>
  Array.from({ length: count }, (_, i) => new Random(i, "draws").key);

async function draws<P>(text: string, count: number, of: Scene = scene): Promise<P[]> {
  const transform = await makeTransform(parseTransforms(text));
  return keys(count).map((key) => transform.draw(key, of) as P);
}

/** Within 4.5 standard deviations of a binomial count. */
function expectShare(count: number, total: number, p: number): void {
  const slack = 4.5 * Math.sqrt((p * (1 - p)) / total);
  expect(Math.abs(count / total - p)).toBeLessThanOrEqual(slack);
}

/** Every value equally often. */
function expectEven(values: readonly unknown[], expected: number): void {
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = JSON.stringify(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  expect(counts.size).toBe(expected);
  for (const count of counts.values()) expectShare(count, values.length, 1 / expected);
}

/** Uniform from low to high: mean and spread, and both ends are come near. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  const width = high - low;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sigma = width / Math.sqrt(12 * values.length);
  expect(Math.abs(mean - (low + high) / 2)).toBeLessThanOrEqual(4.5 * sigma);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
  expect(Math.min(...values)).toBeLessThan(low + 0.02 * width);
  expect(Math.max(...values)).toBeGreaterThan(high - 0.02 * width);
}

interface Moments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** As many draws of ours as of torchvision's: means and spreads agree within their errors. */
function expectMoments(rows: readonly (readonly number[])[], { mean, std }: Moments): void {
  for (const [k, expected] of mean.entries()) {
    const values = rows.map((row) => row[k]);
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    const error = std[k] * Math.sqrt(2 / rows.length);
    expect(Math.abs(average - expected)).toBeLessThanOrEqual(4.5 * error + 1e-5);
    expect(Math.abs(Math.sqrt(variance) - std[k])).toBeLessThanOrEqual(4.5 * error + 1e-5);
  }
}

test.each([
  "randomHorizontalFlip",
  "randomVerticalFlip",
  "randomZoomOut",
  "randomPerspective",
  "randomGrayscale",
  "randomInvert",
  "randomPosterize:bits=3",
  "randomSolarize:threshold=128",
  "randomAdjustSharpness:sharpnessFactor=2",
  "randomAutocontrast",
  "randomEqualize",
  "randomErasing",
  "randomApply(randomInvert)",
])("%s happens with probability p", async (text) => {
  const made = async (p: number, count: number) => {
    const drawn = await draws<unknown>(`${text}${text.includes(":") ? "," : ":"}p=${p}`, count);
    return drawn.filter((parameters) => parameters !== null && parameters !== false).length;
  };
  expectShare(await made(0.3, 3000), 3000, 0.3);
  expect(await made(0, 300)).toBe(0);
  expect(await made(1, 300)).toBe(300);
});

test("probabilities are torchvision's unless given", async () => {
  const share = async (text: string) => (await draws<unknown>(text, 3000)).filter(Boolean).length;
  expectShare(await share("randomHorizontalFlip"), 3000, 0.5);
  expectShare(await share("randomGrayscale"), 3000, 0.1);
  expectShare(await share("randomApply(randomInvert)"), 3000, 0.5);
});

test("randomCrop begins everywhere equally often", async () => {
  const corners = await draws("randomCrop:size=62,81,padding=2,1", 9000);
  expectEven(corners, 3 * 2);
  const exact = await draws("randomCrop:size=60,80", 5);
  expect(exact).toEqual(Array(5).fill({ top: 0, left: 0 }));
  const needed = await draws<{ top: number }>("randomCrop:size=63,80,padIfNeeded=true", 4000);
  expectEven(
    needed.map(({ top }) => top),
    4,
  );
  await expect(draws("randomCrop:size=61", 1)).rejects.toThrow(
    /a picture of 60×80 has no part of 61×61 — set padIfNeeded/,
  );
});

test.each(golden.crops)(
  "randomResizedCrop of $height×$width spreads as torchvision's",
  async (entry) => {
    const { height, width, scale, ratio } = entry;
    const text = `randomResizedCrop:size=9,scale=${scale},ratio=${ratio}`;
    interface Part {
      readonly top: number;
      readonly left: number;
      readonly height: number;
      readonly width: number;
    }
    const parts = await draws<Part>(text, golden.draws, { height, width });
    const rows = parts.map((part) => [
      (part.height * part.width) / height / width,
      Math.log(part.width / part.height),
      part.top / height,
      part.left / width,
    ]);
    expectMoments(rows, entry);
    const isInside = (part: Part) =>
      part.top >= 0 &&
      part.left >= 0 &&
      part.top + part.height <= height &&
      part.left + part.width <= width;
    expect(parts.every(isInside)).toBe(true);
  },
);

test("randomErasing spreads as torchvision's", async () => {
  const windows = await draws<{ top: number; left: number; height: number; width: number }>(
    "randomErasing:p=1",
    golden.draws,
  );
  const rows = windows.map(({ top, left, height, width }) => [
    (height * width) / 60 / 80,
    Math.log(height / width),
    top / 60,
    left / 80,
  ]);
  expectMoments(rows, golden.erasing);
  // Nothing of this shape fits ten times in a row.
  expect(await draws("randomErasing:p=1,scale=1,1", 20)).toEqual(Array(20).fill(null));
});

test("elasticTransform looks as far aside as torchvision's", () => {
  const [height, width] = [64, 96];
  const meanSize = (shifts: Float32Array) =>
    shifts.reduce((sum, shift) => sum + Math.abs(shift), 0) / shifts.length;
  const rows = keys(200).map((key) => {
    const { dx, dy } = randomDisplacement(key, { height, width }, 50, 5);
    // torchvision's shifts are in half pictures.
    return [meanSize(dx) / (width / 2), meanSize(dy) / (height / 2)];
  });
  expectMoments(rows, golden.shifts);
  const plain = randomDisplacement(keys(1)[0], { height, width }, 2, 0);
  expectUniform([...plain.dy], (-2 * 64) / 192, (2 * 64) / 192);
});

test("colorJitter draws each factor evenly, in each order equally often", async () => {
  type Jitter = { steps: [string, number][] };
  const jitters = await draws<Jitter>(
    "colorJitter:brightness=0.4,contrast=0.5,0.8,saturation=2,hue=0.1",
    12000,
  );
  expectEven(
    jitters.map(({ steps }) => steps.map(([step]) => step)),
    24,
  );
  const factors = (name: string) =>
    jitters.map(({ steps }) => steps.find(([step]) => step === name)?.[1] as number);
  expectUniform(factors("brightness"), 0.6, 1.4);
  expectUniform(factors("contrast"), 0.5, 0.8);
  expectUniform(factors("saturation"), 0, 3);
  expectUniform(factors("hue"), -0.1, 0.1);
  expect(await draws("colorJitter:brightness=0,hue=0", 2)).toEqual([{ steps: [] }, { steps: [] }]);
});

test("randomPhotometricDistort changes each thing with probability p, contrast first or last", async () => {
  type Distortion = { steps: [string, number][]; channels?: number[] };
  const drawn = await draws<Distortion>("randomPhotometricDistort:p=0.4", 8000);
  const ranges = {
    brightness: [0.875, 1.125],
    contrast: [0.5, 1.5],
    saturation: [0.5, 1.5],
    hue: [-0.05, 0.05],
  };
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const factors = drawn.flatMap(({ steps }) => steps.filter(([step]) => step === name));
    expectShare(factors.length, drawn.length, 0.4);
    expectUniform(
      factors.map(([, factor]) => factor),
      low,
      high,
    );
  }
  const permuted = drawn.filter(({ channels }) => channels);
  expectShare(permuted.length, drawn.length, 0.4);
  expectEven(
    permuted.map(({ channels }) => channels),
    6,
  );
  const orders = drawn
    .map(({ steps }) => steps.map(([step]) => step))
    .filter((steps) => steps.includes("contrast") && steps.includes("hue"));
  const last = orders.filter((steps) => steps.indexOf("contrast") > steps.indexOf("hue"));
  expectShare(last.length, orders.length, 0.5);
});

test("one number is drawn evenly from its range", async () => {
  expectUniform(await draws("adjustHue:hueFactor=-0.2,0.1", 4000), -0.2, 0.1);
  expectUniform(await draws("gaussianBlur:kernelSize=5", 4000), 0.1, 2);
  expectUniform(await draws("randomRotation:degrees=30", 4000), -30, 30);
  expectUniform(await draws("randomRotation:degrees=10,20", 4000), 10, 20);
  expect(await draws("adjustGamma:gamma=1.5", 2)).toEqual([1.5, 1.5]);
  expectEven(await draws("randomChannelPermutation", 6000), 6);
});

test("randomAffine draws angles, shifts, scale and shears from their ranges", async () => {
  type Drawn = Record<"angle" | "down" | "along" | "scale" | "shearX" | "shearY", number>;
  const text = "randomAffine:degrees=10,20,translate=0.1,0.25,scale=0.5,2,shear=-5,5,0,8";
  const drawn = await draws<Drawn>(text, 4000);
  const column = (name: keyof Drawn) => drawn.map((affine) => affine[name]);
  expectUniform(column("angle"), 10, 20);
  expectUniform(column("down"), -6, 6);
  expectUniform(column("along"), -20, 20);
  expect(column("along").every(Number.isInteger)).toBe(true);
  expectUniform(column("scale"), 0.5, 2);
  expectUniform(column("shearX"), -5, 5);
  expectUniform(column("shearY"), 0, 8);
  const [plain] = await draws<Drawn>("randomAffine:degrees=0", 1);
  expect(Object.values(plain).map(Math.abs)).toEqual([0, 0, 0, 1, 0, 0]);
});

test("randomPerspective draws every corner inwards, evenly", async () => {
  const drawn = await draws<[number, number][]>("randomPerspective:p=1,distortionScale=0.1", 8000);
  const place = (corner: number, axis: number) => drawn.map((corners) => corners[corner][axis]);
  // A tenth of half of 80 and of 60: 0 … 4 along, 0 … 3 down.
  expectEven(place(0, 0), 5);
  expectEven(place(2, 1), 4);
  expect([Math.min(...place(1, 0)), Math.max(...place(1, 0))]).toEqual([75, 79]);
  expect([Math.min(...place(3, 1)), Math.max(...place(3, 1))]).toEqual([56, 59]);
});

test("randomZoomOut puts the picture anywhere on its canvas", async () => {
  const drawn = await draws<number[]>("randomZoomOut:p=1,sideRange=1,4", 4000);
  const heights = drawn.map(([top, bottom]) => top + 60 + bottom);
  expectUniform(heights, 60, 240);
  const [first, last] = [0, 1].map((i) => drawn.reduce((sum, sides) => sum + sides[i], 0));
  expect(Math.abs(first / last - 1)).toBeLessThan(0.08);
});

test("randomIoUCrop keeps to its bounds, and overlaps with a box as much as is asked", async () => {
  type Part = { top: number; left: number; height: number; width: number };
  const parts = await draws<Part | null>("randomIoUCrop:samplerOptions=0.5", 300);
  const [box] = scene.boxes as { x1: number; y1: number; x2: number; y2: number }[];
  for (const part of parts) {
    if (!part) throw new Error("the whole picture");
    const { top, left, height, width } = part;
    expect(height / 60).toBeGreaterThan(0.3 - 1 / 60);
    expect(width / height).toBeGreaterThanOrEqual(0.5);
    expect(width / height).toBeLessThanOrEqual(2);
    const rows = Math.min(top + height, box.y2) - Math.max(top, box.y1);
    const columns = Math.min(left + width, box.x2) - Math.max(left, box.x1);
    const both = rows * columns;
    expect(both / (height * width + 1200 - both)).toBeGreaterThanOrEqual(0.5);
  }
  const whole = await draws<Part | null>("randomIoUCrop:samplerOptions=0,1", 3000);
  expectShare(whole.filter((part) => part === null).length, 3000, 0.5);
  expect(await draws("randomIoUCrop", 5, { ...scene, boxes: [] })).toEqual(Array(5).fill(null));
  await expect(draws("randomIoUCrop", 1, { height: 9, width: 9 })).rejects.toThrow(/without boxes/);
});

test("sizes are drawn from their ranges", async () => {
  type Size = { height: number; width: number };
  const resized = await draws<Size>("randomResize:minSize=30,maxSize=33", 4000);
  expectEven(resized, 4);
  expect(resized.every(({ height, width }) => width === Math.floor((80 * height) / 60))).toBe(true);
  const shortest = await draws<Size>("randomShortestSize:minSize=30,48,90,maxSize=100", 3000);
  expectEven(shortest, 3);
  expect(shortest).toContainEqual({ height: 75, width: 100 });
  const jittered = await draws<Size>("scaleJitter:targetSize=120,scaleRange=0.5,2", 4000);
  expectUniform(
    jittered.map(({ width }) => width / 120),
    0.49,
    2,
  );
});

test("randomChoice and randomOrder", async () => {
  type Choice = { index: number };
  const even = await draws<Choice>("randomChoice(randomInvert+randomEqualize+flip)", 3000);
  expectEven(
    even.map(({ index }) => index),
    3,
  );
  const weighted = await draws<Choice>(
    "randomChoice(randomInvert+flip+randomEqualize):p=3,0,1",
    3000,
  );
  expectShare(weighted.filter(({ index }) => index === 0).length, 3000, 0.75);
  expect(weighted.some(({ index }) => index === 1)).toBe(false);
  const orders = await draws<{ order: number[] }>(
    "randomOrder(randomInvert+randomEqualize+flip)",
    6000,
  );
  expectEven(
    orders.map(({ order }) => order),
    6,
  );
});
