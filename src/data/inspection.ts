/** What a look at all pictures of a data set found, and what follows from it. */
import type { Image } from "../image/image.ts";
import type { PartName } from "./found-pictures.ts";
import type { Normalization } from "./normalization.ts";

/** `all` where the data has no parts of its own and will be split. */
export type InspectedPart = PartName | "all";

/** One that can be decoded. */
export interface InspectedPicture {
  readonly name: string;
  readonly part: InspectedPart;
  readonly label: number;
  /** As it is shown, turned by its EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** No pixel has any colour. */
  readonly isGrey: boolean;
  /** Of files. */
  readonly bytes?: number;
  readonly format?: string;
  /** As in `ImageDescription`. */
  readonly mode?: string;
  readonly isTurned?: boolean;
}

export interface BrokenPicture {
  readonly name: string;
  readonly part: InspectedPart;
  readonly label: number;
  readonly reason: string;
}

/** Pictures that are copies of each other, by their numbers. */
export interface Copies {
  readonly pictures: readonly number[];
  /** Equal bytes; else recompressed, resized or brightened. */
  readonly isExact: boolean;
  /** A picture has one class: one of their labels is wrong. */
  readonly acrossClasses: boolean;
  /** Trained on and tested with: results flatter. */
  readonly acrossParts: boolean;
}

export interface Inspection {
  readonly name: string;
  readonly classes: readonly string[];
  readonly parts: readonly InspectedPart[];
  readonly pictures: readonly InspectedPicture[];
  readonly broken: readonly BrokenPicture[];
  readonly copies: readonly Copies[];
  /** Of the pictures to train on; each counts alike, whatever its size. */
  readonly normalization: Normalization;
  /** Whether they lie in files, of any size, or in memory. */
  readonly inFiles: boolean;
  readonly notes: readonly string[];
  /** Picture i itself. */
  readonly read: (i: number) => Promise<Image>;
}

/** Files of each class in a part, broken ones among them. */
export function countFiles(
  { classes, pictures, broken }: Inspection,
  part: InspectedPart,
): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const file of [...pictures, ...broken]) if (file.part === part) counts[file.label]++;
  return counts;
}

/** Without pictures to train on. */
export function emptyClasses(inspection: Inspection): string[] {
  const counts = countFiles(inspection, inspection.parts[0]);
  return inspection.classes.filter((_, label) => counts[label] === 0);
}

/** Pictures to train on: the largest class by the smallest that is not empty. */
export function imbalanceOf(inspection: Inspection): number {
  const counts = countFiles(inspection, inspection.parts[0]).filter((count) => count > 0);
  return counts.length === 0 ? 1 : Math.max(...counts) / Math.min(...counts);
}

/** From here on a classifier does better with balanced sampling or weights. */
export const IMBALANCED = 3;

/** Two classes that share this much of the smaller one are one class by two names. */
const SAME_CLASS = 0.5;

export interface SameClasses {
  readonly classes: readonly [string, string];
  readonly shared: number;
  /** Pictures of the smaller one. */
  readonly of: number;
}

/** Pairs of classes that hold mostly the same photos. */
export function sameClasses(inspection: Inspection): SameClasses[] {
  const { classes, pictures, copies } = inspection;
  const totals = classes.map((_, label) => pictures.filter((of) => of.label === label).length);
  const shared = new Map<string, number>();
  for (const { pictures: numbers, acrossClasses } of copies) {
    if (!acrossClasses) continue;
    const labels = [...new Set(numbers.map((i) => pictures[i].label))].sort((a, b) => a - b);
    for (const [at, a] of labels.entries()) {
      for (const b of labels.slice(at + 1)) {
        const both = [a, b].map((label) => numbers.filter((i) => pictures[i].label === label));
        const least = Math.min(...both.map(({ length }) => length));
        shared.set(`${a},${b}`, (shared.get(`${a},${b}`) ?? 0) + least);
      }
    }
  }
  return [...shared].flatMap(([key, count]) => {
    const [a, b] = key.split(",").map(Number);
    const of = Math.min(totals[a], totals[b]);
    return count < SAME_CLASS * of
      ? []
      : [{ classes: [classes[a], classes[b]] as const, shared: count, of }];
  });
}

/** The value that a share of all lies at or below; of sorted numbers. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

export interface SizeRange {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function rangeOf(values: readonly number[]): SizeRange {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0], median: quantile(sorted, 0.5), max: sorted[sorted.length - 1] };
}

export const shorterSide = ({ width, height }: InspectedPicture): number => Math.min(width, height);

const USUAL_SIZES = [32, 48, 64, 96, 128, 160, 192, 224];

/**
 * The largest usual input that nine pictures in ten fill without being enlarged, 224 at most, or the size that all have where
 * that is small. Undefined for pictures in memory, which have theirs.
 */
export function suggestedSize({ pictures, inFiles }: Inspection): number | undefined {
  if (!inFiles || pictures.length === 0) return undefined;
  const sides = pictures.map(shorterSide).sort((a, b) => a - b);
  const [first, last] = [sides[0], sides[sides.length - 1]];
  if (first === last && last <= 224) return last;
  const tenth = quantile(sides, 0.1);
  return USUAL_SIZES.findLast((size) => size <= tenth) ?? Math.max(1, tenth);
}
