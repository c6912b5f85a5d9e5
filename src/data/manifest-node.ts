/**
 * Pictures listed in a table (CSV): a row a picture, its path beside the table and its label. Labels are names, or numbers, whose names
 * stand in a second column or in `classes.txt` beside the table, one a line; or soft, a column of shares for each class.
 */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readBytes } from "../formats/read-file-node.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import { AT_ONCE } from "./find-duplicates-node.ts";
import { type FoundPart, type FoundPictures, fewOf, sortedClasses } from "./found-pictures.ts";
import { isImageName } from "./image-folder.ts";
import { type DiskTree, isInside } from "./list-tree-node.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { openPictures } from "./open-pictures-node.ts";
import { type Manifest, type ManifestRow, parseManifest } from "./parse-manifest.ts";
import type { PictureOptions } from "./picture-parts-node.ts";

/** Where a path of the table lies; undefined where there is nothing. Throws where it is none of the folder's. */
type Resolve = (path: string) => Promise<string | undefined>;

/** `file` is the table; its paths count from its own folder. */
export const openManifest = async (
  file: string,
  options?: PictureOptions,
): Promise<DatasetPair<StoredDataset>> => openPictures(await findInManifest(file), options);

export async function findInManifest(file: string): Promise<FoundPictures> {
  const folder = dirname(file);
  return find(file, folder, besideTable(folder));
}

/** A table in a folder of images, which it may name without their folders and endings, as Kaggle's `labels.csv` does. */
export const findInLabelledFolder = (tree: DiskTree, table: string): Promise<FoundPictures> =>
  find(tree.pathOf(table), tree.where, inTree(tree));

async function find(file: string, folder: string, resolvePath: Resolve): Promise<FoundPictures> {
  const manifest = parseManifest(new TextDecoder().decode(await readBytes(file)), file);
  const paths = await findFiles(manifest.rows, file, resolvePath);
  refuseTwice(manifest.rows, paths, file);
  const { classes, labels } = await classesOf(manifest, file, folder);
  const partOf = (name: ManifestRow["part"]): FoundPart | undefined => {
    const chosen = [...manifest.rows.keys()].filter(
      (i) => (manifest.rows[i].part ?? "train") === name,
    );
    if (chosen.length === 0) return undefined;
    const shares = chosen.flatMap((i) => manifest.rows[i].shares ?? []);
    return {
      files: chosen.map((i) => ({ name: `${folder}/${manifest.rows[i].path}`, path: paths[i] })),
      labels: Int32Array.from(chosen, (i) => labels[i]),
      ...(shares.length > 0 && { targets: Float32Array.from(shares) }),
    };
  };
  const [train, validation, test] = (["train", "validation", "test"] as const).map(partOf);
  if (!train) {
    throw new ConvkitError("csv", `${file}: no row is of the part train — add rows to train on`);
  }
  return {
    ...{ name: "csv", where: file, classes, train },
    ...(validation && { validation }),
    ...(test && { test }),
    notes: [],
  };
}

/** Paths that are not inside the folder are refused before they are looked for. */
function besideTable(folder: string): Resolve {
  const root = realpath(folder);
  return async (path) => {
    const inside = await root;
    const wanted = resolve(folder, path);
    if (!isInside(resolve(folder), wanted)) throw astray(path);
    const real = await realpath(wanted).catch(() => undefined);
    if (real !== undefined && !isInside(inside, real)) throw astray(path);
    return real;
  };
}

const astray = (path: string): Error =>
  new Error(`${path} lies outside the table's folder — move the pictures beside the table`);

function inTree(tree: DiskTree): Resolve {
  const images = tree.files.filter(isImageName);
  const byName = new Map<string, string[]>();
  const add = (key: string, file: string): void => {
    const there = byName.get(key);
    if (there) there.push(file);
    else byName.set(key, [file]);
  };
  for (const file of images) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    for (const key of new Set([file, name, name.replace(/\.[^.]+$/, "")])) add(key, file);
  }
  return async (path) => {
    const own = isAbsolute(path) ? relative(tree.where, path) : normalize(path);
    if (own.split(sep)[0] === "..") throw astray(path);
    const found = byName.get(own.split(sep).join("/")) ?? [];
    const exact = found.includes(own) ? [own] : found;
    if (exact.length > 1) {
      throw new Error(`${path} may be ${fewOf(exact)} — write the path with its folder`);
    }
    return exact.length === 1 ? tree.pathOf(exact[0]) : undefined;
  };
}

async function findFiles(
  rows: readonly ManifestRow[],
  file: string,
  resolvePath: Resolve,
): Promise<string[]> {
  const missing: ManifestRow[] = [];
  const paths = await mapConcurrently(rows, AT_ONCE, async (row) => {
    const path = await resolvePath(row.path).catch((error: Error) => {
      throw new ConvkitError("csv", `${file}: line ${row.line}: ${error.message}`);
    });
    if (path === undefined) missing.push(row);
    return path ?? "";
  });
  if (missing.length === 0) return paths;
  missing.sort((a, b) => a.line - b.line);
  const names = missing.map(({ line, path }) => `${path} (line ${line})`);
  const fact =
    missing.length === 1 ? "1 picture is" : `${missing.length} of ${rows.length} pictures are`;
  throw new ConvkitError(
    "csv",
    `${file}: ${fact} not there: ${fewOf(names)} — paths count from the table's folder; correct or remove the rows`,
  );
}

function refuseTwice(rows: readonly ManifestRow[], paths: readonly string[], file: string): void {
  const first = new Map<string, number>();
  for (const [i, path] of paths.entries()) {
    const before = first.get(path);
    if (before === undefined) {
      first.set(path, i);
      continue;
    }
    const [a, b] = [rows[before], rows[i]];
    const labels = a.label === b.label ? "" : `, as ${a.label} and as ${b.label}`;
    throw new ConvkitError(
      "csv",
      `${file}: line ${b.line}: ${b.path} stands in line ${a.line} already${labels} — remove one of the rows`,
    );
  }
}

interface Labelled {
  readonly classes: readonly string[];
  readonly labels: readonly number[];
}

async function classesOf(
  { rows, classes: columns }: Manifest,
  file: string,
  folder: string,
): Promise<Labelled> {
  if (columns) {
    const labels = rows.map(({ shares = [] }) => shares.indexOf(Math.max(...shares)));
    return { classes: columns, labels };
  }
  if (rows[0].name !== undefined) return namedNumbers(rows, file);
  const words = rows.map(({ label }) => (label as string).replace(/^(\d+)\.0*$/, "$1"));
  const classes = sortedClasses(words);
  const listed = /^\d+$/.test(classes[0])
    ? await readNames(join(folder, "classes.txt"))
    : undefined;
  if (!listed) {
    const numbers = new Map(classes.map((name, label) => [name, label]));
    return { classes, labels: words.map((word) => numbers.get(word) as number) };
  }
  const bad = words.findIndex((word) => Number(word) >= listed.length);
  if (bad >= 0) {
    throw new ConvkitError(
      "csv",
      `${file}: line ${rows[bad].line}: label ${words[bad]} has no name, classes.txt has ${listed.length}, from 0 — ` +
        "add the names, or correct the label",
    );
  }
  return { classes: listed, labels: words.map(Number) };
}

/** Labels in the order of their numbers, called by their names. */
function namedNumbers(rows: readonly ManifestRow[], file: string): Labelled {
  const names = new Map<string, string>();
  for (const { label = "", name = "", line } of rows) {
    const before = names.get(label) ?? name;
    if (before !== name) {
      throw new ConvkitError(
        "csv",
        `${file}: line ${line}: label ${label} is ${name} here and ${before} before — correct one of them`,
      );
    }
    names.set(label, name);
  }
  const order = sortedClasses(names.keys());
  const numbers = new Map(order.map((label, i) => [label, i]));
  return {
    classes: order.map((label) => names.get(label) as string),
    labels: rows.map(({ label = "" }) => numbers.get(label) as number),
  };
}

/** Lines of a file beside the table, if it is there. */
async function readNames(path: string): Promise<string[] | undefined> {
  const bytes = await readBytes(path).catch(() => undefined);
  const lines = bytes && new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines?.map((line) => line.trim()).filter((line) => line !== "");
}
