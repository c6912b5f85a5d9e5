import { expect, test } from "vitest";
import type { Image } from "./image.ts";
import { parsePreprocessing } from "./parse-preprocessing.ts";
import { preprocess } from "./preprocess.ts";
import { formatPreprocessing, type Preprocessing } from "./preprocessing.ts";
import { centerCrop, resize } from "./resize.ts";

const colour: Preprocessing = {
  channels: 3,
  height: 1,
  width: 2,
  mean: [0.5, 0, 0.25],
  std: [0.5, 1, 2],
  scale: 1 / 255,
};
const picture: Image = {
  height: 1,
  width: 2,
  channels: 3,
  data: Uint8Array.of(255, 51, 0, 0, 102, 255),
};

test("bytes are scaled, centred and laid out channel by channel", () => {
  const x = preprocess(picture, colour);
  const expected = [1, -1, 0.2, 0.4, -0.125, 0.375];
  for (const [i, value] of expected.entries()) expect(x[i]).toBeCloseTo(value, 6);
});

test("a larger array is filled at its offset", () => {
  const out = new Float32Array(12).fill(9);
  preprocess(picture, colour, out, 6);
  expect([...out.subarray(0, 6)]).toEqual(new Array(6).fill(9));
  expect(out.subarray(6)).toEqual(preprocess(picture, colour));
});

test("dark on light is inverted, colour becomes the model's grey", () => {
  const grey: Preprocessing = { ...colour, channels: 1, mean: [0], std: [1] };
  const [a] = preprocess(picture, grey);
  const [b] = preprocess(picture, { ...grey, invert: true });
  expect(a).toBeCloseTo(106 / 255, 6); // (255·19595 + 51·38470 + 2^15) >> 16
  expect(a + b).toBeCloseTo(1, 6);
});

test("the middle is kept by cover, everything by stretch", () => {
  const wide: Image = { height: 1, width: 3, channels: 1, data: Uint8Array.of(0, 255, 0) };
  const one: Preprocessing = { ...colour, channels: 1, width: 1, mean: [0], std: [1] };
  expect(preprocess(wide, { ...one, fit: "cover" })[0]).toBe(1);
  expect(preprocess(wide, one)[0]).toBeLessThan(0.6);
});

test("colours are fed in the model's order, mean and deviation in the same", () => {
  const bgr = preprocess(picture, { ...colour, order: "bgr" });
  const expected = [-1, 1, 0.2, 0.4, 0.375, -0.125];
  for (const [i, value] of expected.entries()) expect(bgr[i]).toBeCloseTo(value, 6);
});

test("a crop of 0.875 is torchvision's short side to 256, then 224 of the middle", () => {
  const data = Uint8Array.from({ length: 300 * 400 }, (_, i) => (i * 7919) % 251);
  const image: Image = { height: 300, width: 400, channels: 1, data };
  const how: Preprocessing = {
    ...colour,
    channels: 1,
    mean: [0],
    std: [1],
    height: 224,
    width: 224,
  };
  const found = preprocess(image, { ...how, fit: "cover", cropPct: 0.875 });
  const { data: expected } = centerCrop(resize(image, 256, 341), 224, 224);
  expect(found).toEqual(Float32Array.from(expected, (byte) => byte * (1 / 255)));
});

test("a picture is resized as the record says", () => {
  const image: Image = { height: 1, width: 4, channels: 1, data: Uint8Array.of(0, 0, 255, 255) };
  const how: Preprocessing = { ...colour, channels: 1, width: 8, mean: [0], std: [1], scale: 1 };
  for (const fit of ["stretch", "cover"] as const) {
    const bicubic = { ...how, height: 2, fit, interpolation: "bicubic" } as const;
    expect([...preprocess(image, bicubic)]).toEqual([...resize(image, 2, 8, "bicubic").data]);
  }
  expect(preprocess(image, { ...how, interpolation: "nearest" })).toEqual(
    Float32Array.of(0, 0, 0, 0, 255, 255, 255, 255),
  );
});

test("the record survives the model file, its text is always the same", () => {
  const own = { order: "bgr", interpolation: "bicubic" } as const;
  const how: Preprocessing = { ...colour, ...own, fit: "cover", invert: true, cropPct: 0.9 };
  const stacked: Preprocessing = {
    ...{ ...colour, channels: 4, representation: ["rgb", "fourierMagnitude"] },
    ...{ mean: [0, 0, 0, 0.5], std: [1, 1, 1, 0.5] },
  };
  expect(parsePreprocessing(formatPreprocessing(stacked))).toEqual(stacked);
  expect(parsePreprocessing(formatPreprocessing(how))).toEqual(how);
  const shuffled = Object.fromEntries(Object.entries(how).reverse()) as unknown as Preprocessing;
  expect(formatPreprocessing(shuffled)).toBe(formatPreprocessing(how));
});

test.each([
  ["{", /m: its preprocessing is not JSON — save the model again/],
  ["null", /m: its preprocessing is wrong, channels is 1 or 3/],
  [formatPreprocessing({ ...colour, channels: 4 as 3 }), /channels is 1 or 3/],
  [formatPreprocessing({ ...colour, height: 0 }), /height and width are whole numbers/],
  [formatPreprocessing({ ...colour, mean: [0.5] }), /mean has one number per channel/],
  [formatPreprocessing({ ...colour, std: [1, 0, 1] }), /std has one number above 0/],
  [formatPreprocessing({ ...colour, scale: Number.NaN }), /scale is a number/],
  [formatPreprocessing({ ...colour, fit: "tile" as "cover" }), /fit is stretch or cover/],
  [
    formatPreprocessing({ ...colour, interpolation: "cubic" as "bicubic" }),
    /interpolation is nearest, bilinear, bicubic,/,
  ],
  [
    formatPreprocessing({ ...colour, representation: ["lab" as "hsv"] }),
    /representation is a list of rgb, grey, hsv,/,
  ],
  [formatPreprocessing({ ...colour, representation: [] }), /representation is a list of/],
  [
    formatPreprocessing({ ...colour, representation: ["grey", "intensity"] }),
    /channels is 2, what its representation has/,
  ],
])("refuses %s", (text, message) => {
  expect(() => parsePreprocessing(text, "m")).toThrow(message);
});
