/**
 * Brightness, contrast, saturation, hue and the order of channels, each changed with a probability; contrast comes before or
 * after saturation and hue (Liu, Anguelov, Erhan and others 2016, "SSD", arXiv:1512.02325).
 */
import { Random } from "../core/random.ts";
import { type ChanceOptions, onImage } from "./chance.ts";
import { checkedProbability, checkedRange } from "./checks.ts";
import { type ColorStep, colored } from "./color-jitter.ts";
import { type ChannelOrder, permuted } from "./random-channel-permutation.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomPhotometricDistortOptions extends ChanceOptions {
  /** Lowest and highest factor; [0.875, 1.125] by default. */
  readonly brightness?: readonly [number, number];
  /** [0.5, 1.5] by default. */
  readonly contrast?: readonly [number, number];
  /** [0.5, 1.5] by default. */
  readonly saturation?: readonly [number, number];
  /** In turns of the wheel; [−0.05, 0.05] by default. */
  readonly hue?: readonly [number, number];
}

export interface PhotometricDistortion {
  /** In the order in which they are made. */
  readonly steps: readonly (readonly [ColorStep, number])[];
  readonly channels?: ChannelOrder;
}

export function randomPhotometricDistort(
  options: RandomPhotometricDistortOptions = {},
): Transform<PhotometricDistortion> {
  const where = "randomPhotometricDistort";
  const { p = 0.5 } = options;
  checkedProbability(where, p);
  const ranges = {
    brightness: options.brightness ?? [0.875, 1.125],
    contrast: options.contrast ?? [0.5, 1.5],
    saturation: options.saturation ?? [0.5, 1.5],
    hue: options.hue ?? [-0.05, 0.05],
  } as const;
  for (const [step, range] of Object.entries(ranges)) {
    checkedRange(where, step, range, step === "hue" ? [-0.5, 0.5] : [0, Number.POSITIVE_INFINITY]);
  }
  return {
    name: where,
    draw(key) {
      const random = Random.of(key);
      const isContrastLast = random.uniform() < 0.5;
      const order: ColorStep[] = isContrastLast
        ? ["brightness", "saturation", "hue", "contrast"]
        : ["brightness", "contrast", "saturation", "hue"];
      const steps = order
        .filter(() => random.uniform() < p)
        .map((step) => [step, random.uniformRange(...ranges[step])] as const);
      const isPermuted = random.uniform() < p;
      return { steps, ...(isPermuted && { channels: random.shuffle([0, 1, 2]) }) };
    },
    apply: (sample, { steps, channels }) =>
      onImage((image) => {
        const jittered = steps.reduce((now, [step, factor]) => colored(now, step, factor), image);
        return channels ? permuted(jittered, channels) : jittered;
      })(sample),
  };
}

export const randomPhotometricDistortKind: TransformKind<RandomPhotometricDistortOptions> = {
  settings: "brightness contrast saturation hue p",
  make: randomPhotometricDistort,
};

export const randomPhotometricDistortSpec: TransformSpec = {
  name: "randomPhotometricDistort",
  summary:
    "brightness, contrast, saturation, hue and the order of channels, each with a probability",
  options: "brightness 0.875,1.125; contrast 0.5,1.5; saturation 0.5,1.5; hue −0.05,0.05; p 0.5",
  source: "Liu and others 2016, SSD, arXiv:1512.02325; torchvision v2 RandomPhotometricDistort",
  oracle: "torchvision 0.14 functional_pil.adjust_brightness, _contrast, _saturation, _hue",
};
