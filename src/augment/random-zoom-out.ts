/** A larger canvas with the picture somewhere on it, so that things become small (Liu and others 2016, "SSD", section 2.2). */
import { Random } from "../core/random.ts";
import type { ChanceOptions } from "./chance.ts";
import { checkedProbability, checkedRange } from "./checks.ts";
import { type FillOptions, padSample, type Sides } from "./pad.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomZoomOutOptions extends ChanceOptions, FillOptions {
  /** How much longer the sides become, lowest and highest factor; [1, 4] by default. */
  readonly sideRange?: readonly [number, number];
}

/** Its parameters are the pixels added on each side; null adds none. */
export function randomZoomOut(options: RandomZoomOutOptions = {}): Transform<Sides | null> {
  const { sideRange = [1, 4], p = 0.5, ...fill } = options;
  checkedProbability("randomZoomOut", p);
  checkedRange("randomZoomOut", "sideRange", sideRange, [1, Number.POSITIVE_INFINITY]);
  return {
    name: "randomZoomOut",
    draw(key, { height, width }) {
      const random = Random.of(key);
      if (random.uniform() >= p) return null;
      const factor = random.uniformRange(...sideRange);
      const [rows, columns] = [height, width].map((side) => Math.floor(side * factor) - side);
      const [top, left] = [rows, columns].map((more) => Math.floor(more * random.uniform()));
      return [top, rows - top, left, columns - left];
    },
    apply: (sample, sides) => (sides ? padSample(sample, sides, fill) : sample),
  };
}

export const randomZoomOutKind: TransformKind<RandomZoomOutOptions> = {
  settings: "fill fillMask sideRange p",
  make: randomZoomOut,
};

export const randomZoomOutSpec: TransformSpec = {
  name: "randomZoomOut",
  summary: "a larger canvas with the picture somewhere on it",
  options: "fill 0; fillMask 0; sideRange 1,4; p 0.5",
  source: "Liu and others 2016, SSD, arXiv:1512.02325, section 2.2; torchvision v2 RandomZoomOut",
  oracle: "torchvision 0.14 functional_pil.pad",
};
