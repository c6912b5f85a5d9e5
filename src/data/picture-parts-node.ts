/** What data sets of found files have in common: their options, colours, and the parts that they are split into. */
import { isGrey } from "../image/colour.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { CheckOptions } from "./check-pictures-node.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { decodeFile } from "./picture-task-node.ts";
import { type Fractions, splitParts } from "./split.ts";

export interface PictureOptions extends CheckOptions {
  /** [H, W], 64×64 by default, 128×128 where they have masks. */
  readonly size?: readonly [number, number];
  /** Grey if every one of 100 pictures is, spread over all to train on; else colour. */
  readonly channels?: 1 | 3;
  /** How pictures are brought to the size; `cover` by default, `stretch` where they have masks. */
  readonly fit?: Preprocessing["fit"];
  /** The share of the short side that is kept, as in `Preprocessing`; all of it by default. */
  readonly cropPct?: number;
  /** Of the split when there are no pictures to test with. */
  readonly seed?: number;
  /** Of that split; a fifth to test with by default. */
  readonly fractions?: Fractions;
}

const COLOUR_SAMPLE = 100;

interface Parts<D> extends Pick<DatasetPair, "notes"> {
  readonly train: D;
  readonly validation: D | undefined;
  readonly test: D | undefined;
}

/** The parts that there are, and those that are split from the training part. */
export function pairOf<D extends StoredDataset>(
  { train, validation, test, notes }: Parts<D>,
  { fractions = { test: 0.2 }, seed }: PictureOptions,
): DatasetPair<D> {
  const tested = test ?? validation;
  if (!tested) return { ...splitParts(train, fractions, seed), notes };
  return { train, test: tested, ...(test && validation && { validation }), notes };
}

export async function channelsOf(files: readonly EncodedImage[]): Promise<1 | 3> {
  const step = Math.max(1, Math.floor(files.length / COLOUR_SAMPLE));
  for (let i = 0; i < files.length; i += step) {
    if (!isGrey(await decodeFile(files[i]))) return 3;
  }
  return 1;
}
