/** Adds normal noise to every pixel. */
import { type Key, Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedRange } from "./checks.ts";
import { pixelKey, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface GaussNoiseOptions {
  /** Standard deviation, least and most, as a share of white; [0.2, 0.44] by default. */
  readonly stdRange?: readonly [number, number];
  /** The same of the mean; [0, 0] by default. */
  readonly meanRange?: readonly [number, number];
  /** Whether every channel has noise of its own, which it has by default. */
  readonly perChannel?: boolean;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface GaussNoise {
  readonly mean: number;
  readonly std: number;
  readonly key: Key;
}

export function gaussNoise(options: GaussNoiseOptions = {}): Transform<GaussNoise | null> {
  const { stdRange = [0.2, 0.44], meanRange = [0, 0], perChannel = true, p = 0.5 } = options;
  checkedRange("gaussNoise", "stdRange", stdRange, [0, 1]);
  checkedRange("gaussNoise", "meanRange", meanRange, [-1, 1]);
  return pixelTransform(
    "gaussNoise",
    p,
    (random) => ({
      std: random.uniformRange(...stdRange),
      mean: random.uniformRange(...meanRange),
      key: pixelKey(random),
    }),
    (image, noise) => withGaussNoise(image, noise, perChannel),
  );
}

/** Rounded and clamped to bytes. */
export function withGaussNoise(
  image: Image,
  { mean, std, key }: GaussNoise,
  perChannel = true,
): Image {
  const random = Random.of(key);
  const data = new Uint8ClampedArray(image.data);
  const together = perChannel ? 1 : image.channels;
  for (let i = 0; i < data.length; i += together) {
    const noise = 255 * (mean + std * random.normal());
    for (let c = 0; c < together; c++) data[i + c] += noise;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

export const gaussNoiseKind: TransformKind<GaussNoiseOptions> = {
  settings: "stdRange meanRange perChannel p",
  make: gaussNoise,
};

export const gaussNoiseSpec: TransformSpec = {
  name: "gaussNoise",
  summary: "adds normal noise to every pixel",
  options: "stdRange 0.2,0.44; meanRange 0,0; perChannel true; p 0.5",
  source: "Albumentations GaussNoise",
  oracle: "moments of scikit-image 0.19 util.random_noise(mode='gaussian')",
};
