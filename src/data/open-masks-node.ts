/**
 * Data sets of pictures with masks. Every mask is read once: which numbers there are says what the classes are, unless a list names them,
 * and a mask that does not fit its picture is told before anything is trained.
 */
import { ConvkitError } from "../core/error.ts";
import { imageSize } from "../image/decode-node.ts";
import { checkPictures, partOnly } from "./check-pictures-node.ts";
import { type DatasetPair, IGNORED, type StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { AT_ONCE } from "./find-duplicates-node.ts";
import {
  type FoundPart,
  type FoundPictures,
  fewOf,
  type PartName,
  partNames,
} from "./found-pictures.ts";
import { listTree } from "./list-tree-node.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { channelsOf, type PictureOptions, pairOf } from "./picture-parts-node.ts";
import { decodeMaskFile } from "./picture-task-node.ts";
import { readEncoded } from "./read-encoded-node.ts";
import { findSegmentation, hasMasks } from "./segmentation-folder-node.ts";
import { storedDataset } from "./stored-dataset-node.ts";

/** Sides that halve often. */
const SIZE = [128, 128] as const;

/**
 * Where nothing says how, pictures are stretched to the size, so that a mask is predicted for the whole of each. The label of a picture is
 * the largest of its classes but for class 0: a split spreads them evenly.
 */
export async function openMasks(
  found: FoundPictures,
  options: PictureOptions,
): Promise<DatasetPair<StoredSegmentation>> {
  const { where, name } = found;
  const { pictures, counts } = await readMasks(found, options);
  const seen = new Array<number>(256).fill(0);
  for (const own of counts.values()) for (const [number, n] of own.entries()) seen[number] += n;
  const { classes, maskClasses, note } = found.maskClasses
    ? namedClasses(where, seen, found.maskClasses, counts)
    : foundClasses(where, seen);
  const { train, validation, test, groups, notes } = await checkPictures(pictures, options);
  const { size: [height, width] = SIZE, fit = "stretch", cropPct } = options;
  const channels = options.channels ?? (await channelsOf(train.files));
  const datasetOf = ({ files, masks = [] }: FoundPart): StoredSegmentation => ({
    ...storedDataset({
      ...{ name, classes, shape: [channels, height, width], fit, files },
      ...(cropPct !== undefined && { cropPct }),
      ...(maskClasses && { maskClasses }),
      labels: Int32Array.from(masks, (mask) =>
        mainClass(counts.get(mask) as Uint32Array, classes.length, maskClasses),
      ),
    }),
    masks,
  });
  return pairOf(
    {
      train: { ...datasetOf(train), ...(groups && { groups }) },
      validation: validation && datasetOf(validation),
      test: test && datasetOf(test),
      notes: [...notes, ...(note ? [note] : [])],
    },
    options,
  );
}

/** A folder with `images/` and `masks/`, of which `train` makes a model that segments: see `segmentation-folder-node.ts`. */
export async function openSegmentation(
  path: string,
  options: PictureOptions = {},
): Promise<DatasetPair<StoredSegmentation>> {
  const tree = await listTree(path);
  if (!hasMasks(tree)) {
    throw new ConvkitError(
      "masks",
      `${path}: holds no images/ and masks/ — put the pictures into the one and their masks, PNG files of the same names, into the other`,
    );
  }
  return openMasks(await findSegmentation(tree), options);
}

export type StoredSegmentation = StoredDataset & Required<Pick<StoredDataset, "masks">>;

/** How many pixels of each number every mask has. */
type Counts = ReadonlyMap<EncodedImage, Uint32Array>;

/** Throws for masks that are none or not of their pictures' sizes, or leaves the pair out where that is asked. */
async function readMasks(
  found: FoundPictures,
  { skipBroken = false }: PictureOptions,
): Promise<{ readonly pictures: FoundPictures; readonly counts: Counts }> {
  const counts = new Map<EncodedImage, Uint32Array>();
  const broken: ConvkitError[] = [];
  const kept: Partial<Record<PartName, FoundPart>> = {};
  for (const name of partNames) {
    const part = found[name];
    if (!part) continue;
    const { masks = [], files } = part;
    const intact = await mapConcurrently(masks, AT_ONCE, async (mask, i) => {
      try {
        counts.set(mask, await countNumbers(mask, files[i]));
        return true;
      } catch (error) {
        if (!(error instanceof ConvkitError)) throw error;
        broken.push(error);
        return false;
      }
    });
    kept[name] = partOnly(part, intact);
  }
  if (broken.length === 0) return { pictures: found, counts };
  const facts = broken.map(({ message }) => message.replace(/^\[\w+\] /, "")).sort();
  if (!skipBroken) {
    const [fact, remedy] = facts[0].split(" — ");
    const more = broken.length === 1 ? "" : ` (and ${broken.length - 1} more masks)`;
    throw new ConvkitError(
      "masks",
      `${fact}${more} — ${remedy}, or leave it out (--skip-broken, skipBroken: true)`,
    );
  }
  const short = facts.map((fact) => fact.split(" — ")[0]);
  const note = `left out ${broken.length} of ${counts.size + broken.length} pictures for their masks: ${fewOf(short)}`;
  return { pictures: { ...found, ...kept, notes: [...found.notes, note] }, counts };
}

async function countNumbers(file: EncodedImage, picture: EncodedImage): Promise<Uint32Array> {
  const mask = await decodeMaskFile(file);
  // What is wrong with a picture is told with all other pictures.
  const size = await imageSize(await readEncoded(picture), picture.name).catch(() => mask);
  if (size.width !== mask.width || size.height !== mask.height) {
    throw new ConvkitError(
      "masks",
      `${file.name} is ${mask.height}×${mask.width}, its picture ${picture.name} ${size.height}×${size.width} (rows × columns) — ` +
        "give the mask the size of the picture, resized without interpolation",
    );
  }
  const counts = new Uint32Array(256);
  for (const number of mask.data) counts[number]++;
  return counts;
}

interface Classes {
  readonly classes: readonly string[];
  /** Undefined where numbers are classes. */
  readonly maskClasses?: Uint8Array;
  readonly note?: string;
}

/** Grey masks of black and white. */
const blackAndWhite = (): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, number) => Math.min(1, number));

const isBlackAndWhite = (seen: readonly number[]): boolean =>
  seen[255] > 0 && seen.every((n, number) => n === 0 || number === 0 || number === 255);

function namedClasses(
  where: string,
  seen: readonly number[],
  classes: readonly string[],
  counts: Counts,
): Classes {
  if (classes.length === 2 && isBlackAndWhite(seen))
    return { classes, maskClasses: blackAndWhite() };
  const wrong = seen.findIndex(
    (n, number) => n > 0 && number >= classes.length && number !== IGNORED,
  );
  if (wrong < 0) return { classes };
  const file = [...counts].find(([, own]) => own[wrong] > 0)?.[0].name ?? where;
  throw new ConvkitError(
    "masks",
    `${file}: has pixels of ${wrong}, classes.txt names ${classes.length} classes, 0 … ${classes.length - 1} (${IGNORED} is ignored) — ` +
      "name them all, or correct the mask",
  );
}

function foundClasses(where: string, seen: readonly number[]): Classes {
  if (isBlackAndWhite(seen)) {
    const note = "masks are black and white: 0 is background, 255 foreground";
    return { classes: ["background", "foreground"], maskClasses: blackAndWhite(), note };
  }
  const numbers = [...seen.keys()].filter((number) => seen[number] > 0 && number !== IGNORED);
  const count = (numbers.at(-1) ?? 0) + 1;
  if (count < 2) {
    throw new ConvkitError(
      "masks",
      `${where}: all pixels of all masks are of one class — paint what is to be found as class 1, 2, …`,
    );
  }
  if (numbers.length < count / 2) {
    throw new ConvkitError(
      "masks",
      `${where}: masks hold the numbers ${fewOf(numbers.map(String), 8)}, which leave most of 0 … ${count - 1} out — ` +
        "number the classes from 0, or name them in classes.txt",
    );
  }
  const ignored = seen[IGNORED] > 0 ? `; pixels of ${IGNORED} are ignored` : "";
  return {
    classes: Array.from({ length: count }, (_, i) => `class ${i}`),
    note: `masks hold ${count} classes, 0 … ${count - 1}, which classes.txt would name${ignored}`,
  };
}

/** The largest class but for class 0, which is where there is no other. */
function mainClass(counts: Uint32Array, classes: number, maskClasses?: Uint8Array): number {
  const sums = new Array<number>(256).fill(0);
  for (const [number, n] of counts.entries()) sums[maskClasses?.[number] ?? number] += n;
  const others = sums.slice(1, classes);
  const most = Math.max(...others);
  return most === 0 ? 0 : 1 + others.indexOf(most);
}
