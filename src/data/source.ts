/**
 * What follows `convkit train`: a name of a data set and where it lies.
 *
 *   glyphs   glyphs:train=10000,test=2000,seed=1
 *   mnist:DIR   fashion-mnist:DIR   kmnist:DIR   emnist:DIR   emnist-letters:DIR …   cifar10:DIR   cifar100:DIR   cifar100-coarse:DIR   svhn:DIR
 *   photos/   photos.csv   photos.zip   shards/{0000..0003}.tar   pictures.npz   parquet:DIR   train.parquet
 *
 * A file's kind is told by how its name ends; `zip:`, `tar:`, `npz:`, `csv:`, `parquet:` and `folder:` in front say it as well.
 */
import { ConvkitError } from "../core/error.ts";
import type { GlyphOptions } from "./glyphs.ts";

const PLACES = [
  ...["mnist", "fashion-mnist", "kmnist"],
  ...["emnist", "emnist-byclass", "emnist-bymerge", "emnist-balanced"],
  ...["emnist-letters", "emnist-digits", "emnist-mnist"],
  ...["cifar10", "cifar100", "cifar100-coarse", "svhn"],
  ...["parquet", "zip", "tar", "npz", "csv", "folder"],
] as const;

/** What lies at a path. */
export type PlaceKind = (typeof PLACES)[number];

export type Source =
  | { readonly kind: "glyphs"; readonly options: GlyphOptions }
  | { readonly kind: PlaceKind; readonly path: string };

const KNOWN =
  "glyphs, mnist:DIR, fashion-mnist:DIR, kmnist:DIR, emnist:DIR, cifar10:DIR, cifar100:DIR, svhn:DIR, parquet:DIR, " +
  "a .csv, .zip, .tar or .npz file, or a folder of images";

const ENDINGS: readonly (readonly [RegExp, PlaceKind])[] = [
  [/\.(csv|tsv)$/i, "csv"],
  [/\.zip$/i, "zip"],
  [/\.(tar|tgz|tar\.gz)$/i, "tar"],
  [/\.npz$/i, "npz"],
  [/\.parquet$/i, "parquet"],
];

/** Throws for names that are no data set. A path's kind is told by its spelling alone. */
export function parseSource(text: string): Source {
  // One letter before a colon is a Windows drive.
  const match = /^([a-z][a-z0-9-]+)(?::(.*))?$/is.exec(text);
  const [, name = "", rest] = match ?? [];
  if (name === "glyphs") return { kind: "glyphs", options: parseGlyphOptions(rest ?? "") };
  const kind = PLACES.find((place) => place === name);
  if (kind && rest !== undefined) {
    if (rest === "") throw new ConvkitError("data", `${text} names no folder — write ${kind}:DIR`);
    return { kind, path: rest };
  }
  if (rest !== undefined) {
    throw new ConvkitError(
      "data",
      `"${name}" is no data set — write ${KNOWN} (./${text} if that is the folder's name)`,
    );
  }
  if (text === "") throw new ConvkitError("data", `no data set named — write ${KNOWN}`);
  const ending = ENDINGS.find(([pattern]) => pattern.test(text));
  return { kind: ending?.[1] ?? "folder", path: text };
}
/** A short name for what is made of it: of one's own data the last part of its path, else what it is called. */
export function nameOfSource(source: Source): string {
  const isOwn = ["folder", "csv", "zip", "tar", "npz", "parquet"].includes(source.kind);
  if (source.kind === "glyphs" || !isOwn) return source.kind;
  const last = source.path.split(/[/\\]/).findLast((part) => /\w/.test(part)) ?? "";
  const word = last.replace(/\.(csv|tsv|zip|tar|tgz|tar\.gz|npz|parquet)$/i, "");
  return word.replace(/(?:[-{}*?,]|\.\.)+/g, "-").replace(/^-|-$/g, "") || source.kind;
}

function parseGlyphOptions(text: string): GlyphOptions {
  const options: { train?: number; test?: number; seed?: number } = {};
  for (const pair of text.split(",").filter((part) => part !== "")) {
    const [key, value] = pair.split("=");
    const number = Number(value);
    const known = key === "train" || key === "test" || key === "seed";
    const valid =
      value?.trim() && Number.isSafeInteger(number) && number >= (key === "seed" ? 0 : 1);
    if (!known || !valid) {
      const wanted = "glyphs:train=N,test=N,seed=N with whole numbers";
      throw new ConvkitError("data", `"${pair}" is no option of glyphs — write ${wanted}`);
    }
    options[key] = number;
  }
  return options;
}
