/**
 * A part of the picture that overlaps with some box by a random least amount (Liu, Anguelov, Erhan and others 2016, "SSD",
 * arXiv:1512.02325, section 2.2). Boxes whose middle is not in the part are dropped, the others cut off at its edges.
 */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { checkedRange, shown } from "./checks.ts";
import { crop, type Window } from "./crop.ts";
import type { Box, Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomIoUCropOptions {
  /** The least share of height and width; 0.3 by default. */
  readonly minScale?: number;
  /** The most; 1 by default. */
  readonly maxScale?: number;
  /** Of width/height; 0.5 by default. */
  readonly minAspectRatio?: number;
  /** 2 by default. */
  readonly maxAspectRatio?: number;
  /** Of which the least overlap is chosen; 1 or more means the whole picture. [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1] by default. */
  readonly samplerOptions?: readonly number[];
  /** Parts that are tried for a least overlap before another one is chosen; 40 by default. */
  readonly trials?: number;
}

/** When so many least overlaps were chosen in vain, the picture stays whole: boxes may be too small for any of them. */
const CHOICES = 50;

/** Its parameter is the part; null is the whole picture. The sample needs boxes. */
export function randomIoUCrop(options: RandomIoUCropOptions = {}): Transform<Window | null> {
  const where = "randomIoUCrop";
  const { minScale = 0.3, maxScale = 1, minAspectRatio = 0.5, maxAspectRatio = 2 } = options;
  const { samplerOptions = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], trials = 40 } = options;
  const scale = checkedRange(where, "minScale and maxScale", [minScale, maxScale], [0, 1]);
  const [narrow, wide] = checkedRange(
    where,
    "minAspectRatio and maxAspectRatio",
    [minAspectRatio, maxAspectRatio],
    [0, Number.POSITIVE_INFINITY],
  );
  const overlaps = [samplerOptions].flat();
  if (overlaps.length === 0 || !overlaps.every((overlap) => overlap >= 0)) {
    throw new ConvkitError(
      where,
      `samplerOptions is ${shown(samplerOptions)} — give least overlaps, such as 0,0.5,1`,
    );
  }
  return {
    name: where,
    draw(key, scene) {
      if (!scene.boxes) {
        throw new ConvkitError(
          where,
          "a picture without boxes — it is for data sets that have some",
        );
      }
      const random = Random.of(key);
      for (let choice = 0; choice < CHOICES; choice++) {
        const least = overlaps[random.int(overlaps.length)];
        if (least >= 1) return null;
        for (let trial = 0; trial < trials; trial++) {
          const part = randomPart(random, scene, scale);
          const shape = part.width / part.height;
          if (shape < narrow || shape > wide) continue;
          const inside = scene.boxes.filter((box) => holdsMiddle(part, box));
          if (inside.some((box) => overlap(part, box) >= least)) return part;
        }
      }
      return null;
    },
    apply(sample, part) {
      if (!part) return sample;
      const boxes = sample.boxes?.filter((box) => holdsMiddle(part, box));
      return crop({ ...sample, ...(boxes && { boxes }) }, part);
    },
  };
}

function randomPart(
  random: Random,
  { height, width }: Size,
  scale: readonly [number, number],
): Window {
  const columns = Math.floor(width * random.uniformRange(...scale));
  const rows = Math.floor(height * random.uniformRange(...scale));
  const left = Math.floor((width - columns) * random.uniform());
  const top = Math.floor((height - rows) * random.uniform());
  return { top, left, height: rows, width: columns };
}

function holdsMiddle({ top, left, height, width }: Window, { x1, y1, x2, y2 }: Box): boolean {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return left < x && x < left + width && top < y && y < top + height;
}

/** Area of both over area of either. */
function overlap({ top, left, height, width }: Window, { x1, y1, x2, y2 }: Box): number {
  const rows = Math.min(top + height, y2) - Math.max(top, y1);
  const columns = Math.min(left + width, x2) - Math.max(left, x1);
  const both = Math.max(0, rows) * Math.max(0, columns);
  return both / (height * width + (y2 - y1) * (x2 - x1) - both);
}

export const randomIoUCropKind: TransformKind<RandomIoUCropOptions> = {
  settings: "minScale maxScale minAspectRatio maxAspectRatio samplerOptions trials",
  make: randomIoUCrop,
};

export const randomIoUCropSpec: TransformSpec = {
  name: "randomIoUCrop",
  summary: "a part of the picture that overlaps with some box by a random least amount",
  options:
    "minScale 0.3; maxScale 1; minAspectRatio 0.5; maxAspectRatio 2; samplerOptions 0,0.1,0.3,0.5,0.7,0.9,1; trials 40",
  source: "Liu and others 2016, SSD, arXiv:1512.02325, section 2.2; torchvision v2 RandomIoUCrop",
  oracle: "torchvision 0.14 functional_pil.crop, ops.box_iou",
};
