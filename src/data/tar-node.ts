/**
 * Tar archives read where they lie: WebDataset's shards (A. Aizman, G. Maltby and T. Breuel 2019, arXiv:2001.01252), in which the files
 * of a sample share their name up to the first dot, `0001.jpg` and `0001.cls`; or an ImageFolder. The parts are told by the archives'
 * names.
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/file-error-node.ts";
import { readBytes, readFolder } from "../formats/read-file-node.ts";
import { listTar, type TarEntry } from "../formats/tar/list-tar-node.ts";
import { archiveTree } from "./archive-tree.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { expandPaths } from "./expand-paths-node.ts";
import { foundInTree } from "./folder-node.ts";
import {
  type FoundPart,
  type FoundPictures,
  fewOf,
  type PartName,
  partOfName,
  sortedClasses,
} from "./found-pictures.ts";
import { isImageName } from "./image-folder.ts";
import { openPictures } from "./open-pictures-node.ts";
import type { PictureOptions } from "./picture-parts-node.ts";

/** What a sample's label is kept in, the first that there is. */
const LABEL_ENDINGS = ["cls", "label", "json", "txt"] as const;
/** Of JSON, the fields that hold a label. */
const FIELDS = ["label", "cls", "class", "class_name", "category"] as const;

interface Shard {
  readonly path: string;
  readonly entries: ReadonlyMap<string, TarEntry>;
}

/** One archive, several by a pattern (`train-{0000..0003}.tar`, `*.tar`), or a folder of archives. */
export const openTar = async (
  pattern: string,
  options?: PictureOptions,
): Promise<DatasetPair<StoredDataset>> => openPictures(await findInTar(pattern), options);

export async function findInTar(pattern: string): Promise<FoundPictures> {
  const shards: Shard[] = [];
  for (const path of await archivesOf(pattern)) {
    shards.push({ path, entries: await listTar(path, isLabelName) });
  }
  const isShards = shards.some(({ entries }) => [...entries.keys()].some(isLabelName));
  return isShards ? foundInShards(pattern, shards) : foundInFolders(pattern, shards);
}

async function archivesOf(pattern: string): Promise<string[]> {
  if (!/[*?{]/.test(pattern)) {
    const about = await stat(pattern).catch((cause) => {
      throw readError(pattern, cause);
    });
    if (!about.isDirectory()) return [pattern];
    const { files } = await readFolder(pattern);
    const archives = files.filter((file) => file.endsWith(".tar"));
    if (archives.length > 0) return archives.map((file) => join(pattern, file));
    throw new ConvkitError("tar", `${pattern}: holds no .tar file — check which folder this is`);
  }
  return expandPaths(pattern);
}

/** `a/0001.seg.cls` to `a/0001` and `seg.cls`. */
function keyOf(name: string): { key: string; ending: string } {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 2);
  return dot < 0
    ? { key: name, ending: "" }
    : { key: name.slice(0, dot), ending: name.slice(dot + 1) };
}

const isLabelName = (name: string): boolean =>
  LABEL_ENDINGS.some((ending) => keyOf(name).ending === ending);

const imageAt = (path: string, { name, offset, size }: TarEntry): EncodedImage => ({
  ...{ name: `${path}/${name}`, path, offset, length: size },
});

interface Sample {
  readonly file: EncodedImage;
  readonly label: string;
}

async function foundInShards(pattern: string, shards: readonly Shard[]): Promise<FoundPictures> {
  const parts: Partial<Record<PartName, Sample[]>> = {};
  for (const shard of shards) {
    const part = partOfName(basename(shard.path));
    parts[part] = [...(parts[part] ?? []), ...samplesOf(shard)];
  }
  // Shards of a test part alone are data to train on as any others.
  const { train = parts.test ?? parts.validation ?? [], validation, test } = parts;
  const given = [train, validation, test].flatMap((samples) => samples ?? []);
  const words = sortedClasses(given.map(({ label }) => label));
  const named = await namesBeside(shards[0].path, words);
  const numbers = new Map(words.map((word, i) => [word, named ? Number(word) : i]));
  const partOf = (samples: readonly Sample[]): FoundPart => ({
    files: samples.map(({ file }) => file),
    labels: Int32Array.from(samples, ({ label }) => numbers.get(label) as number),
  });
  return {
    ...{ name: "tar", where: pattern, classes: named ?? words, train: partOf(train) },
    ...(validation && parts.train && { validation: partOf(validation) }),
    ...(test && parts.train && { test: partOf(test) }),
    notes: [],
  };
}

/** Pictures with their labels; throws for pictures without one. */
function samplesOf({ path, entries }: Shard): Sample[] {
  const unlabelled: string[] = [];
  const samples: Sample[] = [];
  for (const entry of entries.values()) {
    if (!isImageName(entry.name)) continue;
    const { key } = keyOf(entry.name);
    const beside = LABEL_ENDINGS.map((ending) => entries.get(`${key}.${ending}`));
    const label = beside.find((there) => there !== undefined);
    if (!label) unlabelled.push(entry.name);
    else samples.push({ file: imageAt(path, entry), label: labelIn(path, label) });
  }
  if (unlabelled.length > 0) {
    throw new ConvkitError(
      "tar",
      `${path}: ${unlabelled.length} of ${unlabelled.length + samples.length} pictures have no label: ${fewOf(unlabelled)} — ` +
        "write 0001.cls, 0001.json or 0001.txt beside 0001.jpg",
    );
  }
  return samples;
}

function labelIn(path: string, { name, bytes }: TarEntry): string {
  const text = new TextDecoder().decode(bytes).trim();
  const label = name.endsWith(".json") ? fieldOf(text) : text;
  if (bytes !== undefined && label !== undefined && label !== "" && !label.includes("\n"))
    return label;
  throw new ConvkitError(
    "tar",
    `${path}: ${name} holds no label — write a class number or name there, in JSON as "label"`,
  );
}

function fieldOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const fields = value as Readonly<Record<string, unknown>>;
    const label =
      typeof value === "object" && value !== null
        ? FIELDS.map((field) => fields[field]).find((found) => found !== undefined)
        : value;
    return typeof label === "string" || typeof label === "number"
      ? String(label).trim()
      : undefined;
  } catch {
    return undefined;
  }
}

/** `classes.txt` beside the archives names classes that are numbers. */
async function namesBeside(path: string, words: readonly string[]): Promise<string[] | undefined> {
  if (!words.every((word) => /^\d+$/.test(word))) return undefined;
  const bytes = await readBytes(join(dirname(path), "classes.txt")).catch(() => undefined);
  if (!bytes) return undefined;
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const names = lines.map((line) => line.trim()).filter((line) => line !== "");
  const largest = Math.max(...words.map(Number));
  if (largest < names.length) return names;
  throw new ConvkitError(
    "tar",
    `${path}: label ${largest} has no name, classes.txt beside it has ${names.length}, from 0 — add the names`,
  );
}

/** Folders that several archives hold are put together. */
function foundInFolders(pattern: string, shards: readonly Shard[]): FoundPictures {
  const files = new Map<string, EncodedImage>();
  for (const { path, entries } of shards) {
    for (const entry of entries.values()) files.set(entry.name, imageAt(path, entry));
  }
  const { tree, inside } = archiveTree(pattern, [...files.keys()]);
  return foundInTree(tree, "tar", (file) => files.get(inside + file) as EncodedImage);
}
