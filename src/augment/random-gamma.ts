/** A random power of every byte. */
import { withGamma } from "./adjust-gamma.ts";
import { checkedRange } from "./checks.ts";
import { pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomGammaOptions {
  /** The exponent in percent, least and most; [80, 120] by default. */
  readonly gammaLimit?: readonly [number, number];
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export function randomGamma({
  gammaLimit = [80, 120],
  p = 0.5,
}: RandomGammaOptions = {}): Transform<{ readonly gamma: number } | null> {
  checkedRange("randomGamma", "gammaLimit", gammaLimit, [0, Number.POSITIVE_INFINITY]);
  return pixelTransform(
    "randomGamma",
    p,
    (random) => ({ gamma: random.uniformRange(...gammaLimit) / 100 }),
    (image, { gamma }) => withGamma(image, gamma),
  );
}

export const randomGammaKind: TransformKind<RandomGammaOptions> = {
  settings: "gammaLimit p",
  make: randomGamma,
};

export const randomGammaSpec: TransformSpec = {
  name: "randomGamma",
  summary: "a random power of every byte",
  options: "gammaLimit 80,120 (percent); p 0.5",
  source: "Albumentations RandomGamma",
  oracle: "torchvision 0.14 functional_pil.adjust_gamma",
};
