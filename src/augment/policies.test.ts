import { describe, expect, test } from "vitest";
import { type Key, threefry } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { augMix, mixMagnitudes } from "./aug-mix.ts";
import { autoAugment } from "./auto-augment.ts";
import { type PolicyName, policies } from "./auto-augment-policies.ts";
import golden from "./golden/policies.json" with { type: "json" };
import {
  applySteps,
  magnitudeAt,
  type PolicyOperation,
  type PolicyStep,
  usualMagnitudes,
} from "./policy-steps.ts";
import { randAugment, randomOperations } from "./rand-augment.ts";
import { makeTransform, parseTransforms } from "./settings.ts";
import type { Sample } from "./transform.ts";
import { trivialAugmentWide, wideMagnitudes } from "./trivial-augment-wide.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const { height, width } = golden;
const image: Image = { height, width, channels: 3, data: bytesOf(golden.rgb) };
const scene = { height: golden.size[0], width: golden.size[1] };
const keyOf = (i: number): Key => threefry([5, 1], i, 0);
const COUNT = 7000;

test("AutoAugment's policies are torchvision's", () => {
  expect(policies).toEqual(golden.policies);
});

test.each(golden.operations)(
  "$operation of $magnitude, $interpolation, is torchvision's",
  (expected) => {
    const step = expected as unknown as PolicyStep;
    const interpolation = expected.interpolation as "nearest" | "bilinear";
    const { image: made } = applySteps({ image }, [step], { interpolation, fill: golden.fill });
    expect(made.data).toEqual(bytesOf(expected.rgb));
  },
);

const spaces = {
  autoAugment: usualMagnitudes,
  randAugment: usualMagnitudes,
  trivialAugmentWide: wideMagnitudes,
  augMix: mixMagnitudes,
};

test.each(Object.entries(spaces))("%s has torchvision's magnitudes", (policy, most) => {
  const space = golden.magnitudes[policy as keyof typeof spaces];
  for (const [name, { values, isSigned }] of Object.entries(space)) {
    const operation = name as PolicyOperation;
    const made = values.map((_, i) => magnitudeAt(operation, i, values.length, scene, most));
    made.forEach(({ value }, i) => {
      // torch.linspace rounds to single precision, which no shift by whole pixels may see.
      expect(Math.abs(value - values[i])).toBeLessThanOrEqual(2e-7 * Math.abs(values[i]));
      expect(Math.trunc(value)).toBe(Math.trunc(values[i]));
    });
    for (const magnitude of made) expect(magnitude.isSigned).toBe(isSigned);
  }
});

/** How often each word occurs. */
function shares(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1 / words.length;
  return counts;
}
const draws = <P>(transform: { draw(key: Key, size: typeof scene): P }): P[] =>
  Array.from({ length: COUNT }, (_, i) => transform.draw(keyOf(i), scene));

/** The magnitudes that occur, sorted. */
const distinct = (steps: readonly PolicyStep[]): string[] => [
  ...new Set(
    steps
      .map(({ magnitude }) => magnitude + 0)
      .sort((a, b) => a - b)
      .map((magnitude) => magnitude.toFixed(4)),
  ),
];

describe("what is drawn", () => {
  test.each(Object.keys(policies) as PolicyName[])(
    "autoAugment, %s: every pair as often, its steps by their chances",
    (policy) => {
      const all = draws(autoAugment({ policy })).flat();
      const expected: Record<string, number> = {};
      for (const [first, p1, , second, p2] of policies[policy]) {
        expected[first] = (expected[first] ?? 0) + p1 / 25;
        expected[second] = (expected[second] ?? 0) + p2 / 25;
      }
      for (const [name, often] of Object.entries(expected)) {
        const found = all.filter(({ operation }) => operation === name).length / COUNT;
        expect(Math.abs(found - often)).toBeLessThan(0.025);
      }
      expect(Object.keys(shares(all.map(({ operation }) => operation))).sort()).toEqual(
        Object.keys(expected)
          .filter((name) => expected[name] > 0)
          .sort(),
      );
    },
  );

  test("randAugment: every operation as often, of its one magnitude, up and down", () => {
    const all = draws(randAugment({ numOps: 3, magnitude: 30 }));
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([3]));
    const found = shares(all.flat().map(({ operation }) => operation));
    expect(Object.keys(found).sort()).toEqual([...randomOperations].sort());
    for (const share of Object.values(found)) expect(Math.abs(share - 1 / 14)).toBeLessThan(0.01);
    const turns = all.flat().filter(({ operation }) => operation === "rotate");
    const signs = shares(turns.map(({ magnitude }) => String(magnitude)));
    expect(Object.keys(signs).sort()).toEqual(["-30", "30"]);
    expect(Math.abs(signs["30"] - 0.5)).toBeLessThan(0.05);
  });

  test("trivialAugmentWide: one operation, of every magnitude as often", () => {
    const all = draws(trivialAugmentWide());
    const thresholds = all.filter(({ operation }) => operation === "solarize");
    expect(Math.abs(thresholds.length / COUNT - 1 / 14)).toBeLessThan(0.015);
    const { values } = golden.magnitudes.trivialAugmentWide.solarize;
    expect(distinct(thresholds)).toEqual(values.toReversed().map((value) => value.toFixed(4)));
  });

  test("augMix: chains of one to three mild operations, weights that sum to 1", () => {
    const all = draws(augMix({ severity: 2 })).slice(0, 2000);
    const depths = shares(all.flatMap(({ chains }) => chains.map(({ length }) => String(length))));
    expect(Object.keys(depths)).toEqual(["1", "2", "3"]);
    for (const share of Object.values(depths)) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03);
    for (const { weights } of all) expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const mean = (k: number) => all.reduce((sum, { weights }) => sum + weights[k], 0) / all.length;
    expect(mean(0)).toBeCloseTo(1 / 2, 1);
    for (const k of [1, 2, 3]) expect(Math.abs(mean(k) - 1 / 6)).toBeLessThan(0.02);
    const steps = all.flatMap(({ chains }) => chains.flat());
    const turns = steps.filter(({ operation }) => operation === "rotate");
    expect(distinct(turns)).toEqual(["-3.3333", "0.0000", "3.3333"]);
    expect(steps.some(({ operation }) => operation === "identity")).toBe(false);
    const few = draws(augMix({ allOps: false, chainDepth: 2, mixtureWidth: 1 })).slice(0, 500);
    expect(few.every(({ chains }) => chains.length === 1 && chains[0].length === 2)).toBe(true);
    expect(few.some(({ chains }) => chains[0].some(({ operation }) => operation === "color"))).toBe(
      false,
    );
  });
});

test("AugMix of given chains is torchvision's", () => {
  const { weights, chains, rgb } = golden.augMix;
  const drawn = { weights, chains: chains as unknown as PolicyStep[][] };
  expect(augMix().apply({ image }, drawn).image.data).toEqual(bytesOf(rgb));
});

test("masks, boxes and key points move with their picture, but for AugMix", () => {
  const data = new Uint8Array(height * width);
  data[5 * width + 7] = 3;
  const sample: Sample = {
    image,
    mask: { height, width, channels: 1, data },
    boxes: [{ x1: 7, y1: 5, x2: 8, y2: 6 }],
    keypoints: [{ x: 7.5, y: 5.5 }],
  };
  const made = randAugment().apply(sample, [
    { operation: "translateX", magnitude: -2 },
    { operation: "invert", magnitude: 0 },
    { operation: "translateY", magnitude: 3.9 },
  ]);
  expect(made.boxes).toEqual([{ x1: 5, y1: 8, x2: 6, y2: 9 }]);
  expect(made.keypoints).toEqual([{ x: 5.5, y: 8.5 }]);
  expect(made.mask?.data[8 * width + 5]).toBe(3);
  const mixed = augMix().apply(sample, {
    weights: [0.5, 0.5],
    chains: [[{ operation: "translateX", magnitude: 2 }]],
  });
  expect({ ...mixed, image }).toEqual(sample);
});

test("by name, with options", async () => {
  const transform = await makeTransform(
    parseTransforms(
      "autoAugment:policy=cifar10+randAugment:numOps=1+trivialAugmentWide+augMix:severity=1",
    ),
  );
  const made = transform.apply({ image }, transform.draw(keyOf(0), image));
  expect(made.image.data.length).toBe(image.data.length);
});

test("refuses what there is not", () => {
  expect(() => autoAugment({ policy: "mnist" as PolicyName })).toThrow("imagenet, cifar10, svhn");
  expect(() => randAugment({ magnitude: 31 })).toThrow(
    "magnitude is 31 — give one of the 31 levels",
  );
  expect(() => randAugment({ numOps: -1 })).toThrow("numOps is -1");
  expect(() => trivialAugmentWide({ numMagnitudeBins: 1 })).toThrow("numMagnitudeBins is 1");
  expect(() => augMix({ severity: 11 })).toThrow("severity is 11 — give 1 to 10");
  expect(() => augMix({ alpha: 0 })).toThrow("alpha is 0");
  expect(() => augMix({ interpolation: "cubic" as "bicubic" })).toThrow("interpolation");
});
