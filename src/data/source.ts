/**
 * What follows `convkit train`: a name of a data set and where it lies.
 *
 *   glyphs   glyphs:train=10000,test=2000,seed=1   mnist:DIR   fashion-mnist:DIR   cifar10:DIR   DIR
 */
import { ConvkitError } from "../core/error.ts";
import type { GlyphOptions } from "./glyphs.ts";

export type FolderKind = "mnist" | "fashion-mnist" | "cifar10" | "folder";

export type Source =
  | { readonly kind: "glyphs"; readonly options: GlyphOptions }
  | { readonly kind: FolderKind; readonly path: string };

const FOLDERS: readonly string[] = ["mnist", "fashion-mnist", "cifar10", "folder"];
const KNOWN = "glyphs, mnist:DIR, fashion-mnist:DIR, cifar10:DIR or a folder of images";

export function parseSource(text: string): Source {
  // One letter before a colon is a Windows drive.
  const match = /^([a-z][a-z0-9-]+)(?::(.*))?$/is.exec(text);
  const [, name = "", rest] = match ?? [];
  if (name === "glyphs") return { kind: "glyphs", options: parseGlyphOptions(rest ?? "") };
  if (FOLDERS.includes(name) && rest !== undefined) {
    if (rest === "") throw new ConvkitError("data", `${text} names no folder — write ${name}:DIR`);
    return { kind: name as FolderKind, path: rest };
  }
  if (rest !== undefined) {
    throw new ConvkitError(
      "data",
      `"${name}" is no data set — write ${KNOWN} (./${text} if that is the folder's name)`,
    );
  }
  if (text === "") throw new ConvkitError("data", `no data set named — write ${KNOWN}`);
  return { kind: "folder", path: text };
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
