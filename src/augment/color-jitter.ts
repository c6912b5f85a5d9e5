/**
 * Brightness, contrast, saturation and hue changed at random, one after the other in a random order (Krizhevsky, Sutskever
 * and Hinton 2012 began with it; the form is torchvision's ColorJitter).
 */
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { withBrightness } from "./adjust-brightness.ts";
import { withContrast } from "./adjust-contrast.ts";
import { withHue } from "./adjust-hue.ts";
import { withSaturation } from "./adjust-saturation.ts";
import type { Factor } from "./by-factor.ts";
import { onImage } from "./chance.ts";
import { checkedRange } from "./checks.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface ColorJitterOptions {
  /** The factor lies between 1 − brightness, or 0, and 1 + brightness; or [lowest, highest] factor. 0 by default, as all are. */
  readonly brightness?: Factor;
  readonly contrast?: Factor;
  readonly saturation?: Factor;
  /** Between −hue and hue, at most half a turn of the wheel; or [lowest, highest]. */
  readonly hue?: Factor;
}

export type ColorStep = "brightness" | "contrast" | "saturation" | "hue";

export interface ColorJitterParameters {
  /** In the order in which they are made; those without an option are left out. */
  readonly steps: readonly (readonly [ColorStep, number])[];
}

const names: readonly ColorStep[] = ["brightness", "contrast", "saturation", "hue"];

export function colorJitter(options: ColorJitterOptions = {}): Transform<ColorJitterParameters> {
  const ranges = names.flatMap((step) => {
    const range = rangeOf(step, options[step] ?? 0);
    return range ? [{ step, range }] : [];
  });
  return {
    name: "colorJitter",
    draw(key) {
      const random = Random.of(key);
      const order = random.shuffle(ranges.map((_, i) => i));
      return { steps: order.map((i) => [ranges[i].step, random.uniformRange(...ranges[i].range)]) };
    },
    apply: (sample, { steps }) =>
      onImage((image) => steps.reduce((now, [step, factor]) => colored(now, step, factor), image))(
        sample,
      ),
  };
}

/** One step of a jitter. */
export function colored(image: Image, step: ColorStep, factor: number): Image {
  const change = {
    brightness: withBrightness,
    contrast: withContrast,
    saturation: withSaturation,
    hue: withHue,
  }[step];
  return change(image, factor);
}

/** Lowest and highest factor; undefined where they change nothing. */
function rangeOf(step: ColorStep, factor: Factor): readonly [number, number] | undefined {
  const [middle, least, most] = step === "hue" ? [0, -0.5, 0.5] : [1, 0, Number.POSITIVE_INFINITY];
  const range: readonly [number, number] =
    typeof factor === "number"
      ? [step === "hue" ? -factor : Math.max(0, 1 - factor), middle + factor]
      : factor;
  checkedRange("colorJitter", step, range, [least, most]);
  return range[0] === middle && range[1] === middle ? undefined : range;
}

export const colorJitterKind: TransformKind<ColorJitterOptions> = {
  settings: "brightness contrast saturation hue",
  make: colorJitter,
};

export const colorJitterSpec: TransformSpec = {
  name: "colorJitter",
  summary: "brightness, contrast, saturation and hue at random, in random order",
  options: "brightness 0; contrast 0; saturation 0; hue 0 (each a number, or lowest,highest)",
  source: "torchvision ColorJitter",
  oracle: "torchvision 0.14 functional_pil.adjust_brightness, _contrast, _saturation, _hue",
};
