/**
 * Rain: slanted streaks of one colour, the picture with them smoothed by a box, then darkened. One streak to 600 pixels. Options as
 * Albumentations has them; the drawing is ours.
 */
import { ConvkitError } from "../core/error.ts";
import { filterImage } from "../image/filter.ts";
import type { Image } from "../image/image.ts";
import { normalized } from "../nn/kernels/kernel.ts";
import { withBrightness } from "./adjust-brightness.ts";
import { checkedRange, shown } from "./checks.ts";
import { fillWindows } from "./fill-windows.ts";
import { intBetween, pixelTransform } from "./pixel-transform.ts";
import type { Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface RandomRainOptions {
  /** How many pixels a streak of 20 goes to the right, least and most; [-10, 10] by default. */
  readonly slantRange?: readonly [number, number];
  /** Rows of a streak; 20 by default. */
  readonly dropLength?: number;
  /** Columns of it; 1 by default. */
  readonly dropWidth?: number;
  /** [200, 200, 200] by default; a grey picture takes its mean. */
  readonly dropColor?: readonly [number, number, number];
  /** Side of the box, 1 for none; 7 by default. */
  readonly blurValue?: number;
  /** Brightness afterwards; 0.7 by default. */
  readonly brightnessCoefficient?: number;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export interface Rain {
  readonly slant: number;
  /** Row and column where each streak begins. */
  readonly drops: readonly (readonly [number, number])[];
}

export function randomRain(options: RandomRainOptions = {}): Transform<Rain | null> {
  const { slantRange = [-10, 10], dropLength = 20, dropWidth = 1, blurValue = 7 } = options;
  const { dropColor = [200, 200, 200], brightnessCoefficient = 0.7, p = 0.5 } = options;
  checkedRange("randomRain", "slantRange", slantRange, [-20, 20]);
  checkedRange("randomRain", "brightnessCoefficient", [0, brightnessCoefficient], [0, 1]);
  for (const [name, size] of Object.entries({ dropLength, dropWidth, blurValue })) {
    if (Number.isInteger(size) && size > 0) continue;
    throw new ConvkitError("randomRain", `${name} is ${shown(size)} — give whole pixels`);
  }
  return pixelTransform(
    "randomRain",
    p,
    (random, { height, width }) => ({
      slant: intBetween(random, slantRange),
      drops: Array.from(
        { length: Math.floor((height * width) / 600) },
        () => [random.int(Math.max(1, height - dropLength)), random.int(width)] as const,
      ),
    }),
    (image, rain) => {
      const wet = withStreaks(image, rain, dropLength, dropWidth, dropColor);
      const box = { shape: [blurValue, blurValue] as const, values: Array(blurValue ** 2).fill(1) };
      const soft =
        blurValue > 1 ? filterImage(wet, normalized(box), { paddingMode: "replicate" }) : wet;
      return withBrightness(soft, brightnessCoefficient);
    },
  );
}

export function withStreaks(
  image: Image,
  { slant, drops }: Rain,
  length: number,
  width: number,
  colour: readonly [number, number, number],
): Image {
  const windows = drops.flatMap(([top, left]) =>
    Array.from({ length }, (_, i) => ({
      ...{ top: top + i, left: left + Math.round((slant * i) / 20) },
      ...{ height: 1, width },
    })),
  );
  const grey = Math.round((colour[0] + colour[1] + colour[2]) / 3);
  return fillWindows(image, windows, image.channels === 1 ? grey : colour);
}

export const randomRainKind: TransformKind<RandomRainOptions> = {
  settings: "slantRange dropLength dropWidth dropColor blurValue brightnessCoefficient p",
  make: randomRain,
};

export const randomRainSpec: TransformSpec = {
  name: "randomRain",
  summary: "slanted streaks on a softer, darker picture",
  options:
    "slantRange -10,10; dropLength 20; dropWidth 1; dropColor 200,200,200; blurValue 7; brightnessCoefficient 0.7; p 0.5",
  source: "options of Albumentations RandomRain; one streak to 600 pixels",
  oracle: "its definition",
};
