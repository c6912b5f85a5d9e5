import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import {
  formatTransforms,
  makeTransform,
  parseTransforms,
  type TransformSettings,
} from "./settings.ts";
import { transformed } from "./transform.ts";

const readings: [string, TransformSettings[]][] = [
  ["none", []],
  ["randomHorizontalFlip", [{ name: "randomHorizontalFlip" }]],
  [
    "randomResizedCrop:size=224,scale=0.08,1+colorJitter:brightness=0.4,hue=-0.1,0.1",
    [
      { name: "randomResizedCrop", size: 224, scale: [0.08, 1] },
      { name: "colorJitter", brightness: 0.4, hue: [-0.1, 0.1] },
    ],
  ],
  [
    "randomCrop:size=32,padding=4,padIfNeeded=true,paddingMode=reflect",
    [{ name: "randomCrop", size: 32, padding: 4, padIfNeeded: true, paddingMode: "reflect" }],
  ],
  [
    "randomApply(colorJitter:brightness=0.4+grayscale):p=0.3+randomInvert",
    [
      {
        name: "randomApply",
        transforms: [{ name: "colorJitter", brightness: 0.4 }, { name: "grayscale" }],
        p: 0.3,
      },
      { name: "randomInvert" },
    ],
  ],
  [
    "randomChoice(compose(randomInvert+randomOrder(randomEqualize+randomAutocontrast))+randomInvert:p=1):p=2,1",
    [
      {
        name: "randomChoice",
        transforms: [
          {
            name: "compose",
            transforms: [
              { name: "randomInvert" },
              {
                name: "randomOrder",
                transforms: [{ name: "randomEqualize" }, { name: "randomAutocontrast" }],
              },
            ],
          },
          { name: "randomInvert", p: 1 },
        ],
        p: [2, 1],
      },
    ],
  ],
];

test.each(readings)("reads and writes %s", async (text, settings) => {
  expect(parseTransforms(text)).toEqual(settings);
  expect(formatTransforms(settings)).toBe(text);
  if (settings.length > 0) await makeTransform(settings);
});

test("the short words stand inside parentheses, too, and spaces do not matter", () => {
  expect(parseTransforms("randomApply( flip + shift=4 ) : p=1")).toEqual([
    {
      name: "randomApply",
      transforms: [{ name: "randomHorizontalFlip" }, { name: "randomCrop", padding: 4 }],
      p: 1,
    },
  ]);
});

test("transforms inside others take the size that they are not given", async () => {
  const transform = await makeTransform(
    parseTransforms("compose(pad:padding=3+centerCrop)"),
    [4, 5],
  );
  const image = { height: 2, width: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) } as const;
  const made = transformed(transform, { image }, new Random(0).key);
  expect(made.image).toMatchObject({ height: 4, width: 5 });
});

test.each([
  ["randomFlip", /no transform "randomFlip" — did you mean random\w+\? there are adjustBrightness/],
  ["randomApply(randomInvert", /"randomApply\(randomInvert" has a \( without its \) — write name:/],
  ["randomInvert)+randomApply(randomInvert", /has a \) without its \( — write name:/],
  ["(randomInvert)", /"\(randomInvert\)" is no transform — write name:/],
  ["randomApply(randomInvert)p=1", /"randomApply\(randomInvert\)p=1" is no transform/],
  ["randomInvert+", /"" is no transform/],
  ["randomInvert:often", /"often" is no option — write key=value/],
])("refuses %s", (text, message) => {
  expect(() => parseTransforms(text)).toThrow(message);
});

test.each([
  ["randomInvert:q=1", /randomInvert has no q — it has p/],
  ["randomInvert(grayscale)", /randomInvert has no transforms — it has p/],
  ["randomApply:p=1", /\[randomApply\] no transforms inside — write randomApply\(/],
  ["randomApply:transforms=3", /transforms of randomApply is 3 — give a list of settings/],
  [
    "randomChoice(flip+grayscale):p=1,2,3",
    /p is \[1,2,3\] for 2 transforms — give a number for each/,
  ],
  ["randomInvert:p=1.5", /\[randomInvert\] p is 1.5 — a probability lies between 0 and 1/],
  ["randomCrop", /\[randomCrop\] size is missing — give whole pixels, such as size=32/],
  ["randomCrop:size=0,4", /size is \[0,4\] — give whole pixels/],
  ["randomCrop:size=4,padding=1,2,3", /padding is \[1,2,3\] — give one number/],
  ["randomCrop:size=4,paddingMode=mirror", /paddingMode is "mirror" — it is one of constant, edge/],
  [
    "colorJitter:hue=0.7",
    /hue is \[-0.7,0.7\] — give the lowest and the highest value, at least -0.5/,
  ],
  ["colorJitter:contrast=-1", /contrast is \[2,0\] — give the lowest and the highest value/],
  ["randomResizedCrop:size=8,scale=0.5", /scale is 0.5 — give the lowest and the highest value/],
  [
    "randomResizedCrop:size=8,interpolation=cubic",
    /interpolation is "cubic" — it is one of nearest/,
  ],
  ["randomRotation", /degrees is .* — give the lowest and the highest/],
  [
    "randomAffine:degrees=5,translate=2,0",
    /translate is \[2,0\] — give two numbers, each at least 0/,
  ],
  ["randomRotation:degrees=5,center=3", /center is 3 — give its row and column in pixels/],
  ["randomErasing:value=noise", /value is "noise" — it is one of random/],
  ["randomPosterize:bits=9", /bits is 9 — give a whole number, 0 … 8/],
  ["gaussianBlur:kernelSize=4", /kernelSize is 4 — give odd numbers/],
  ["resize:size=4,5,maxSize=9", /maxSize is 9, size 4,5 — size is then one number/],
])("refuses to make %s", async (text, message) => {
  await expect(makeTransform(parseTransforms(text))).rejects.toThrow(message);
});

test.each([
  ["pad:padding=1,fill=300", /\[fill\] 300 — levels are numbers, 0 … 255/],
  ["pad:padding=1,fill=1,2", /\[fill\] \[1,2\] for a picture of 1 channels — give one number/],
])("refuses to apply %s", async (text, message) => {
  const transform = await makeTransform(parseTransforms(text));
  const image = { height: 1, width: 2, channels: 1, data: Uint8Array.of(1, 2) } as const;
  expect(() => transformed(transform, { image }, new Random(0).key)).toThrow(message);
});
