/**
 * A seeded, stratified split: each class gives the same share of its pictures to validation, so that a small
 * validation set keeps the balance of the whole. A class always keeps at least one picture to train on. Pictures of one group
 * (near-duplicates) stay on one side.
 */
import { ConvkitError } from "../core/error.ts";
import { groupBy } from "../core/group-by.ts";
import { Random } from "../core/random.ts";
import { type Dataset, type DatasetFacts, subset } from "./dataset.ts";

export interface Split<D extends Dataset = Dataset> {
  readonly train: D;
  readonly validation: D;
}

/** `fraction` of the data set, between 0 and 1, goes to validation; both parts keep the original order. */
export function splitDataset<D extends Dataset>(dataset: D, fraction: number, seed = 0): Split<D> {
  const { validation, train } = splitIndices(dataset, fraction, seed);
  return { train: subset(dataset, train), validation: subset(dataset, validation) };
}

export interface Fractions {
  /** Of the whole data set, as `test` is; none by default. */
  readonly validation?: number;
  readonly test: number;
}

/** Three parts, or two where there is no share for validation. The test part is the same with validation and without. */
export function splitParts<D extends Dataset>(
  dataset: D,
  { validation = 0, test }: Fractions,
  seed = 0,
): { train: D; test: D; validation?: D } {
  if (validation < 0 || validation + test >= 1) {
    throw new ConvkitError(
      "split",
      `fractions ${validation} and ${test} leave nothing to train on — give numbers whose sum is below 1`,
    );
  }
  const held = splitDataset(dataset, test, seed);
  if (validation === 0) return { train: held.train, test: held.validation };
  return { test: held.validation, ...splitDataset(held.train, validation / (1 - test), seed) };
}

export function splitIndices(
  dataset: DatasetFacts,
  fraction: number,
  seed = 0,
): { train: Uint32Array; validation: Uint32Array } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new ConvkitError("split", `fraction ${fraction} — give a number between 0 and 1`);
  }
  const { labels } = dataset;
  const members: number[][] = dataset.classes.map(() => []);
  for (let i = 0; i < dataset.length; i++) members[labels[i]].push(i);
  const groups = groupsOf(dataset);
  const random = new Random(seed, "split");
  const held = new Uint8Array(dataset.length);
  const shares = shareOut(
    members.map((of) => of.length),
    fraction,
  );
  for (const [label, indices] of members.entries()) {
    random.fork(label).shuffle(indices);
    for (const i of indices) {
      if (shares[label] === 0) break;
      const group = groups.get(i) ?? [i];
      // What no longer fits is trained on.
      if (held[i] || !fits(group, labels, shares)) continue;
      for (const member of group) {
        held[member] = 1;
        shares[labels[member]]--;
      }
    }
  }
  const part = (flag: number): Uint32Array =>
    Uint32Array.from([...held.keys()].filter((i) => held[i] === flag));
  const [train, validation] = [part(0), part(1)];
  if (validation.length === 0) {
    throw new ConvkitError(
      "split",
      `${dataset.name}: ${dataset.length} pictures are too few to hold back ${fraction} of them` +
        `${groups.size > 0 ? " without parting near-duplicates" : ""} — add pictures or give a larger fraction`,
    );
  }
  return { train, validation };
}

/** The members of i's group, for pictures that are not alone. */
function groupsOf({ groups }: DatasetFacts): Map<number, readonly number[]> {
  const of = new Map<number, readonly number[]>();
  if (!groups) return of;
  for (const list of groupBy(groups.keys(), (i) => groups[i]).values()) {
    if (list.length > 1) for (const i of list) of.set(i, list);
  }
  return of;
}

/** Whether the shares of its classes have room for a whole group. */
function fits(group: readonly number[], labels: Int32Array, shares: readonly number[]): boolean {
  const left = [...new Set(group.map((i) => labels[i]))].map(
    (label) => shares[label] - group.filter((i) => labels[i] === label).length,
  );
  return left.every((room) => room >= 0);
}

/** Whole shares of each class by largest remainder; ties go to the first class. */
function shareOut(counts: readonly number[], fraction: number): number[] {
  const exact = counts.map((count) => count * fraction);
  const shares = exact.map(Math.floor);
  const total = Math.round(counts.reduce((sum, count) => sum + count, 0) * fraction);
  const byRemainder = [...counts.keys()].sort(
    (a, b) => exact[b] - shares[b] - (exact[a] - shares[a]) || a - b,
  );
  let missing = total - shares.reduce((sum, share) => sum + share, 0);
  for (const label of byRemainder) {
    if (missing > 0 && shares[label] < counts[label] - 1) {
      shares[label]++;
      missing--;
    }
  }
  return shares;
}
