/**
 * A rectangle of random place, area and shape painted over (Zhong, Zheng, Kang, Li and Yang 2017, "Random erasing data
 * augmentation", arXiv:1708.04896, algorithm 1). Boxes and key points stay, as what they mark is still there; so does the mask, unless
 * `fillMask` says which class the rectangle is.
 */
import { type Key, Random } from "../core/random.ts";
import { roundHalfEven } from "../core/round-half-even.ts";
import type { Image } from "../image/image.ts";
import type { ChanceOptions } from "./chance.ts";
import { checkedProbability, checkedRange, checkedWord } from "./checks.ts";
import type { Window } from "./crop.ts";
import { type Fill, filled } from "./take.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomErasingOptions extends ChanceOptions {
  /** Lowest and highest share of the picture's area; [0.02, 0.33] by default. */
  readonly scale?: readonly [number, number];
  /** Lowest and highest shape, height/width; [0.3, 3.3] by default. */
  readonly ratio?: readonly [number, number];
  /** A grey level, one for each channel, or `random`: a byte for every byte. 0 by default. */
  readonly value?: Fill | "random";
  /** The class of the rectangle in the mask, which stays as it is by default. */
  readonly fillMask?: number;
}

export interface ErasedWindow extends Window {
  /** Where random bytes come from. */
  readonly key: Key;
}

/** Null erases nothing, also where ten rectangles do not fit. */
export function randomErasing(options: RandomErasingOptions = {}): Transform<ErasedWindow | null> {
  const where = "randomErasing";
  const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0, fillMask } = options;
  checkedProbability(where, p);
  if (typeof value === "string") checkedWord(where, "value", value, ["random"]);
  checkedRange(where, "scale", scale, [0, 1]);
  checkedRange(where, "ratio", ratio, [Number.MIN_VALUE, Number.POSITIVE_INFINITY]);
  return {
    name: where,
    draw(key, scene) {
      const random = Random.of(key);
      if (random.uniform() >= p) return null;
      const window = smallerWindow(random, scene, scale, ratio);
      return window && { ...window, key: random.fork("bytes").key };
    },
    apply(sample, window) {
      if (!window) return sample;
      const { mask } = sample;
      return {
        ...sample,
        image: erased(sample.image, window, value),
        ...(mask && fillMask !== undefined && { mask: erased(mask, window, fillMask) }),
      };
    },
  };
}

/** A rectangle that is smaller than the picture in both directions; undefined when ten in a row were not. */
function smallerWindow(
  random: Random,
  { height, width }: Size,
  scale: readonly [number, number],
  ratio: readonly [number, number],
): Window | null {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * random.uniformRange(...scale);
    const shape = Math.exp(random.uniformRange(Math.log(ratio[0]), Math.log(ratio[1])));
    const rows = roundHalfEven(Math.sqrt(area * shape));
    const columns = roundHalfEven(Math.sqrt(area / shape));
    if (rows < height && columns < width) {
      const [top, left] = [random.int(height - rows + 1), random.int(width - columns + 1)];
      return { top, left, height: rows, width: columns };
    }
  }
  return null;
}

function erased(image: Image, window: ErasedWindow, value: Fill | "random"): Image {
  const { top, left, height, width, key } = window;
  const { channels } = image;
  const patch =
    value === "random"
      ? randomBytes(Random.of(key), height * width * channels)
      : filled({ height, width, channels }, value);
  const data = image.data.slice();
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    const at = ((top + y) * image.width + left) * channels;
    data.set(patch.subarray(y * row, (y + 1) * row), at);
  }
  return { ...image, data };
}

function randomBytes(random: Random, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = random.bits() >>> 24;
  return bytes;
}

export const randomErasingKind: TransformKind<RandomErasingOptions> = {
  settings: "p scale ratio value fillMask",
  make: randomErasing,
};

export const randomErasingSpec: TransformSpec = {
  name: "randomErasing",
  summary: "a rectangle of random place, area and shape painted over",
  options: "p 0.5; scale 0.02,0.33; ratio 0.3,3.3; value 0 (or random); fillMask (unchanged)",
  source: "Zhong and others 2017, arXiv:1708.04896, algorithm 1; torchvision RandomErasing",
  oracle: "torchvision 0.14 functional_tensor.erase",
};
