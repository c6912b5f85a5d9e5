/** Reads what `formatPreprocessing` writes, or a person beside a model file, and checks it. */
import { ConvkitError } from "../core/error.ts";
import { isInterpolation, resizeFilters } from "./interpolation.ts";
import type { Preprocessing } from "./preprocessing.ts";
import {
  countChannels,
  isRepresentation,
  type RepresentationName,
  representationChannels,
} from "./representation/names.ts";

/** `file` is for errors, which say what is wrong with which field. */
export function parsePreprocessing(text: string, file = "model"): Preprocessing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConvkitError(
      "preprocess",
      `${file}: its preprocessing is not JSON — save the model again`,
      {
        cause,
      },
    );
  }
  const how = (value ?? {}) as Preprocessing;
  const { channels, height, width, order, mean, std, scale, invert, fit, cropPct } = how;
  const { representation, interpolation } = how;
  const represented = isRepresentationList(representation)
    ? countChannels(representation)
    : undefined;
  const perChannel = (numbers: unknown): boolean =>
    Array.isArray(numbers) && numbers.length === channels && numbers.every(Number.isFinite);
  const faults: readonly (readonly [boolean, string])[] = [
    [
      representation === undefined || represented !== undefined,
      `representation is a list of ${Object.keys(representationChannels).join(", ")}`,
    ],
    represented === undefined
      ? [channels === 1 || channels === 3, "channels is 1 or 3"]
      : [channels === represented, `channels is ${represented}, what its representation has`],
    [isSize(height) && isSize(width), "height and width are whole numbers above 0"],
    [order === undefined || order === "rgb" || order === "bgr", "order is rgb or bgr"],
    [perChannel(mean), "mean has one number per channel"],
    [perChannel(std) && std.every((s) => s > 0), "std has one number above 0 per channel"],
    [Number.isFinite(scale), "scale is a number"],
    [invert === undefined || typeof invert === "boolean", "invert is true or false"],
    [fit === undefined || fit === "stretch" || fit === "cover", "fit is stretch or cover"],
    [
      interpolation === undefined || isInterpolation(interpolation),
      `interpolation is ${Object.keys(resizeFilters).join(", ")}`,
    ],
    [cropPct === undefined || (cropPct > 0 && cropPct <= 1), "cropPct is above 0, at most 1"],
  ];
  const fault = faults.find(([holds]) => !holds);
  if (fault) {
    const message = `${file}: its preprocessing is wrong, ${fault[1]} — save the model again`;
    throw new ConvkitError("preprocess", `${message}; found ${text}`);
  }
  return how;
}

const isRepresentationList = (names: unknown): names is readonly RepresentationName[] =>
  Array.isArray(names) && names.length > 0 && names.every(isRepresentation);

const isSize = (size: unknown): boolean => Number.isInteger(size) && (size as number) > 0;
