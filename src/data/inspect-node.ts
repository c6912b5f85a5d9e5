/** Looks at every picture of a data set, as no training would: what is broken, doubled or in the wrong place is told, not refused. */
import { ConvkitError } from "../core/error.ts";
import { isGrey } from "../image/colour.ts";
import { decodeImage } from "../image/decode-node.ts";
import { describeImage } from "../image/describe-node.ts";
import type { Image } from "../image/image.ts";
import { thumbnailOf } from "../image/thumbnail.ts";
import { readThumbnail } from "../image/thumbnail-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { equalFiles, equalImages } from "./find-duplicates-node.ts";
import { type FoundPictures, partNames } from "./found-pictures.ts";
import type {
  BrokenPicture,
  Copies,
  InspectedPart,
  InspectedPicture,
  Inspection,
} from "./inspection.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { Groups, isLargeGroup, joinNearDuplicates } from "./near-duplicates.ts";
import { measureNormalization, type Normalization } from "./normalization.ts";
import { findData, isFound } from "./open-node.ts";
import { interleaved } from "./picture-at.ts";
import { decodeFile } from "./picture-task-node.ts";
import { readEncoded } from "./read-encoded-node.ts";

/** Pictures decoded at a time: large ones take 500 MB each. */
const AT_ONCE = 4;
/** Small pictures look alike by the thousand; more of them are compared by their bytes alone. */
const NEAR_IN_MEMORY = 10_000;
/** Pixels of a picture that its mean and deviation are measured on. */
const MEASURED = 250_000;

type OnProgress = (done: number, total: number) => void;

/** `text` is what `openData` takes. Throws where there is no data set at all, and for archives that are not to be trusted. */
export async function inspectData(text: string, onProgress?: OnProgress): Promise<Inspection> {
  const data = await findData(text, { allowEmpty: true });
  return isFound(data) ? inspectFiles(data, onProgress) : inspectArrays(data, onProgress);
}

interface Place {
  readonly file: EncodedImage;
  readonly part: InspectedPart;
  readonly label: number;
}

/** Means of the values and of their squares, scaled to 0 … 1, of each channel. */
interface Moments {
  readonly means: readonly number[];
  readonly squares: readonly number[];
}

interface Looked {
  readonly picture: InspectedPicture;
  readonly file: EncodedImage;
  readonly thumbnail: Uint8Array;
  readonly moments: Moments;
}

async function inspectFiles(found: FoundPictures, onProgress?: OnProgress): Promise<Inspection> {
  const isSplit = found.validation !== undefined || found.test !== undefined;
  const parts = partNames
    .filter((part) => found[part])
    .map((part) => ({
      from: part,
      part: isSplit ? part : ("all" as const),
    }));
  const places: Place[] = parts.flatMap(({ from, part }) =>
    (found[from]?.files ?? []).map((file, i) => ({
      ...{ file, part, label: found[from]?.labels[i] as number },
    })),
  );
  let done = 0;
  const seen = await mapConcurrently(places, AT_ONCE, (place) =>
    look(place).finally(() => onProgress?.(++done, places.length)),
  );
  const looked = seen.filter((one) => "picture" in one);
  const pictures = looked.map(({ picture }) => picture);
  const { copies, notes } = copiesOf(
    pictures,
    await equalFiles(looked.map(({ file }) => file)),
    looked.map(({ thumbnail }) => thumbnail),
  );
  const first = parts[0].part;
  const training = looked.filter(({ picture }) => picture.part === first);
  return {
    ...{ name: found.name, parts: parts.map(({ part }) => part) },
    // Masks have the classes of their pixels, a picture has none.
    classes: found.train.masks ? ["with masks"] : found.classes,
    ...{ pictures, copies, inFiles: true, notes: [...found.notes, ...notes] },
    broken: seen.filter((one) => "reason" in one),
    normalization: normalizationOf(training),
    read: (i) => decodeFile(looked[i].file),
  };
}

async function look({ file, part, label }: Place): Promise<Looked | BrokenPicture> {
  const { name } = file;
  try {
    const bytes = await readEncoded(file);
    const about = await describeImage(bytes, name);
    const image = await decodeImage(bytes, name);
    const { width, height } = image;
    const size = { width, height, isGrey: isGrey(image), bytes: bytes.length };
    return {
      picture: { name, part, label, ...size, ...about },
      thumbnail: await readThumbnail(bytes, name),
      moments: momentsOf(image),
      file,
    };
  } catch (error) {
    if (!(error instanceof ConvkitError)) throw error;
    const reason = error.message.replace(/^\[[^\]]*\] /, "").replace(`${name}: `, "");
    return { name, part, label, reason };
  }
}

/** Of pixels evenly spaced, in colour. */
function momentsOf({ width, height, channels, data }: Image): Moments {
  const pixels = width * height;
  const step = Math.ceil(pixels / MEASURED);
  const sums = new Float64Array(3);
  const squares = new Float64Array(3);
  let count = 0;
  for (let p = 0; p < pixels; p += step, count++) {
    for (let c = 0; c < 3; c++) {
      const value = data[p * channels + (channels === 1 ? 0 : c)];
      sums[c] += value;
      squares[c] += value * value;
    }
  }
  return {
    means: Array.from(sums, (sum) => sum / count / 255),
    squares: Array.from(squares, (sum) => sum / count / 255 ** 2),
  };
}

/** One channel where no picture has any colour. */
function normalizationOf(looked: readonly Looked[]): Normalization {
  if (looked.length === 0) return { mean: [], std: [] };
  const channels = looked.every(({ picture }) => picture.isGrey) ? [0] : [0, 1, 2];
  const average = (kind: keyof Moments, c: number): number =>
    looked.reduce((sum, { moments }) => sum + moments[kind][c], 0) / looked.length;
  const round = (value: number): number => Math.round(value * 1e4) / 1e4;
  const mean = channels.map((c) => average("means", c));
  const std = channels.map((c) => Math.sqrt(Math.max(0, average("squares", c) - mean[c] ** 2)));
  return { mean: mean.map(round), std: std.map(round) };
}

async function inspectArrays(
  pair: DatasetPair<ArrayDataset>,
  onProgress?: OnProgress,
): Promise<Inspection> {
  const parts = partNames.filter((part) => pair[part]);
  const datasets = parts.map((part) => pair[part] as ArrayDataset);
  const places = datasets.flatMap((dataset, at) =>
    Array.from(dataset.labels, (label, index) => ({ dataset, part: parts[at], index, label })),
  );
  const { name, classes, shape } = pair.train;
  const [channels, height, width] = shape;
  const pictures = places.map(({ part, index, label }) => ({
    ...{ name: `${part} ${index}`, part, label, width, height, isGrey: channels === 1 },
  }));
  const read = (i: number): Image => interleaved(places[i].dataset, places[i].index);
  const isFew = pictures.length <= NEAR_IN_MEMORY;
  const thumbnails = pictures.map((_, i) => {
    onProgress?.(i + 1, pictures.length);
    return isFew ? thumbnailOf(read(i)) : undefined;
  });
  const { copies, notes } = copiesOf(pictures, equalImages(datasets), thumbnails);
  const bytesOnly = `${pictures.length} small pictures are compared by their bytes alone`;
  return {
    ...{ name, classes, parts, pictures, broken: [], copies, inFiles: false },
    normalization: measureNormalization(pair.train),
    notes: [...(pair.notes ?? []), ...notes, ...(isFew ? [] : [bytesOnly])],
    read: async (i) => read(i),
  };
}

function copiesOf(
  pictures: readonly InspectedPicture[],
  exact: readonly (readonly number[])[],
  thumbnails: readonly (Uint8Array | undefined)[],
): { copies: Copies[]; notes: string[] } {
  const equal = new Groups(pictures.length);
  for (const list of exact) for (const i of list) equal.join(list[0], i);
  let groups = new Groups(pictures.length);
  for (const list of exact) for (const i of list) groups.join(list[0], i);
  joinNearDuplicates(groups, thumbnails);
  const notes: string[] = [];
  const large = groups.lists().find((list) => isLargeGroup(list.length, pictures.length));
  if (large) {
    const count = `${large.length} of ${pictures.length} pictures`;
    notes.push(`${count} look alike when they are small, so only equal ones count as copies`);
    groups = equal;
  }
  const copies = groups.lists().map((list): Copies => {
    const differ = <K extends "label" | "part">(key: K): boolean =>
      list.some((i) => pictures[i][key] !== pictures[list[0]][key]);
    return {
      pictures: list,
      isExact: list.every((i) => equal.first(i) === equal.first(list[0])),
      acrossClasses: differ("label"),
      acrossParts: differ("part"),
    };
  });
  return { copies, notes };
}
