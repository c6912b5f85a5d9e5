/** `adjustSharpness`, with a probability. */
import { withSharpness } from "./adjust-sharpness.ts";
import { type ChanceOptions, onImage, randomly } from "./chance.ts";
import { checkedNumber } from "./checks.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomAdjustSharpnessOptions extends ChanceOptions {
  /** 0 is blurred, 1 the picture as it is, 2 sharpened. */
  readonly sharpnessFactor: number;
}

export function randomAdjustSharpness(options: RandomAdjustSharpnessOptions): Transform<boolean> {
  const { sharpnessFactor, p = 0.5 } = options;
  const bounds = [0, Number.POSITIVE_INFINITY] as const;
  checkedNumber("randomAdjustSharpness", "sharpnessFactor", sharpnessFactor, bounds);
  return randomly(
    "randomAdjustSharpness",
    p,
    onImage((image) => withSharpness(image, sharpnessFactor)),
  );
}

export const randomAdjustSharpnessKind: TransformKind<RandomAdjustSharpnessOptions> = {
  settings: "sharpnessFactor p",
  make: randomAdjustSharpness,
};

export const randomAdjustSharpnessSpec: TransformSpec = {
  name: "randomAdjustSharpness",
  summary: "sharpens or blurs",
  options: "sharpnessFactor; p 0.5",
  source: "torchvision RandomAdjustSharpness",
  oracle: "torchvision 0.14 functional_pil.adjust_sharpness",
};
