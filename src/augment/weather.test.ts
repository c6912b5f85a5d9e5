import { describe, expect, test } from "vitest";
import { type Key, threefry } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import golden from "./golden/degradations.json" with { type: "json" };
import { randomFog, withFog } from "./random-fog.ts";
import { randomRain, withStreaks } from "./random-rain.ts";
import { randomShadow, shaded } from "./random-shadow.ts";
import { randomSunFlare, withFlare } from "./random-sun-flare.ts";
import type { Transform } from "./transform.ts";

const { height, width } = golden;
const flat = (level: number, channels: 1 | 3 = 1): Image => ({
  ...{ height, width, channels },
  data: new Uint8Array(height * width * channels).fill(level),
});
const keyOf = (i: number): Key => threefry([3, 4], i, 0);

function drawn<P>(transform: Transform<P | null>): P[] {
  return Array.from({ length: 400 }, (_, i) => transform.draw(keyOf(i), { height, width })).filter(
    (each) => each !== null,
  );
}

describe("randomShadow", () => {
  test("darkens the pixels that scikit-image finds within, and no other", () => {
    const inside = Buffer.from(golden.shadow.inside, "base64");
    const corners = golden.shadow.corners as [number, number][];
    const { data } = shaded(flat(200, 3), { corners, intensity: 0.25 });
    data.forEach((byte, i) => {
      expect(byte).toBe(inside[Math.floor(i / 3)] ? 150 : 200);
    });
    expect(inside.filter(Boolean).length).toBeGreaterThan(100);
  });

  test("draws as many as are asked for, their corners in the region, one after the other around", () => {
    const shadows = drawn(
      randomShadow({
        p: 1,
        shadowRoi: [0.25, 0, 0.75, 0.5],
        numShadowsLimit: [1, 3],
        shadowDimension: 4,
      }),
    ).map((each) => each.shadows);
    expect(new Set(shadows.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
    for (const { corners, intensity } of shadows.flat()) {
      expect(intensity).toBe(0.5);
      expect(corners.length).toBe(4);
      for (const [x, y] of corners) {
        expect(x >= 0.25 * width && x <= 0.75 * width && y >= 0 && y <= 0.5 * height).toBe(true);
      }
      // Around a middle within, the turns from corner to corner are one whole one.
      const [mx, my] = [0, 1].map((k) => corners.reduce((sum, at) => sum + at[k], 0) / 4);
      const angles = corners.map(([x, y]) => Math.atan2(y - my, x - mx));
      expect(angles).toEqual(angles.toSorted((a, b) => a - b));
    }
  });
});

test("fog mixes white in, half as much to as much as its coefficient, smoothly", () => {
  const patches = Array.from({ length: 25 }, (_, i) => (i % 5 < 2 ? 0.5 : 1));
  const { data } = withFog(flat(55), { fogCoef: 0.8, patches });
  const row = [...data.subarray(0, width)];
  // 55 + 0.8·½·200, and 55 + 0.8·200
  expect(row[0]).toBe(135);
  expect(row[width - 1]).toBe(215);
  expect(row).toEqual(row.toSorted((a, b) => a - b));
  expect(withFog(flat(255, 3), { fogCoef: 1, patches }).data).toEqual(flat(255, 3).data);
  for (const { fogCoef, patches } of drawn(randomFog({ p: 1, fogCoefRange: [0.2, 0.4] }))) {
    expect(fogCoef >= 0.2 && fogCoef <= 0.4).toBe(true);
    expect(patches.every((patch) => patch >= 0.5 && patch <= 1)).toBe(true);
  }
});

test("rain draws streaks that lean, as many as fit the area", () => {
  const colour = [10, 20, 30] as const;
  const { data } = withStreaks(flat(0, 3), { slant: 10, drops: [[1, 2]] }, 5, 1, colour);
  const wet = Array.from({ length: height * width }, (_, i) => i).filter((i) => data[3 * i] > 0);
  expect(wet.map((i) => [Math.floor(i / width), i % width])).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
    [4, 4],
    [5, 4],
  ]);
  expect([...data.subarray(3 * wet[0], 3 * wet[0] + 3)]).toEqual([...colour]);
  const rain = randomRain({ p: 1 }).draw(keyOf(0), { height: 300, width: 400 });
  expect(rain?.drops.length).toBe(200);
  expect(rain?.drops.every(([top, left]) => top < 280 && left < 400)).toBe(true);
  const dry = randomRain({ p: 1, blurValue: 1, brightnessCoefficient: 0.5 });
  expect(dry.apply({ image: flat(100) }, { slant: 0, drops: [] }).image).toEqual(flat(50));
});

test("a flare is the sun's colour in its middle, fades to its radius, and has discs", () => {
  const colour = [250, 240, 230] as const;
  const sun = { x: 0.5, y: 0.5, discs: [{ x: 20.5, y: 15.5, radius: 0.6, alpha: 0.5 }] };
  const { data } = withFlare(flat(50, 3), sun, 10, colour);
  const at = (x: number, y: number) => [
    ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
  ];
  expect(at(0, 0)).toEqual([...colour]);
  // (1 − 5/10)² of the way from 50
  expect(at(5, 0)).toEqual([100, 98, 95]);
  expect(at(0, 10)).toEqual([50, 50, 50]);
  expect(at(20, 15)).toEqual([150, 145, 140]);
  const flares = drawn(randomSunFlare({ p: 1, numFlareCirclesRange: [0, 2] }));
  expect(new Set(flares.map(({ discs }) => discs.length))).toEqual(new Set([0, 1, 2]));
  expect(flares.every(({ y }) => y <= height / 2)).toBe(true);
});

test("refuses regions outside and sizes that are none", () => {
  expect(() => randomShadow({ shadowRoi: [0, 0.5, 1, 1.2] })).toThrow("shadowRoi is [0,0.5,1,1.2]");
  expect(() => randomShadow({ shadowDimension: 2 })).toThrow("shadowDimension is 2");
  expect(() => randomFog({ fogCoefRange: [0.5, 2] })).toThrow("fogCoefRange is [0.5,2]");
  expect(() => randomRain({ dropLength: 0 })).toThrow("dropLength is 0");
  expect(() => randomSunFlare({ srcRadius: 0 })).toThrow("srcRadius is 0");
});
