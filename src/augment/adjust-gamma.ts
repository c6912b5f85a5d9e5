/** A power of every byte: 255 · gain · (byte/255)^gamma. */
import type { Image } from "../image/image.ts";
import { byFactor, type Factor } from "./by-factor.ts";
import { lookup, lookupTable } from "./lookup-table.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface AdjustGammaOptions {
  /** Above 1 shadows become darker, below 1 lighter; or [lowest, highest]. */
  readonly gamma: Factor;
  /** 1 by default. */
  readonly gain?: number;
}

export const adjustGamma = ({ gamma, gain = 1 }: AdjustGammaOptions): Transform<number> =>
  byFactor("adjustGamma", "gamma", gamma, [0, Number.POSITIVE_INFINITY], (image, drawn) =>
    withGamma(image, drawn, gain),
  );

/** The factor is 255.999, so that white stays white when fractions are cut off. */
export const withGamma = (image: Image, gamma: number, gain = 1): Image =>
  lookup(
    image,
    lookupTable((byte) => 255.999 * gain * (byte / 255) ** gamma),
  );

export const adjustGammaKind: TransformKind<AdjustGammaOptions> = {
  settings: "gamma gain",
  make: adjustGamma,
};

export const adjustGammaSpec: TransformSpec = {
  name: "adjustGamma",
  summary: "a power of every byte",
  options: "gamma (a number, or lowest,highest); gain 1",
  source: "torchvision adjust_gamma",
  oracle: "torchvision 0.14 functional_pil.adjust_gamma",
};
