/** Counts that text and page of an inspection share. */
import {
  IMBALANCED,
  type InspectedPicture,
  type Inspection,
  imbalanceOf,
  shorterSide,
  suggestedSize,
} from "../../data/node.ts";
import { shellWord } from "../given-flags.ts";
import { count } from "../output.ts";

/** `35 pictures in 4 classes` */
export const inClasses = ({ pictures, classes }: Inspection): string =>
  `${count(pictures.length)} pictures in ${classes.length} ${classes.length === 1 ? "class" : "classes"}`;

/** How often each value occurs, the most frequent first. */
export function tally(values: readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

const EDGES = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096];

export interface SizeBin {
  /** `128–255` */
  readonly label: string;
  readonly count: number;
}

/** Of the shorter sides, by powers of two, from the first that there are to the last. */
export function sizeBins(pictures: readonly InspectedPicture[]): SizeBin[] {
  const counts = EDGES.map((edge, i) => {
    const next = EDGES[i + 1] ?? Number.POSITIVE_INFINITY;
    const inside = pictures.filter((of) => shorterSide(of) >= edge && shorterSide(of) < next);
    const label =
      edge === 0
        ? `below ${next}`
        : next < Number.POSITIVE_INFINITY
          ? `${edge}–${next - 1}`
          : `from ${edge}`;
    return { label, count: inside.length };
  });
  const [first, last] = [
    counts.findIndex(({ count }) => count > 0),
    counts.findLastIndex(({ count }) => count > 0),
  ];
  return counts.slice(first, last + 1);
}

/** From this size on, pictures are photographs that a trained network knows how to look at. */
const PHOTOGRAPHS = 96;

/** A command to go on with. */
export function suggestedCommand(data: string, inspection: Inspection): string {
  const size = suggestedSize(inspection);
  const trained = "--model resnet18 --weights resnet18.pth --freeze body";
  return [
    `convkit train ${shellWord(data)}`,
    ...(size === undefined ? [] : [size >= PHOTOGRAPHS ? trained : `--size ${size}`]),
    ...(inspection.broken.length > 0 ? ["--skip-broken"] : []),
    ...(imbalanceOf(inspection) >= IMBALANCED ? ["--sampler balanced"] : []),
  ].join(" ");
}
