import { describe, expect, test } from "vitest";
import { type Key, threefry } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { clahe } from "./clahe.ts";
import { coarseDropout } from "./coarse-dropout.ts";
import type { Window } from "./crop.ts";
import { cutout } from "./cutout.ts";
import { gaussNoise } from "./gauss-noise.ts";
import { gridDropout } from "./grid-dropout.ts";
import { hueSaturationValue } from "./hue-saturation-value.ts";
import { imageCompression } from "./image-compression.ts";
import { medianBlur } from "./median-blur.ts";
import { motionBlur } from "./motion-blur.ts";
import { randomGamma } from "./random-gamma.ts";
import { rgbShift } from "./rgb-shift.ts";
import { saltAndPepper } from "./salt-and-pepper.ts";
import type { Transform } from "./transform.ts";

const scene = { height: 20, width: 30 };
const image: Image = { ...scene, channels: 3, data: new Uint8Array(20 * 30 * 3).fill(100) };
const COUNT = 3000;
const keyOf = (i: number): Key => threefry([7, 8], i, 0);

/** What is drawn for many pictures, null where nothing is changed. */
const draws = <P>(transform: Transform<P>): P[] =>
  Array.from({ length: COUNT }, (_, i) => transform.draw(keyOf(i), scene));
const present = <P>(all: readonly (P | null)[]): P[] => all.filter((each) => each !== null);
const isIn = (x: number, [least, most]: readonly [number, number]) => x >= least && x <= most;
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe("p", () => {
  const transforms: Transform<object | null>[] = [
    gaussNoise(),
    saltAndPepper(),
    imageCompression({ qualityRange: [10, 90] }),
    motionBlur(),
    medianBlur(),
    clahe(),
    coarseDropout(),
    gridDropout(),
    randomGamma(),
    rgbShift(),
    hueSaturationValue(),
  ];

  test.each(transforms.map((each) => [each.name, each] as const))(
    "%s: half of the pictures change",
    (_name, transform) => {
      const share = present(draws(transform)).length / COUNT;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.04);
      expect(transform.apply({ image }, null)).toEqual({ image });
    },
  );
});

describe("parameters lie evenly within their limits", () => {
  const uniform = (numbers: number[], [least, most]: readonly [number, number]) => {
    expect(numbers.every((x) => isIn(x, [least, most]))).toBe(true);
    expect(Math.abs(mean(numbers) - (least + most) / 2)).toBeLessThan(0.05 * (most - least));
    expect(Math.max(...numbers) - Math.min(...numbers)).toBeGreaterThan(0.95 * (most - least));
  };

  test("noise", () => {
    const noise = present(
      draws(gaussNoise({ p: 1, stdRange: [0.1, 0.2], meanRange: [-0.1, 0.1] })),
    );
    uniform(
      noise.map(({ std }) => std),
      [0.1, 0.2],
    );
    uniform(
      noise.map((each) => each.mean),
      [-0.1, 0.1],
    );
    const salt = present(draws(saltAndPepper({ p: 1 })));
    uniform(
      salt.map(({ amount }) => amount),
      [0.01, 0.06],
    );
    uniform(
      salt.map((each) => each.salt),
      [0.4, 0.6],
    );
  });

  test("qualities, limits, colours", () => {
    const quality = present(draws(imageCompression({ p: 1, qualityRange: [30, 90] })));
    uniform(
      quality.map((each) => each.quality),
      [30, 90],
    );
    uniform(
      present(draws(clahe({ p: 1 }))).map(({ clipLimit }) => clipLimit),
      [1, 4],
    );
    uniform(
      present(draws(randomGamma({ p: 1 }))).map(({ gamma }) => gamma),
      [0.8, 1.2],
    );
    const shifts = present(draws(rgbShift({ p: 1, gShiftLimit: [0, 5] }))).map(
      (each) => each.shifts,
    );
    uniform(
      shifts.map(([red]) => red),
      [-20, 20],
    );
    uniform(
      shifts.map(([, green]) => green),
      [0, 5],
    );
    const hsv = present(draws(hueSaturationValue({ p: 1 })));
    uniform(
      hsv.map(({ hue }) => hue),
      [-20, 20],
    );
    uniform(
      hsv.map(({ saturation }) => saturation),
      [-30, 30],
    );
  });

  test("odd sizes", () => {
    const smears = present(draws(motionBlur({ p: 1, angleRange: [0, 90] })));
    expect(new Set(smears.map(({ length }) => length))).toEqual(new Set([3, 5, 7]));
    uniform(
      smears.map(({ angle }) => angle),
      [0, 90],
    );
    const medians = present(draws(medianBlur({ p: 1, blurLimit: [5, 5] })));
    expect(new Set(medians.map(({ size }) => size))).toEqual(new Set([5]));
  });
});

test("a shift changes each channel by its own number, and stops at white", () => {
  const transform = rgbShift();
  const { data } = transform.apply({ image }, { shifts: [-5, 0, 200] }).image;
  expect([...data.subarray(0, 3)]).toEqual([95, 100, 255]);
});

/** Whether a pixel lies in one of the holes. */
const inHole = (holes: readonly Window[], x: number, y: number) =>
  holes.some(
    ({ top, left, height, width }) => y >= top && y < top + height && x >= left && x < left + width,
  );

function expectFilled(made: Image, holes: readonly Window[], fill: readonly number[]): void {
  for (let i = 0; i < made.data.length; i++) {
    const pixel = Math.floor(i / 3);
    const isHole = inHole(holes, pixel % 30, Math.floor(pixel / 30));
    expect(made.data[i]).toBe(isHole ? fill[i % 3] : 100);
  }
}

describe("holes", () => {
  test("cutout: a square about any pixel, cut at the edges; all else stays", () => {
    const transform = cutout({ length: 5, value: 7 });
    const squares = present(draws(transform));
    expect(squares.length).toBe(COUNT);
    const tops = squares.map(({ top }) => top);
    expect(new Set(tops)).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i - 2)));
    for (const square of squares.slice(0, 20)) {
      expectFilled(transform.apply({ image }, square).image, [square], [7, 7, 7]);
    }
    expect(() => cutout({ length: 2.5 })).toThrow("length is 2.5");
  });

  test("coarseDropout: so many, of such sizes, within the picture, in a colour", () => {
    const fill = [1, 2, 3];
    const transform = coarseDropout({
      p: 1,
      numHolesRange: [1, 3],
      holeHeightRange: [0.1, 0.3],
      fill,
    });
    const all = present(draws(transform));
    expect(new Set(all.map(({ holes }) => holes.length))).toEqual(new Set([1, 2, 3]));
    for (const { top, left, height, width } of all.flatMap(({ holes }) => holes)) {
      expect(isIn(height, [2, 6]) && isIn(width, [3, 6])).toBe(true);
      expect(top >= 0 && left >= 0 && top + height <= 20 && left + width <= 30).toBe(true);
    }
    for (const drawn of all.slice(0, 20)) {
      expectFilled(transform.apply({ image }, drawn).image, drawn.holes, fill);
    }
    expect(() => coarseDropout({ numHolesRange: [1.5, 2] })).toThrow("numHolesRange is [1.5,2]");
    expect(() => transform.apply({ image: { ...image, channels: 1 } }, all[0])).toThrow(
      "1 channels",
    );
  });

  test("gridDropout: squares of half the unit, a unit apart", () => {
    const transform = gridDropout({ p: 1, unitSizeRange: [6, 8], ratio: 0.5 });
    const grids = present(draws(transform));
    expect(new Set(grids.map(({ unit }) => unit))).toEqual(new Set([6, 7, 8]));
    const made = transform.apply({ image }, { unit: 8, top: -5, left: 0 }).image;
    const holes = [-5, 3, 11, 19].flatMap((top) =>
      [0, 8, 16, 24].map((left) => ({ top, left, height: 4, width: 4 })),
    );
    expectFilled(made, holes, [0, 0, 0]);
    const fixed = present(draws(gridDropout({ p: 1, randomOffset: false })));
    expect(
      fixed.every(({ top, left, unit }) => top === 0 && left === 0 && isIn(unit, [2, 5])),
    ).toBe(true);
    expect(() => gridDropout({ ratio: 1.5 })).toThrow("ratio");
  });
});

test("refuses limits that are none", () => {
  expect(() => motionBlur({ blurLimit: [4, 7] })).toThrow("blurLimit is [4,7] — give odd sizes");
  expect(() => imageCompression({ qualityRange: [0, 90] })).toThrow("qualityRange is [0,90]");
  expect(() => imageCompression({ qualityRange: [10.5, 90] })).toThrow("give whole numbers");
  expect(() => gaussNoise({ stdRange: [0.4, 0.2] })).toThrow("stdRange is [0.4,0.2]");
  expect(() => saltAndPepper({ p: 2 })).toThrow("p is 2");
});
