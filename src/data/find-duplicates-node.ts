/** Copies among the pictures of a data set: equal ones by a hash of their bytes, altered ones by their thumbnails. */
import { createHash } from "node:crypto";
import { groupBy } from "../core/group-by.ts";
import { thumbnailOf } from "../image/thumbnail.ts";
import { readThumbnail } from "../image/thumbnail-node.ts";
import { type ArrayDataset, type Dataset, imageAt, isStored } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { Groups, joinNearDuplicates } from "./near-duplicates.ts";
import { pictureAt } from "./picture-at.ts";
import { encodedSize, readEncoded } from "./read-encoded-node.ts";

/** Pictures by their numbers, two or more a group. */
export interface Duplicates {
  /** Equal bytes. */
  readonly exact: readonly (readonly number[])[];
  /** Recompressed, resized or brightened copies, and equal ones among them. */
  readonly near: readonly (readonly number[])[];
}

/** Files read at a time: enough to keep the disk and libvips' threads busy. */
export const AT_ONCE = 16;

/**
 * All pictures are read and decoded, except where they are in memory. Throws for the first that is broken. `onProgress` counts
 * pictures.
 */
export async function findDuplicates(
  dataset: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<Duplicates> {
  let done = 0;
  const step = <T>(result: T): T => {
    onProgress?.(++done, dataset.length);
    return result;
  };
  const groups = new Groups(dataset.length);
  const indices = [...dataset.labels.keys()];
  const exact = isStored(dataset) ? await equalFiles(dataset.files) : equalImages([dataset]);
  for (const list of exact) for (const i of list) groups.join(list[0], i);
  const thumbnails = await mapConcurrently(indices, AT_ONCE, async (i) =>
    step(
      isStored(dataset)
        ? await thumbnailOfFile(dataset.files[i])
        : thumbnailOf(await pictureAt(dataset, i)),
    ),
  );
  joinNearDuplicates(groups, thumbnails);
  return { exact, near: groups.lists() };
}

export const thumbnailOfFile = async (file: EncodedImage): Promise<Uint8Array> =>
  readThumbnail(await readEncoded(file), file.name);

/** Files of equal bytes. Only those of equal size are read. */
export async function equalFiles(files: readonly EncodedImage[]): Promise<number[][]> {
  const sizes = await mapConcurrently(files, AT_ONCE, async (file) => {
    const size = await encodedSize(file);
    return `${size} ${file.inflatedLength ?? size}`;
  });
  const alike = listsOf([...files.keys()], (i) => sizes[i]).flat();
  const hashes = await mapConcurrently(alike, AT_ONCE, async (i) =>
    hashOf(await readEncoded(files[i])),
  );
  const byHash = new Map(alike.map((i, at) => [i, hashes[at]]));
  return listsOf(
    [...alike].sort((a, b) => a - b),
    (i) => byHash.get(i),
  );
}

/** Pictures of equal bytes, in memory, counted through all of the data sets. */
export function equalImages(datasets: readonly ArrayDataset[]): number[][] {
  const hashes = datasets.flatMap((dataset) =>
    Array.from(dataset.labels, (_, i) => hashOf(imageAt(dataset, i))),
  );
  return listsOf([...hashes.keys()], (i) => hashes[i]);
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

/** Of equal keys, two or more a list. */
const listsOf = <K>(indices: readonly number[], keyOf: (i: number) => K): number[][] =>
  [...groupBy(indices, keyOf).values()].filter((list) => list.length > 1);
