/** Mirrors left and right. */
import { Random } from "../core/random.ts";
import type { Sample, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomHorizontalFlipOptions {
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export const randomHorizontalFlip = ({
  p = 0.5,
}: RandomHorizontalFlipOptions = {}): Transform<boolean> => ({
  name: "randomHorizontalFlip",
  draw: (key) => Random.of(key).uniform() < p,
  apply: (sample, flip) => (flip ? horizontalFlip(sample) : sample),
});

/** x → width − x. */
export function horizontalFlip({ image, mask, boxes, keypoints }: Sample): Sample {
  const { width } = image;
  return {
    image: mirrored(image),
    ...(mask && { mask: mirrored(mask) }),
    ...(boxes && {
      boxes: boxes.map((box) => ({ ...box, x1: width - box.x2, x2: width - box.x1 })),
    }),
    ...(keypoints && { keypoints: keypoints.map(({ x, y }) => ({ x: width - x, y })) }),
  };
}

function mirrored(image: Sample["image"]): Sample["image"] {
  const { width, height, channels, data: from } = image;
  const data = new Uint8Array(from.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [to, at] = [(y * width + x) * channels, ((y + 1) * width - 1 - x) * channels];
      for (let c = 0; c < channels; c++) data[to + c] = from[at + c];
    }
  }
  return { ...image, data };
}

export const randomHorizontalFlipKind: TransformKind<RandomHorizontalFlipOptions> = {
  settings: "p",
  make: randomHorizontalFlip,
};

export const randomHorizontalFlipSpec: TransformSpec = {
  name: "randomHorizontalFlip",
  summary: "mirrors left and right",
  options: "p 0.5",
  source: "torchvision",
  oracle: "torchvision 0.14 functional.hflip",
};
