/** The features of pictures, computed once: what heads are made from. */
import { ConvkitError } from "../../core/error.ts";
import { Random } from "../../core/random.ts";

export interface FeatureTable {
  /** rows×width */
  readonly features: Float32Array<ArrayBuffer>;
  readonly rows: number;
  readonly width: number;
  /** A class number for each row. */
  readonly labels: Int32Array<ArrayBuffer>;
  readonly classes: readonly string[];
  /** Row i shows picture i mod `pictures`: with several views of each, those of one picture are never told apart in testing. */
  readonly pictures: number;
}

/** The rows of features as they lie there. */
export const rowOf = ({ features, width }: FeatureTable, i: number): Float32Array =>
  features.subarray(i * width, (i + 1) * width);

/** Root of the mean square of all features: divided by it, features of all networks are of one size. */
export function rootMeanSquare({ features }: FeatureTable): number {
  let sum = 0;
  for (const value of features) sum += value * value;
  return Math.sqrt(sum / features.length) || 1;
}

/**
 * The part, 0 to below `folds`, that each picture is left out with: each class is dealt out in turn, in an order drawn by the
 * seed. Throws where a class has fewer than two pictures.
 */
export function stratifiedFolds(table: FeatureTable, folds: number, seed: number): Int32Array {
  const { labels, pictures, classes } = table;
  const random = new Random(seed, "folds");
  const part = new Int32Array(pictures);
  let next = 0;
  for (const [label, name] of classes.entries()) {
    const members = Array.from({ length: pictures }, (_, i) => i).filter(
      (i) => labels[i] === label,
    );
    if (members.length === 1) {
      throw new ConvkitError(
        "crossValidation",
        `the class ${name} has one picture, which cannot be left out and learnt from — add pictures, or give C`,
      );
    }
    for (const i of random.fork(label).shuffle(members)) part[i] = next++ % folds;
  }
  return part;
}

/** How many pictures each class has. */
export function countsOf({ labels, pictures, classes }: FeatureTable): number[] {
  const counts = classes.map(() => 0);
  for (const label of labels.subarray(0, pictures)) counts[label]++;
  return counts;
}
