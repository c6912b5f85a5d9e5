/** The representations by their names. */
import { fourierMagnitude, fourierPhase } from "./fourier.ts";
import { hsv } from "./hsv.ts";
import type { RepresentationName } from "./names.ts";
import { grey, intensity, rgb } from "./plain.ts";
import type { Represent } from "./source.ts";

export const representations: Readonly<Record<RepresentationName, Represent>> = {
  ...{ rgb, grey, hsv, intensity, fourierMagnitude, fourierPhase },
};
