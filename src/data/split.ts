/**
 * A seeded, stratified split: each class gives the same share of its pictures to validation, so that a small
 * validation set keeps the balance of the whole. A class always keeps at least one picture to train on.
 */
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { type Dataset, subset } from "./dataset.ts";

export interface Split<D extends Dataset = Dataset> {
  readonly train: D;
  readonly validation: D;
}

/** `fraction` of the data set, between 0 and 1, goes to validation; both parts keep the original order. */
export function splitDataset<D extends Dataset>(dataset: D, fraction: number, seed = 0): Split<D> {
  const { validation, train } = splitIndices(dataset, fraction, seed);
  return { train: subset(dataset, train), validation: subset(dataset, validation) };
}

export function splitIndices(
  dataset: Dataset,
  fraction: number,
  seed = 0,
): { train: Uint32Array; validation: Uint32Array } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new ConvkitError("split", `fraction ${fraction} — give a number between 0 and 1`);
  }
  const members: number[][] = dataset.classes.map(() => []);
  for (let i = 0; i < dataset.length; i++) members[dataset.labels[i]].push(i);
  const random = new Random(seed, "split");
  const held = new Uint8Array(dataset.length);
  const shares = shareOut(
    members.map((of) => of.length),
    fraction,
  );
  for (const [label, indices] of members.entries()) {
    random.fork(label).shuffle(indices);
    for (const i of indices.slice(0, shares[label])) held[i] = 1;
  }
  const part = (flag: number): Uint32Array =>
    Uint32Array.from([...held.keys()].filter((i) => held[i] === flag));
  const [train, validation] = [part(0), part(1)];
  if (validation.length === 0) {
    throw new ConvkitError(
      "split",
      `${dataset.name}: ${dataset.length} pictures are too few to hold back ${fraction} of them — ` +
        "add pictures or give a larger fraction",
    );
  }
  return { train, validation };
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
