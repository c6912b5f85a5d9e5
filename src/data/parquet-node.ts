/**
 * Pictures in Parquet tables as Hugging Face's `datasets` stores them: a column of structures with the file's bytes, one of class
 * numbers, their names in the metadata; several files a part, which their names tell (`train-00000-of-00002.parquet`). The bytes
 * of the files are taken into memory that threads share, packed as JPEG or PNG: 2 GiB of them at most.
 */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/file-error-node.ts";
import { fileSource } from "../formats/file-source-node.ts";
import {
  openParquet,
  type ParquetRow,
  type ParquetTable,
} from "../formats/parquet/open-parquet.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { expandPaths } from "./expand-paths-node.ts";
import {
  type FoundPart,
  type FoundPictures,
  type PartName,
  partOfName,
  sortedClasses,
} from "./found-pictures.ts";
import { listTree } from "./list-tree-node.ts";
import { openPictures } from "./open-pictures-node.ts";
import type { PictureOptions } from "./picture-parts-node.ts";

const MEMORY = 2 ** 31;
const IMAGES = ["image", "img", "picture", "photo"] as const;
const LABELS = ["label", "labels", "fine_label", "class", "category", "target"] as const;

interface Opened {
  readonly path: string;
  readonly table: ParquetTable;
  readonly columns: Columns;
}

/** A file, several by a pattern, or a folder in which they lie at any depth. */
export const openParquetData = async (
  pattern: string,
  options?: PictureOptions,
): Promise<DatasetPair<StoredDataset>> => openPictures(await findInParquet(pattern), options);

export async function findInParquet(pattern: string): Promise<FoundPictures> {
  const opened: Opened[] = [];
  for (const path of await tablesOf(pattern)) {
    const table = await openParquet(await fileSource(path));
    opened.push({ path, table, columns: columnsOf(path, table) });
  }
  const bytes = opened.reduce((sum, { table, columns }) => sum + table.sizeOf(columns.image), 0);
  if (bytes > MEMORY) {
    throw new ConvkitError(
      "parquet",
      `${pattern}: its pictures take ${(bytes / 2 ** 30).toFixed(1)} GiB, ${MEMORY / 2 ** 30} are taken into memory — ` +
        "name fewer files, or unpack the pictures into a folder",
    );
  }
  const parts: Partial<Record<PartName, Sample[]>> = {};
  const notes: string[] = [];
  for (const one of opened) {
    const part = partOfName(basename(one.path));
    const samples = await samplesOf(one);
    // Test parts are often published without labels.
    if (part === "test" && samples.every(({ label }) => label === undefined || label === "-1")) {
      notes.push(`${one.path}: left out, it has no labels`);
      continue;
    }
    parts[part] = [...(parts[part] ?? []), ...samples];
  }
  const { train = parts.test ?? parts.validation ?? [], validation, test } = parts;
  const names = opened[0].columns.classes;
  const given = [train, validation, test].flatMap((samples) => samples ?? []);
  const classes = names ?? sortedClasses(given.map(({ label = "" }) => label));
  const numbers = new Map(classes.map((name, i) => [names ? String(i) : name, i]));
  const partOf = (samples: readonly Sample[]): FoundPart => ({
    files: samples.map(({ file }) => file),
    labels: Int32Array.from(samples, ({ file, label = "" }) => {
      const number = numbers.get(label);
      if (label !== "" && number !== undefined) return number;
      throw new ConvkitError(
        "parquet",
        `${file.name}: has ${label === "" ? "no label" : `label ${label}`}, there are ${classes.length} classes — correct the table`,
      );
    }),
  });
  return {
    ...{ name: "parquet", where: pattern, classes, train: partOf(train) },
    ...(validation && parts.train && { validation: partOf(validation) }),
    ...(test && parts.train && { test: partOf(test) }),
    notes,
  };
}

async function tablesOf(pattern: string): Promise<string[]> {
  if (/[*?{]/.test(pattern)) return expandPaths(pattern);
  const about = await stat(pattern).catch((cause) => {
    throw readError(pattern, cause);
  });
  if (!about.isDirectory()) return [pattern];
  const tree = await listTree(pattern);
  const tables = tree.files.filter((file) => file.endsWith(".parquet")).sort();
  if (tables.length > 0) return tables.map(tree.pathOf);
  throw new ConvkitError(
    "parquet",
    `${pattern}: holds no .parquet file — check which folder this is`,
  );
}

interface Columns {
  readonly image: string;
  readonly label: string;
  /** Names of the classes, where labels are their numbers. */
  readonly classes?: readonly string[];
}

interface Feature {
  readonly _type?: unknown;
  readonly names?: unknown;
}

function columnsOf(path: string, { columns, metadata }: ParquetTable): Columns {
  const features = featuresOf(metadata.huggingface);
  const ofType = (type: string): string[] =>
    columns.filter((column) => features[column]?._type === type);
  const known = (names: readonly string[]): string | undefined =>
    names.find((name) => columns.includes(name));
  const labelled = ofType("ClassLabel");
  const image = ofType("Image")[0] ?? known(IMAGES);
  const label = LABELS.find((name) => labelled.includes(name)) ?? labelled[0] ?? known(LABELS);
  if (image === undefined || label === undefined) {
    const what = image === undefined ? "pictures (image)" : "labels (label)";
    throw new ConvkitError(
      "parquet",
      `${path}: has no column of ${what} among ${columns.join(", ")} — name the columns image and label`,
    );
  }
  const names = features[label]?.names;
  const isList = Array.isArray(names) && names.every((name) => typeof name === "string");
  return { image, label, ...(isList && { classes: names }) };
}

/** What `datasets` notes of columns; nothing where it noted nothing. */
function featuresOf(text: string | undefined): Readonly<Record<string, Feature | undefined>> {
  try {
    return JSON.parse(text ?? "")?.info?.features ?? {};
  } catch {
    return {};
  }
}

interface Sample {
  readonly file: EncodedImage;
  readonly label: string | undefined;
}

async function samplesOf({ path, table, columns }: Opened): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const rows of table.groups([columns.image, columns.label])) {
    const first = samples.length;
    const pictures = rows.map((row, i) => bytesOf(row[columns.image], `${path}: row ${first + i}`));
    const total = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const buffer = new SharedArrayBuffer(total);
    const memory = new Uint8Array(buffer);
    let offset = 0;
    for (const [i, { bytes, name }] of pictures.entries()) {
      memory.set(bytes, offset);
      const file = { name: `${path}/${name ?? first + i}`, buffer, offset, length: bytes.length };
      samples.push({ file, label: labelOf(rows[i], columns.label) });
      offset += bytes.length;
    }
  }
  return samples;
}

function bytesOf(cell: unknown, row: string): { bytes: Uint8Array; name?: string } {
  if (cell instanceof Uint8Array) return { bytes: cell };
  const { bytes, path } = (cell ?? {}) as { bytes?: unknown; path?: unknown };
  const name = typeof path === "string" && path !== "" ? { name: path } : {};
  if (bytes instanceof Uint8Array) return { bytes, ...name };
  const where = "name" in name ? `, only the path ${name.name}` : "";
  throw new ConvkitError(
    "parquet",
    `${row} holds no picture${where} — save the data set with its pictures embedded`,
  );
}

function labelOf(row: ParquetRow, column: string): string | undefined {
  const value = row[column];
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : undefined;
}
