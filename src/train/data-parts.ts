/** The parts of the data: to train on, to validate with, and to test with at the very end. */
import { ConvkitError } from "../core/error.ts";
import { formatShape } from "../core/shape.ts";
import { type Dataset, type DatasetPair, splitDataset } from "../data/index.ts";
import type { TrainOptions } from "./options.ts";

export async function dataOf({
  data,
  seed = 0,
}: Pick<TrainOptions, "data" | "seed">): Promise<DatasetPair> {
  if (typeof data === "string") return (await import("./named-data.ts")).namedData(data);
  if ("train" in data) return data;
  // A fifth to test with, as for folders without a test part.
  const split = splitDataset(data, 0.2, seed);
  return { train: split.train, test: split.validation };
}

/** The data set's own validation part, or a share of the training data. */
export function splitOff(
  { train, validation }: DatasetPair,
  fraction: number,
  seed: number,
): { train: Dataset; validation: Dataset | undefined } {
  if (validation) return { train, validation };
  return fraction > 0 ? splitDataset(train, fraction, seed) : { train, validation: undefined };
}

/** Pictures of one shape and the same classes on both sides. */
export function checkPair({ train, validation, test }: DatasetPair): void {
  for (const part of [test, validation]) {
    if (!part) continue;
    if (String(part.shape) !== String(train.shape)) {
      throw new ConvkitError(
        "data",
        `${train.name}: pictures of ${formatShape(train.shape)} to train on and of ` +
          `${formatShape(part.shape)} to test with — give both parts one shape`,
      );
    }
    if (String(part.classes) !== String(train.classes)) {
      throw new ConvkitError(
        "data",
        `${train.name}: the parts have different classes — give both the same list`,
      );
    }
  }
  for (const part of [train, validation, test]) {
    const bad = part?.labels.findIndex((label) => !(label >= 0 && label < train.classes.length));
    if (part && bad !== undefined && bad >= 0) {
      throw new ConvkitError(
        "data",
        `${part.name}: label ${part.labels[bad]} of picture ${bad} is out of range, there are ` +
          `${train.classes.length} classes — correct the labels`,
      );
    }
  }
}
