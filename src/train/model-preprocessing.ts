/** How pictures are prepared for a model that other software trained: told by people, a file beside it, or the file itself. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { isInterpolation, resizeFilters } from "../image/interpolation.ts";
import { parsePreprocessing } from "../image/parse-preprocessing.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { type Channels, countChannels, parseChannels } from "../image/representation/names.ts";
import type { ModelInfo } from "../models/model.ts";

/** What people say of it; numbers for the channels in the order in which they are fed. */
export interface GivenPreprocessing {
  readonly channels?: Channels;
  /** Of a byte; 1/255 by default. */
  readonly scale?: number;
  /** Of scaled values; 0 by default. One number serves all channels. */
  readonly mean?: readonly number[];
  /** 1 by default. */
  readonly std?: readonly number[];
}

/** Of ImageNet's training pictures, in 0 … 1. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/**
 * How the published weights of an architecture want pictures of this shape: bytes to 0 … 1, ImageNet's mean and deviation and the
 * middle 224 of 256, unless the architecture says otherwise; a grey picture has the mean of the three channels. Undefined for
 * architectures that were not made for ImageNet's pictures.
 */
export function publishedPreprocessing(
  { inputShape, pictures }: Pick<ModelInfo, "inputShape" | "pictures">,
  [channels, height, width]: Shape,
): Preprocessing | undefined {
  if (inputShape[0] !== 3 || inputShape[1] < 160 || (channels !== 1 && channels !== 3)) return;
  const { mean, std, cropPct = 0.875, interpolation } = { ...IMAGENET, ...pictures };
  const each = (numbers: readonly number[]): readonly number[] =>
    channels === 3 ? numbers : [numbers.reduce((a, b) => a + b) / 3];
  const normal = { mean: each(mean), std: each(std), scale: 1 / 255 };
  const size = { height, width, fit: "cover", cropPct } as const;
  return { channels, ...normal, ...size, ...(interpolation && { interpolation }) };
}

const isGiven = ({ channels, scale, mean, std }: GivenPreprocessing): boolean =>
  [channels, scale, mean, std].some((value) => value !== undefined);

/** `given` over `base`; undefined where there is neither, and for inputs that are no pictures. */
export function preprocessingFor(
  shape: Shape,
  given: GivenPreprocessing,
  base?: Preprocessing,
): Preprocessing | undefined {
  const [channels, height, width] = shape;
  const representation =
    typeof given.channels === "object"
      ? given.channels
      : given.channels === undefined && base?.channels === channels && base?.representation;
  if (!representation && channels !== 1 && channels !== 3) return undefined;
  if (!isGiven(given)) return base && { ...base, channels, height, width };
  if (representation && countChannels(representation) !== channels) {
    throw new ConvkitError(
      "model",
      `channels ${representation.join("+")} are ${countChannels(representation)}, ` +
        `the model reads pictures of ${formatShape(shape)} — show it ${channels}`,
    );
  }
  const order = typeof given.channels === "string" ? given.channels : undefined;
  if (order !== undefined && (order === "grey") !== (channels === 1)) {
    throw new ConvkitError(
      "model",
      `channels "${order}", the model reads pictures of ${formatShape([channels, height, width])} — ` +
        `say ${channels === 1 ? "grey" : "rgb or bgr"}`,
    );
  }
  const each = (what: string, numbers: readonly number[]): readonly number[] => {
    if (numbers.length === channels) return numbers;
    if (numbers.length === 1) return new Array<number>(channels).fill(numbers[0]);
    const found = `${numbers.length} numbers for ${what}`;
    throw new ConvkitError("model", `${found}, the model has ${channels} channels — give one each`);
  };
  const { scale = base?.scale ?? 1 / 255 } = given;
  return {
    ...{ channels, height, width, scale },
    ...(order === "bgr"
      ? { order }
      : given.channels === undefined && base?.order && { order: base.order }),
    mean: each("mean", given.mean ?? base?.mean ?? [0]),
    std: each("std", given.std ?? base?.std ?? [1]),
    fit: base?.fit ?? "cover",
    ...(base?.cropPct !== undefined && { cropPct: base.cropPct }),
    ...(base?.interpolation && { interpolation: base.interpolation }),
    ...(base?.invert && { invert: true }),
    ...(representation && { representation }),
  };
}

/** What a file beside a model says: preprocessing, and names of the classes. */
export interface Sidecar {
  readonly given: GivenPreprocessing;
  readonly base?: Pick<Preprocessing, "fit" | "cropPct" | "interpolation">;
  readonly labels?: readonly string[];
}

/**
 * `{ "channels": "bgr", "scale": "1/255", "mean": […], "std": […], "fit": "cover", "cropPct": 0.875, "interpolation": "bicubic",
 * "classes": […] }`, all of it optional; `labels` is another word for classes, that of Teachable Machine's metadata.json.
 */
export function parseSidecar(text: string, file: string): Sidecar {
  const fail = (fact: string): never => {
    throw new ConvkitError("model", `${file}: ${fact} — correct it, or move it away`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail("is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail("is no JSON object");
  const said = value as Record<string, unknown>;
  const { scale, mean, std, fit, cropPct, interpolation, classes, labels } = said;
  const channels = typeof said.channels === "string" ? parseChannels(said.channels) : undefined;
  if (said.channels !== undefined && channels === undefined) {
    const found = JSON.stringify(said.channels);
    fail(`channels is ${found}, not rgb, bgr, grey or a representation such as rgb+hsv`);
  }
  const numbers = (name: string, list: unknown): number[] | undefined => {
    if (list === undefined) return undefined;
    const all = [list].flat();
    const isRight = all.every((n) => typeof n === "number" && Number.isFinite(n));
    return isRight && all.length > 0 ? (all as number[]) : fail(`${name} is no list of numbers`);
  };
  const factor = scale === undefined ? undefined : parseFraction(String(scale));
  if (factor !== undefined && !Number.isFinite(factor)) fail(`scale is ${JSON.stringify(scale)}`);
  const names = classes ?? labels;
  if (names !== undefined && !(Array.isArray(names) && names.every((n) => typeof n === "string"))) {
    fail("its classes are no list of names");
  }
  if (fit !== undefined && fit !== "cover" && fit !== "stretch")
    fail("fit is not cover or stretch");
  if (cropPct !== undefined && typeof cropPct !== "number") fail("cropPct is no number");
  if (interpolation !== undefined && !isInterpolation(interpolation))
    fail(`interpolation is not one of ${Object.keys(resizeFilters).join(", ")}`);
  return {
    given: {
      ...(channels !== undefined && { channels }),
      ...(factor !== undefined && { scale: factor }),
      ...(mean !== undefined && { mean: numbers("mean", mean) }),
      ...(std !== undefined && { std: numbers("std", std) }),
    },
    base: {
      ...(fit !== undefined && { fit: fit as "cover" | "stretch" }),
      ...(cropPct !== undefined && { cropPct: cropPct as number }),
      ...(isInterpolation(interpolation) && { interpolation }),
    },
    ...(names !== undefined && { labels: names as string[] }),
  };
}

/** "1/255" or "0.5"; NaN for other texts. */
export function parseFraction(text: string): number {
  const [, over, under = "1"] = /^\s*([\d.eE+-]+)\s*(?:\/\s*([\d.eE+-]+))?\s*$/.exec(text) ?? [];
  return over === undefined ? Number.NaN : Number(over) / Number(under);
}

/** What a model file of our own writing says in its metadata; undefined where it says nothing. */
export const statedPreprocessing = (
  metadata: Readonly<Record<string, string>>,
  file: string,
): Preprocessing | undefined =>
  metadata.preprocessing === undefined
    ? undefined
    : parsePreprocessing(metadata.preprocessing, file);

/** Class names of a file's metadata, a JSON list. */
export function statedLabels(metadata: Readonly<Record<string, string>>): string[] | undefined {
  for (const text of [metadata.classes, metadata.labels]) {
    if (text === undefined) continue;
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
    } catch {
      // Metadata of others under the same word.
    }
  }
  return undefined;
}
