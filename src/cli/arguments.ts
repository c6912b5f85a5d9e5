/** How words of the command line become values; a wrong one is refused with what would be right. */
import { InvalidArgumentError } from "commander";
import { type BackendName, backendNames } from "../tensor/index.ts";

export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least}.`);
  };

/** `range` as people write it: "0 or more". */
export const real =
  (range: string, holds: (value: number) => boolean) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && holds(value)) return value;
    throw new InvalidArgumentError(`Give a number, ${range}.`);
  };

export const atLeastZero = real("0 or more", (value) => value >= 0);
export const aboveZero = real("above 0", (value) => value > 0);
export const share = real("from 0 to below 1", (value) => value >= 0 && value < 1);

export function backend(text: string): BackendName {
  if ((backendNames as readonly string[]).includes(text)) return text as BackendName;
  const later = text === "webgpu" ? " (webgpu is not there yet)" : "";
  throw new InvalidArgumentError(`Choose ${backendNames.join(", ")}${later}.`);
}

/** `0.9,0.999` */
export function pair(text: string): [number, number] {
  const [a, b, ...more] = text.split(",").map((word) => (word.trim() ? Number(word) : Number.NaN));
  if (Number.isFinite(a) && Number.isFinite(b) && more.length === 0) return [a, b];
  throw new InvalidArgumentError("Give two numbers, such as 0.9,0.999.");
}

/** `3x224x224` */
export function shape(text: string): number[] {
  const sizes = text.split(/[x×,]/i).map(Number);
  if (sizes.length === 3 && sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  throw new InvalidArgumentError("Give channels, height and width, such as 3x224x224.");
}

/** `64` or `64x48`: height and width. */
export function pictureSize(text: string): [number, number] {
  const sizes = text.split(/[x×,]/i).map(Number);
  const [height, width = height] = sizes;
  if (sizes.length <= 2 && [height, width].every((size) => Number.isInteger(size) && size > 0)) {
    return [height, width];
  }
  throw new InvalidArgumentError("Give height and width, such as 64x64.");
}

/** `balanced`, or a number for each class. */
export function classWeights(text: string): "balanced" | number[] {
  if (text === "balanced") return text;
  const weights = text.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  if (weights.every((weight) => weight >= 0 && Number.isFinite(weight))) return weights;
  throw new InvalidArgumentError('Give "balanced", or a number for each class, such as 1,1,2.');
}

/** One of several words. */
export const oneOf =
  <W extends string>(...known: readonly W[]) =>
  (text: string): W => {
    const found = known.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Choose ${known.join(", ")}.`);
  };

/** `conv1,layer1` */
export function names(text: string): string[] {
  const list = text.split(",").map((name) => name.trim());
  if (list.every(Boolean)) return list;
  throw new InvalidArgumentError("Give names, joined by commas.");
}

/** Gathers an option that may be given several times. */
export const gather = (text: string, sofar: readonly string[] = []): string[] => [...sofar, text];

/** A drawing's file. */
export function svgFile(text: string): string {
  if (/\.svg$/i.test(text)) return text;
  throw new InvalidArgumentError("Pictures are drawn as SVG, give a name in .svg.");
}

/** A picture's file. */
export function pngFile(text: string): string {
  if (/\.png$/i.test(text)) return text;
  throw new InvalidArgumentError("The picture is a PNG, give a name in .png.");
}

/** A page's file. */
export function htmlFile(text: string): string {
  if (/\.html?$/i.test(text)) return text;
  throw new InvalidArgumentError("The page is HTML, give a name in .html.");
}
