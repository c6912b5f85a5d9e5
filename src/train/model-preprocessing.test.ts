import { describe, expect, test } from "vitest";
import type { Preprocessing } from "../image/preprocessing.ts";
import {
  parseFraction,
  parseSidecar,
  preprocessingFor,
  publishedPreprocessing,
  statedLabels,
} from "./model-preprocessing.ts";

const base: Preprocessing = {
  ...{ channels: 3, height: 224, width: 224, scale: 1 / 255, fit: "cover", cropPct: 0.875 },
  ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

test("what people say goes before what a file says, number by number", () => {
  expect(preprocessingFor([3, 160, 160], {}, base)).toEqual({ ...base, height: 160, width: 160 });
  expect(preprocessingFor([3, 224, 224], { mean: [0.5] }, base)).toEqual({
    ...base,
    mean: [0.5, 0.5, 0.5],
  });
  expect(
    preprocessingFor([3, 32, 32], { channels: "bgr", scale: 1, mean: [104, 117, 123] }),
  ).toEqual({
    ...{ channels: 3, height: 32, width: 32, scale: 1, order: "bgr", fit: "cover" },
    ...{ mean: [104, 117, 123], std: [1, 1, 1] },
  });
});

test("an architecture's weights want ImageNet's pictures unless it says otherwise; one of digits wants none", () => {
  const inputShape = [3, 224, 224];
  expect(publishedPreprocessing({ inputShape }, inputShape)).toEqual(base);
  const pictures = { cropPct: 0.9, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  expect(publishedPreprocessing({ inputShape, pictures }, [3, 64, 96])).toEqual({
    ...base,
    ...pictures,
    ...{ height: 64, width: 96 },
  });
  const grey = publishedPreprocessing({ inputShape }, [1, 224, 224]);
  expect(grey).toMatchObject({ channels: 1, mean: [0.449], std: [expect.closeTo(0.226, 12)] });
  expect(publishedPreprocessing({ inputShape }, [4, 224, 224])).toBeUndefined();
  expect(publishedPreprocessing({ inputShape: [1, 32, 32] }, [1, 32, 32])).toBeUndefined();
  expect(publishedPreprocessing({ inputShape: [3, 32, 32] }, [3, 32, 32])).toBeUndefined();
});

test("representations are shown to models of as many channels, and kept", () => {
  const stacked = preprocessingFor([4, 8, 8], { channels: ["rgb", "fourierMagnitude"] });
  expect(stacked).toEqual({
    ...{ channels: 4, height: 8, width: 8, scale: 1 / 255, fit: "cover" },
    ...{ representation: ["rgb", "fourierMagnitude"], mean: [0, 0, 0, 0], std: [1, 1, 1, 1] },
  });
  expect(preprocessingFor([4, 9, 9], {}, stacked)).toEqual({ ...stacked, height: 9, width: 9 });
  expect(preprocessingFor([4, 8, 8], { scale: 1 }, stacked)).toEqual({ ...stacked, scale: 1 });
  const hsv = preprocessingFor([3, 8, 8], { channels: ["hsv"] });
  expect(hsv?.representation).toEqual(["hsv"]);
  expect(preprocessingFor([3, 8, 8], { channels: "bgr" }, hsv)).not.toHaveProperty(
    "representation",
  );
  expect(() => preprocessingFor([3, 8, 8], { channels: ["rgb", "hsv"] })).toThrow(
    "[model] channels rgb+hsv are 6, the model reads pictures of 3×8×8 — show it 3",
  );
});

test("nothing said is nothing known, and what is no picture has none", () => {
  expect(preprocessingFor([3, 32, 32], {})).toBeUndefined();
  expect(preprocessingFor([16, 32, 32], { scale: 1 })).toBeUndefined();
});

test("orders and lists that do not fit the model's channels are refused", () => {
  expect(() => preprocessingFor([3, 8, 8], { channels: "grey" })).toThrow("say rgb or bgr");
  expect(() => preprocessingFor([1, 8, 8], { channels: "bgr" })).toThrow("say grey");
  expect(() => preprocessingFor([3, 8, 8], { std: [1, 2] })).toThrow(
    "2 numbers for std, the model has 3 channels",
  );
});

test("fractions", () => {
  expect(parseFraction("1/255")).toBe(1 / 255);
  expect(parseFraction(" 0.5 ")).toBe(0.5);
  expect(parseFraction("1e-3/2")).toBe(5e-4);
  expect(parseFraction("one")).toBeNaN();
  expect(parseFraction("1/2/3")).toBeNaN();
});

describe("a file beside a model", () => {
  test("says channels, scale, mean, deviation, crop and classes", () => {
    const text = JSON.stringify({
      ...{ channels: "bgr", scale: "1/255", mean: [0.1, 0.2, 0.3], std: 0.5 },
      ...{ fit: "stretch", cropPct: 0.9, labels: ["a", "b"] },
    });
    expect(parseSidecar(text, "m.preprocessing.json")).toEqual({
      given: { channels: "bgr", scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [0.5] },
      base: { fit: "stretch", cropPct: 0.9 },
      labels: ["a", "b"],
    });
    expect(parseSidecar("{}", "m.json")).toEqual({ given: {}, base: {} });
  });

  // biome-ignore format: one case a line
  test.each([
    ["{", "is not JSON"],
    ["[1]", "is no JSON object"],
    ['{"channels":"cmyk"}', 'channels is "cmyk", not rgb, bgr, grey or a representation such as rgb+hsv'],
    ['{"scale":"a"}', 'scale is "a"'],
    ['{"mean":["0"]}', "mean is no list of numbers"],
    ['{"std":[]}', "std is no list of numbers"],
    ['{"classes":[1]}', "its classes are no list of names"],
    ['{"fit":"crop"}', "fit is not cover or stretch"],
    ['{"interpolation":"cubic"}', "interpolation is not one of nearest, bilinear, bicubic,"],
  ])("%s is refused: %s", (text, message) => {
    expect(() => parseSidecar(text, "m.json")).toThrow(`[model] m.json: ${message}`);
  });
});

test("names of classes in metadata, and metadata that means something else", () => {
  expect(statedLabels({ classes: '["cat","dog"]' })).toEqual(["cat", "dog"]);
  expect(statedLabels({ labels: '["x"]' })).toEqual(["x"]);
  expect(statedLabels({ classes: "2" })).toBeUndefined();
  expect(statedLabels({ classes: "cats and dogs" })).toBeUndefined();
});
