/** Pictures and labels that a folder, a table or an archive names, before any picture was read. */
import { ConvkitError } from "../core/error.ts";
import type { EncodedImage } from "./encoded-image.ts";

export interface FoundPart {
  readonly files: readonly EncodedImage[];
  /** A class number a file. */
  readonly labels: Int32Array;
  /** N×K shares of the classes, where labels are soft. */
  readonly targets?: Float32Array;
  /** A mask a file, where pictures are segmented: labels say nothing then. */
  readonly masks?: readonly EncodedImage[];
}

export interface FoundPictures {
  /** What the data set is called. */
  readonly name: string;
  /** What messages call the place: a path. */
  readonly where: string;
  readonly classes: readonly string[];
  /** What the numbers of masks are called, from 0 on, where a list says so. */
  readonly maskClasses?: readonly string[];
  readonly train: FoundPart;
  readonly validation?: FoundPart;
  readonly test?: FoundPart;
  /** What was recognised or left out, for people. */
  readonly notes: readonly string[];
}

export type PartName = "train" | "validation" | "test";

export const partNames: readonly PartName[] = ["train", "validation", "test"];

const partWords: Readonly<Record<string, PartName>> = {
  ...{ train: "train", training: "train", trn: "train" },
  ...{ val: "validation", valid: "validation", validation: "validation", dev: "validation" },
  ...{ test: "test", testing: "test", tst: "test" },
};

/** The part that a word names, in whatever case. */
export const partOfWord = (word: string): PartName | undefined => {
  const key = word.toLowerCase();
  return Object.hasOwn(partWords, key) ? partWords[key] : undefined;
};

/** The part that a file's name has in it: `train-00000-of-00002.parquet`, `photos_val_0001.tar`. Training, where it names none. */
export function partOfName(name: string): PartName {
  const words = name.split(/[^a-z]+/i).map(partOfWord);
  return words.find((part) => part !== undefined) ?? "train";
}

/** `a, b, c and 7 more`. */
export function fewOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Classes by the names that occur; those that are all whole numbers in the order of numbers, others of their code units. */
export function sortedClasses(names: Iterable<string>): string[] {
  const classes = [...new Set(names)];
  const numbers = classes.every((name) => /^\d+$/.test(name));
  return numbers ? classes.sort((a, b) => Number(a) - Number(b)) : classes.sort();
}

/** Throws where there is nothing to tell apart or a class has no picture to learn from. */
export function checkClasses(where: string, classes: readonly string[], labels: Int32Array): void {
  if (classes.length < 2) {
    const fact = classes.length === 0 ? "no class" : `one class only, ${classes[0]}`;
    throw new ConvkitError(
      "data",
      `${where}: ${fact} — a classifier needs pictures of two or more classes`,
    );
  }
  const seen = new Set(labels);
  const empty = classes.filter((_, label) => !seen.has(label));
  if (empty.length > 0) {
    throw new ConvkitError(
      "data",
      `${where}: no picture to train on of ${fewOf(empty)} — add some, or remove the class`,
    );
  }
}
