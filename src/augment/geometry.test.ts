/** A marked rectangle lies on a picture, in its mask, in a box and between key points: whatever moves, they stay together. */
import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { fiveCrop, tenCrop } from "./five-crop.ts";
import { makeTransform, parseTransforms } from "./settings.ts";
import { type Box, type Sample, transformed } from "./transform.ts";

const [height, width] = [44, 52];
const marked = { x1: 14, y1: 10, x2: 37, y2: 29, label: 3 };

function picture(channels: 1 | 3, value: number): Image {
  const data = new Uint8Array(height * width * channels);
  for (let y = marked.y1; y < marked.y2; y++) {
    data.fill(value, (y * width + marked.x1) * channels, (y * width + marked.x2) * channels);
  }
  return { height, width, channels, data };
}

const sample: Sample = {
  image: picture(3, 255),
  mask: picture(1, 1),
  boxes: [marked],
  keypoints: [
    { x: marked.x1, y: marked.y1 },
    { x: marked.x2, y: marked.y1 },
    { x: marked.x2, y: marked.y2 },
    { x: marked.x1, y: marked.y2 },
    { x: (marked.x1 + marked.x2) / 2, y: (marked.y1 + marked.y2) / 2 },
  ],
};

/** The transform, and how many pixels a box may be off. */
const cases: [string, number?][] = [
  ["randomHorizontalFlip:p=1"],
  ["randomVerticalFlip:p=1"],
  ["randomCrop:size=30,34"],
  ["randomCrop:size=40,padding=6"],
  ["randomCrop:size=60,70,padIfNeeded=true"],
  ["centerCrop:size=20,30"],
  ["centerCrop:size=60"],
  ["pad:padding=3,4,5,6"],
  ["pad:padding=-12,2,-3,-20"],
  ["randomZoomOut:p=1"],
  ["randomIoUCrop"],
  ["randomResizedCrop:size=40,60,scale=0.4,1", 1],
  ["randomResizedCrop:size=40,60,scale=0.4,1,interpolation=nearest", 1],
  ["randomResizedCrop:size=30,interpolation=bicubic,scale=0.4,1", 1],
  ["resize:size=80", 1],
  ["resize:size=31,77,interpolation=nearest", 1],
  ["scaleJitter:targetSize=60,scaleRange=0.6,1.5", 1],
  ["randomShortestSize:minSize=30,41,60,maxSize=64", 1],
  ["randomResize:minSize=30,maxSize=70", 1],
  ["randomRotation:degrees=180", 1],
  ["randomRotation:degrees=180,interpolation=bilinear,expand=true", 1],
  ["randomRotation:degrees=90,90,expand=true"],
  ["randomRotation:degrees=30,center=0,10,interpolation=bicubic", 1],
  ["randomAffine:degrees=20,translate=0.2,0.1,scale=0.8,1.3,shear=-10,10,-5,5", 1],
  ["randomAffine:degrees=20,scale=0.8,1.3,interpolation=bilinear", 1],
  ["randomPerspective:p=1,distortionScale=0.5", 1],
  ["randomPerspective:p=1,interpolation=nearest", 1],
  ["elasticTransform:alpha=30", 3],
  ["elasticTransform:alpha=30,interpolation=nearest", 3],
  ["randomOrder(randomHorizontalFlip+randomVerticalFlip+pad:padding=1,2,3,4)"],
];

test.each(cases)("%s", async (text, slack = 0) => {
  const transform = await makeTransform(parseTransforms(text));
  const results = Array.from({ length: 15 }, (_, seed) =>
    transformed(transform, sample, new Random(seed).key),
  );
  for (const result of results) check(result, slack);
  expect(results.filter(({ boxes }) => boxes?.length === 1).length).toBeGreaterThan(5);
});

test("five and ten crops", () => {
  for (const part of [...fiveCrop(sample, [20, 30]), ...tenCrop(sample, 25)]) check(part, 0);
  expect(fiveCrop(sample, 30)).toHaveLength(5);
  const [first, , , , , mirrored] = tenCrop(sample, [44, 52], true);
  expect(mirrored.keypoints?.[0].y).toBe(height - (first.keypoints?.[0].y as number));
  expect(() => fiveCrop(sample, 45)).toThrow(/a picture of 44×52 has no part of 45×45/);
});

function check({ image, mask, boxes, keypoints = [] }: Sample, slack: number): void {
  if (!mask || !boxes) throw new Error("the transform lost what lies on the picture");
  expect({ ...mask, data: 0, channels: 3 }).toEqual({ ...image, data: 0 });
  // The mask is where the picture is white, but for a pixel here and there along the edge.
  const classes = [...mask.data];
  const disagreeing = classes.filter((one, i) => (one === 1) !== image.data[3 * i] > 127).length;
  const pixels = classes.flatMap((one, i) => (one === 1 ? [i] : []));
  expect(disagreeing).toBeLessThanOrEqual(
    slack === 0 ? 0 : 2 * (image.width + image.height) * 0.25,
  );
  // The box holds the mask, and is no larger.
  const hull = hullOf(pixels, image.width);
  const [box] = boxes;
  if (hull && hull.x2 - hull.x1 > 2 * slack && hull.y2 - hull.y1 > 2 * slack && box) {
    for (const side of ["x1", "y1", "x2", "y2"] as const) {
      expect(Math.abs(box[side] - hull[side])).toBeLessThanOrEqual(
        slack + 1e-9 + (slack > 0 ? 0.75 : 0),
      );
    }
    expect(box.label).toBe(3);
  }
  // It spans the key points at the corners, as far as they lie in the picture.
  const [xs, ys] = [
    keypoints.slice(0, 4).map(({ x }) => x),
    keypoints.slice(0, 4).map(({ y }) => y),
  ];
  const spanned = {
    ...{ x1: Math.max(0, Math.min(...xs)), y1: Math.max(0, Math.min(...ys)) },
    ...{ x2: Math.min(image.width, Math.max(...xs)), y2: Math.min(image.height, Math.max(...ys)) },
  };
  if (box) {
    for (const side of ["x1", "y1", "x2", "y2"] as const) {
      expect(box[side]).toBeCloseTo(spanned[side], 9);
    }
  }
  // The middle is inside.
  const { x, y } = keypoints[4];
  if (x > 0 && x < image.width && y > 0 && y < image.height) {
    expect(mask.data[Math.floor(y) * image.width + Math.floor(x)]).toBe(1);
    expect(box).toBeDefined();
  }
}

function hullOf(pixels: readonly number[], stride: number): Box | undefined {
  if (pixels.length === 0) return undefined;
  const columns = pixels.map((i) => i % stride);
  const rows = pixels.map((i) => Math.floor(i / stride));
  return {
    ...{ x1: Math.min(...columns), y1: Math.min(...rows) },
    ...{ x2: Math.max(...columns) + 1, y2: Math.max(...rows) + 1 },
  };
}

test("a box that leaves the picture is dropped, key points keep their places, and nothing given is changed", async () => {
  const before = structuredClone(sample);
  const transform = await makeTransform(parseTransforms("centerCrop:size=4+pad:padding=-1"));
  const shifted = { ...sample, boxes: [{ x1: 0, y1: 0, x2: 9, y2: 9 }, marked] };
  const made = transformed(transform, shifted, new Random(0).key);
  expect(made.boxes).toEqual([{ x1: 0, y1: 0, x2: 2, y2: 2, label: 3 }]);
  expect(made.keypoints).toHaveLength(5);
  expect(made.keypoints?.[0]).toEqual({ x: 14 - 25, y: 10 - 21 });
  expect(sample).toEqual(before);
});

test("fillMask is the class beyond the edge", async () => {
  for (const text of [
    "pad:padding=2,fillMask=9",
    "randomCrop:size=44,padding=8,fillMask=9",
    "randomZoomOut:p=1,sideRange=2,3,fillMask=9",
    "randomRotation:degrees=45,45,fillMask=9",
    "randomAffine:degrees=45,45,fillMask=9",
    "randomPerspective:p=1,fillMask=9",
    "elasticTransform:alpha=200,fillMask=9",
    "randomErasing:p=1,fillMask=9",
  ]) {
    const transform = await makeTransform(parseTransforms(text));
    const { mask } = transformed(transform, sample, new Random(4).key);
    expect([...new Set(mask?.data)].sort(), text).toEqual([0, 1, 9]);
  }
  const erasing = await makeTransform(parseTransforms("randomErasing:p=1"));
  expect(transformed(erasing, sample, new Random(4).key).mask).toBe(sample.mask);
});
