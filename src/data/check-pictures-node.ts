/** What is wrong with found files: broken ones are told or left out, copies in two classes or in two parts are told. */
import { ConvkitError } from "../core/error.ts";
import { checkedFormat } from "../image/image-file.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { AT_ONCE, equalFiles, thumbnailOfFile } from "./find-duplicates-node.ts";
import {
  type FoundPart,
  type FoundPictures,
  fewOf,
  type PartName,
  partNames,
} from "./found-pictures.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { Groups, isLargeGroup, joinNearDuplicates } from "./near-duplicates.ts";
import { readHead } from "./read-encoded-node.ts";

export interface CheckOptions {
  /** Leave broken files out and note which; by default they are an error. Decodes every picture once. */
  readonly skipBroken?: boolean;
  /** Files read, of all that are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Bytes that tell formats apart. */
const HEAD = 64;
/** Two classes that share this much of the smaller one are one class by two names. */
const SAME_CLASS = 0.5;
/** Files that a note about left-out ones names. */
const NAMED = 20;

/**
 * The same pictures without broken ones, `groups` of near-duplicates in the training part, and notes. Pictures that will be split are
 * decoded once, small, and so are all with `skipBroken`; of others the first bytes are read, and what is broken behind them
 * fails when they are used. Throws for broken files, and for classes that hold the same photos.
 */
export async function checkPictures(
  found: FoundPictures,
  options: CheckOptions = {},
): Promise<FoundPictures & { readonly groups?: Int32Array }> {
  const { pictures, thumbnails, notes } = await readAll(found, options);
  const { train, validation, test } = pictures;
  const copies = await findCopies(pictures);
  const groups = thumbnails && groupTrain(train, copies.exact, thumbnails, notes);
  return {
    ...pictures,
    train,
    ...(validation && { validation }),
    ...(test && { test }),
    ...(groups && { groups }),
    notes: [...notes, ...copies.notes],
  };
}

interface Read {
  readonly pictures: FoundPictures;
  /** Of the training part, if it will be split. */
  readonly thumbnails?: readonly (Uint8Array | undefined)[];
  readonly notes: string[];
}

interface Broken {
  readonly file: EncodedImage;
  readonly error: ConvkitError;
}

async function readAll(found: FoundPictures, options: CheckOptions): Promise<Read> {
  const { skipBroken = false, onProgress } = options;
  const willSplit = !found.validation || !found.test;
  const parts = partNames.flatMap((name) => (found[name] ? [{ name, part: found[name] }] : []));
  const total = parts.reduce((sum, { part }) => sum + part.files.length, 0);
  const broken: Broken[] = [];
  const kept: Partial<Record<PartName, FoundPart>> = {};
  let thumbnails: (Uint8Array | undefined)[] | undefined;
  let done = 0;
  for (const { name, part } of parts) {
    const decodes = skipBroken || (willSplit && name === "train");
    const intact = new Array<boolean>(part.files.length).fill(true);
    const small = await mapConcurrently(part.files, AT_ONCE, async (file, i) => {
      try {
        if (decodes) return await thumbnailOfFile(file);
        checkedFormat(await readHead(file, HEAD), file.name);
      } catch (error) {
        if (!(error instanceof ConvkitError)) throw error;
        broken.push({ file, error });
        intact[i] = false;
      } finally {
        onProgress?.(++done, total);
      }
      return undefined;
    });
    kept[name] = partOnly(part, intact);
    if (willSplit && name === "train") thumbnails = small.filter((_, i) => intact[i]);
  }
  broken.sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
  if (broken.length > 0 && !skipBroken) throw refusal(found.where, broken, total);
  const names = broken.map(({ file }) => file.name);
  const note = `left out ${broken.length} broken of ${total} files: ${fewOf(names, NAMED)}`;
  return {
    pictures: { ...found, ...kept },
    ...(thumbnails && { thumbnails }),
    notes: [...found.notes, ...(broken.length > 0 ? [note] : [])],
  };
}

/** Without the files that are not intact. */
export function partOnly(part: FoundPart, intact: readonly boolean[]): FoundPart {
  if (intact.every((is) => is)) return part;
  const { files, labels, targets, masks } = part;
  const columns = (targets?.length ?? 0) / files.length;
  return {
    files: files.filter((_, i) => intact[i]),
    labels: labels.filter((_, i) => intact[i]),
    ...(targets && { targets: targets.filter((_, i) => intact[Math.floor(i / columns)]) }),
    ...(masks && { masks: masks.filter((_, i) => intact[i]) }),
  };
}

function refusal(where: string, broken: readonly Broken[], total: number): ConvkitError {
  const [{ error: cause }, ...others] = broken;
  const [fact, remedy] = cause.message.replace(/^\[\w+\] /, "").split(" — ");
  const skip = "leave it out (--skip-broken, skipBroken: true)";
  if (others.length === 0) {
    return new ConvkitError("image", `${fact} — ${remedy}, or ${skip}`, { cause });
  }
  const names = others.map(({ file }) => file.name);
  return new ConvkitError(
    "image",
    `${where}: ${broken.length} of ${total} files are broken: ${fact}; ${fewOf(names)} — ` +
      `${remedy.replace(/\bit\b/g, "them")}, or ${skip.replace(/\bit\b/, "them")}`,
    { cause },
  );
}

interface Copies {
  /** Numbers of the training part, two or more a list. */
  readonly exact: readonly (readonly number[])[];
  readonly notes: readonly string[];
}

interface Place {
  readonly part: PartName;
  readonly index: number;
  readonly label: number;
  readonly name: string;
}

async function findCopies(pictures: FoundPictures): Promise<Copies> {
  const places: Place[] = partNames.flatMap((part) =>
    (pictures[part]?.files ?? []).map((file, index) => {
      const label = pictures[part]?.labels[index] as number;
      return { part, index, label, name: file.name };
    }),
  );
  const files = partNames.flatMap((part) => pictures[part]?.files ?? []);
  const lists = (await equalFiles(files)).map((list) => list.map((i) => places[i]));
  const exact = lists
    .map((list) => list.filter(({ part }) => part === "train").map(({ index }) => index))
    .filter((list) => list.length > 1);
  return { exact, notes: [...contradictions(pictures, lists), ...leaks(lists)] };
}

/** Pictures of two classes. Throws where two classes share most of theirs. */
function contradictions(pictures: FoundPictures, lists: readonly (readonly Place[])[]): string[] {
  const { where, classes } = pictures;
  const all = partNames.flatMap((part) => [...(pictures[part]?.labels ?? [])]);
  const counts = classes.map((_, label) => all.filter((of) => of === label).length);
  const shared = new Map<string, { labels: readonly number[]; pairs: string[] }>();
  const pairs: string[] = [];
  for (const list of lists) {
    const labels = [...new Set(list.map(({ label }) => label))].sort((a, b) => a - b);
    if (labels.length < 2) continue;
    const firsts = labels.map((of) => list.find(({ label }) => label === of)?.name);
    pairs.push(firsts.join(" = "));
    const key = String(labels.slice(0, 2));
    const entry = shared.get(key) ?? { labels: labels.slice(0, 2), pairs: [] };
    entry.pairs.push(firsts.slice(0, 2).join(" = "));
    shared.set(key, entry);
  }
  for (const { labels, pairs } of shared.values()) {
    const smaller = Math.min(...labels.map((label) => counts[label]));
    if (pairs.length < SAME_CLASS * smaller) continue;
    const [a, b] = labels.map((label) => classes[label]);
    throw new ConvkitError(
      "data",
      `${where}: classes ${a} and ${b} hold the same photos, ${pairs.length} of ${smaller} ` +
        `(${fewOf(pairs, 2)}) — a picture has one class; remove the folder or the label that is wrong`,
    );
  }
  if (pairs.length === 0) return [];
  const what = pairs.length === 1 ? "1 photo stands" : `${pairs.length} photos stand`;
  return [`${what} in two classes, one of which is wrong: ${fewOf(pairs)}`];
}

/** Pictures to test with that were trained on. */
function leaks(lists: readonly (readonly Place[])[]): string[] {
  const pairs = lists.flatMap((list) => {
    const trained = list.find(({ part }) => part === "train");
    const other = list.find(({ part }) => part !== "train");
    return trained && other ? [`${trained.name} = ${other.name}`] : [];
  });
  if (pairs.length === 0) return [];
  const what = pairs.length === 1 ? "1 photo is" : `${pairs.length} photos are`;
  return [`${what} both trained on and tested with, so that results flatter: ${fewOf(pairs)}`];
}

/** Undefined where no picture has a copy. */
function groupTrain(
  train: FoundPart,
  exact: readonly (readonly number[])[],
  thumbnails: readonly (Uint8Array | undefined)[],
  notes: string[],
): Int32Array | undefined {
  const { length } = train.files;
  const equal = (): Groups => {
    const groups = new Groups(length);
    for (const list of exact) for (const i of list) groups.join(list[0], i);
    return groups;
  };
  let groups = equal();
  joinNearDuplicates(groups, thumbnails);
  const largest = groups.lists().reduce((most, list) => Math.max(most, list.length), 0);
  if (isLargeGroup(largest, length)) {
    notes.push(
      `${largest} of ${length} pictures look alike when they are small, so only equal files count as copies`,
    );
    groups = equal();
  }
  const lists = groups.lists();
  if (lists.length === 0) return undefined;
  const copies = lists.reduce((sum, list) => sum + list.length, 0);
  notes.push(
    `${copies} pictures in ${lists.length} ${lists.length === 1 ? "group" : "groups"} are copies or near-duplicates; ` +
      "a split keeps each group on one side",
  );
  return groups.numbers();
}
