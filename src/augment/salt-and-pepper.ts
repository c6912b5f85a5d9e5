/** Makes single pixels white or black, as broken cells of a sensor do. */
import { type Key, Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedRange } from "./checks.ts";
import { pixelKey, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface SaltAndPepperOptions {
  /** Share of the pixels, least and most; [0.01, 0.06] by default. */
  readonly amount?: readonly [number, number];
  /** Which share of these is white; [0.4, 0.6] by default. */
  readonly saltVsPepper?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface SaltAndPepper {
  readonly amount: number;
  readonly salt: number;
  readonly key: Key;
}

export function saltAndPepper(options: SaltAndPepperOptions = {}): Transform<SaltAndPepper | null> {
  const { amount = [0.01, 0.06], saltVsPepper = [0.4, 0.6], p = 0.5 } = options;
  checkedRange("saltAndPepper", "amount", amount, [0, 1]);
  checkedRange("saltAndPepper", "saltVsPepper", saltVsPepper, [0, 1]);
  return pixelTransform(
    "saltAndPepper",
    p,
    (random) => ({
      amount: random.uniformRange(...amount),
      salt: random.uniformRange(...saltVsPepper),
      key: pixelKey(random),
    }),
    withSaltAndPepper,
  );
}

/** All channels of a pixel together. */
export function withSaltAndPepper(image: Image, { amount, salt, key }: SaltAndPepper): Image {
  const random = Random.of(key);
  const data = image.data.slice();
  for (let i = 0; i < data.length; i += image.channels) {
    const u = random.uniform();
    if (u < amount) data.fill(u < amount * salt ? 255 : 0, i, i + image.channels);
  }
  return { ...image, data };
}

export const saltAndPepperKind: TransformKind<SaltAndPepperOptions> = {
  settings: "amount saltVsPepper p",
  make: saltAndPepper,
};

export const saltAndPepperSpec: TransformSpec = {
  name: "saltAndPepper",
  summary: "makes single pixels white or black",
  options: "amount 0.01,0.06; saltVsPepper 0.4,0.6; p 0.5",
  source: "Albumentations SaltAndPepper",
  oracle: "moments of scikit-image 0.19 util.random_noise(mode='s&p')",
};
