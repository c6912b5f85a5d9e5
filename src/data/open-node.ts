/** Opens what `parseSource` named: the data set to train on and the one to test with. */
import { basename } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readFolder } from "../formats/read-file-node.ts";
import { isCifar10File, isCifar100Folder, openCifar10, openCifar100 } from "./cifar-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { findInTree } from "./folder-node.ts";
import type { FoundPictures } from "./found-pictures.ts";
import { glyphs } from "./glyphs.ts";
import type { FindOptions } from "./image-folder.ts";
import { listTree } from "./list-tree-node.ts";
import { isMnistFile, openMnist, recognizeMnist } from "./mnist-node.ts";
import { openPictures } from "./open-pictures-node.ts";
import type { PictureOptions } from "./picture-parts-node.ts";
import { findSegmentation, hasMasks } from "./segmentation-folder-node.ts";
import { nameOfSource, type PlaceKind, parseSource } from "./source.ts";
import { isSvhnFile, openSvhn } from "./svhn-node.ts";

/** `options` are for pictures in files; published data sets have sizes and parts of their own. */
export async function openData(text: string, options: PictureOptions = {}): Promise<DatasetPair> {
  const data = await findData(text, options);
  return isFound(data) ? openPictures(data, options) : data;
}

/** Pictures in files before any of them was read, or what is in memory. */
export type FoundData = FoundPictures | DatasetPair<ArrayDataset>;

export const isFound = (data: FoundData): data is FoundPictures => "where" in data;

/** Throws where there is no data set, or it contradicts itself. `options` are as for `openData`, of arrays that are split. */
export async function findData(
  text: string,
  options: FindOptions & Pick<PictureOptions, "fractions" | "seed"> = {},
): Promise<FoundData> {
  const source = parseSource(text);
  if (source.kind === "glyphs") return glyphs(source.options);
  const data = await findPlace(source.kind, source.path, options);
  // People know their own pictures by the name of their place.
  return isFound(data) ? { ...data, name: nameOfSource(source) } : data;
}

async function findPlace(
  kind: PlaceKind,
  path: string,
  options: FindOptions & PictureOptions,
): Promise<FoundData> {
  switch (kind) {
    case "cifar10":
      return openCifar10(path);
    case "cifar100":
    case "cifar100-coarse":
      return openCifar100(path, kind === "cifar100-coarse");
    case "svhn":
      return openSvhn(path);
    case "csv":
      return (await import("./manifest-node.ts")).findInManifest(path);
    case "zip":
      return (await import("./zip-node.ts")).findInZip(path);
    case "tar":
      return (await import("./tar-node.ts")).findInTar(path);
    case "parquet":
      return (await import("./parquet-node.ts")).findInParquet(path);
    case "npz":
      return (await import("./npz-node.ts")).openNpzData(path, options);
    case "folder":
      return findInAnyFolder(path, options);
    default:
      return openMnist(path, kind);
  }
}

/** Pictures and masks, classes in sub-folders, a table beside the pictures, or the files of a published data set. */
async function findInAnyFolder(path: string, options: FindOptions): Promise<FoundData> {
  const { files, folders } = await readFolder(path);
  const kind = await recognize(path, files, folders);
  if (kind !== "folder") {
    const note = `${path}: read as ${kind}, whose files it holds`;
    return withNote(note, await findPlace(kind, path, options));
  }
  const tree = await listTree(path);
  if (hasMasks(tree)) return findSegmentation(tree);
  const table = tableOf(path, files, folders);
  if (table === undefined) return findInTree(tree, options);
  const { findInLabelledFolder } = await import("./manifest-node.ts");
  return withNote(`${path}: labels are those of ${table}`, await findInLabelledFolder(tree, table));
}

const withNote = (note: string, data: FoundData): FoundData => ({
  ...data,
  notes: [note, ...(data.notes ?? [])],
});

async function recognize(
  path: string,
  files: readonly string[],
  folders: readonly string[],
): Promise<PlaceKind> {
  if (files.some(isMnistFile)) return recognizeMnist(path, files);
  if (files.some(isCifar10File)) return "cifar10";
  if (isCifar100Folder(files)) return "cifar100";
  if (files.some(isSvhnFile)) return "svhn";
  const ends = (ending: string): boolean => files.some((file) => file.endsWith(ending));
  if (ends(".parquet")) return "parquet";
  // Hugging Face's repositories have their tables in data/.
  if (folders.includes("data") && folders.length === 1) {
    const inner = await readFolder(`${path}/data`);
    if (inner.files.some((file) => file.endsWith(".parquet"))) return "parquet";
  }
  if (ends(".tar") && folders.length === 0) return "tar";
  if (ends("-imgs.npz")) return "npz";
  return "folder";
}

/** `labels.csv`, or the only table where no sub-folder could be a class. */
function tableOf(
  path: string,
  files: readonly string[],
  folders: readonly string[],
): string | undefined {
  if (files.includes("labels.csv")) return "labels.csv";
  const tables = files.filter((file) => file.endsWith(".csv"));
  if (folders.length > 1 || tables.length === 0) return undefined;
  if (tables.length === 1) return tables[0];
  throw new ConvkitError(
    "data",
    `${path}: holds several tables, ${tables.join(", ")} — call the one with the labels labels.csv, or name it: ` +
      `${basename(path)}/${tables[0]}`,
  );
}
