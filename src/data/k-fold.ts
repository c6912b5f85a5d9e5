/**
 * The parts of a k-fold cross-validation (Stone 1974): each picture is tested with once, by a network that was trained on the other
 * parts. Classes are spread evenly over the parts, pictures of one group stay together (scikit-learn's StratifiedGroupKFold).
 */
import { ConvkitError } from "../core/error.ts";
import { groupBy } from "../core/group-by.ts";
import { Random } from "../core/random.ts";
import { type Dataset, type DatasetFacts, type DatasetPair, subset } from "./dataset.ts";

/** Part `index` of `of`, from 1. */
export interface Fold {
  readonly index: number;
  readonly of: number;
}

/** The part each picture belongs to, from 0. */
export function foldsOf(dataset: DatasetFacts, parts: number, seed = 0): Uint8Array {
  const { labels, groups, classes, length } = dataset;
  if (!(Number.isInteger(parts) && parts >= 2 && parts <= Math.min(length, 255))) {
    throw new ConvkitError(
      "fold",
      `${parts} parts of ${length} pictures — give a whole number from 2 to ${Math.min(length, 255)}`,
    );
  }
  const random = new Random(seed, "fold");
  const folds = new Uint8Array(length);
  const sizes = new Array<number>(parts).fill(0);
  // Together or alone, by the class of the first.
  const units = [...groupBy(Array(length).keys(), (i) => groups?.[i] ?? i).values()];
  for (const label of classes.keys()) {
    const own = units.filter(([first]) => labels[first] === label);
    const order = random.fork(label).shuffle(Uint32Array.from(own.keys()));
    const shuffled = Array.from(order, (i) => own[i]).sort((a, b) => b.length - a.length);
    const ofClass = new Array<number>(parts).fill(0);
    for (const unit of shuffled) {
      let best = 0;
      for (let part = 1; part < parts; part++) {
        if ((ofClass[part] - ofClass[best] || sizes[part] - sizes[best]) < 0) best = part;
      }
      for (const i of unit) folds[i] = best;
      ofClass[best] += unit.length;
      sizes[best] += unit.length;
    }
  }
  return folds;
}

/** One part of the training pictures to test with, the others to train on; the data's own test pictures are left out. */
export function foldOf<D extends Dataset>(
  { train, notes }: DatasetPair<D>,
  { index, of }: Fold,
  seed = 0,
): DatasetPair<D> {
  if (!(Number.isInteger(index) && index >= 1 && index <= of)) {
    throw new ConvkitError("fold", `part ${index} of ${of} — parts are counted from 1 to ${of}`);
  }
  const folds = foldsOf(train, of, seed);
  const pick = (isTested: boolean): D =>
    subset(
      train,
      [...folds.keys()].filter((i) => (folds[i] === index - 1) === isTested),
    );
  return { train: pick(false), test: pick(true), ...(notes && { notes }) };
}
