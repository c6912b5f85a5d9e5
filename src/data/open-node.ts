/** Opens what `parseSource` named: the data set to train on and the one to test with. */
import { basename } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readFolder } from "../formats/read-file-node.ts";
import { isCifar10File, isCifar100Folder, openCifar10, openCifar100 } from "./cifar-node.ts";
import type { DatasetPair } from "./dataset.ts";
import { openTree } from "./folder-node.ts";
import { glyphs } from "./glyphs.ts";
import { listTree } from "./list-tree-node.ts";
import { isMnistFile, openMnist, recognizeMnist } from "./mnist-node.ts";
import type { PictureOptions } from "./open-pictures-node.ts";
import { type PlaceKind, parseSource } from "./source.ts";
import { isSvhnFile, openSvhn } from "./svhn-node.ts";

/** `options` are for pictures in files; published data sets have sizes and parts of their own. */
export async function openData(text: string, options: PictureOptions = {}): Promise<DatasetPair> {
  const source = parseSource(text);
  return source.kind === "glyphs"
    ? glyphs(source.options)
    : openPlace(source.kind, source.path, options);
}

async function openPlace(
  kind: PlaceKind,
  path: string,
  options: PictureOptions,
): Promise<DatasetPair> {
  switch (kind) {
    case "cifar10":
      return openCifar10(path);
    case "cifar100":
    case "cifar100-coarse":
      return openCifar100(path, kind === "cifar100-coarse");
    case "svhn":
      return openSvhn(path);
    case "csv":
      return (await import("./manifest-node.ts")).openManifest(path, options);
    case "zip":
      return (await import("./zip-node.ts")).openZipFolder(path, options);
    case "tar":
      return (await import("./tar-node.ts")).openTar(path, options);
    case "parquet":
      return (await import("./parquet-node.ts")).openParquetData(path, options);
    case "npz":
      return (await import("./npz-node.ts")).openNpzData(path, options);
    case "folder":
      return openAnyFolder(path, options);
    default:
      return openMnist(path, kind);
  }
}

/** Classes in sub-folders, a table beside the pictures, or the files of a published data set. */
async function openAnyFolder(path: string, options: PictureOptions): Promise<DatasetPair> {
  const { files, folders } = await readFolder(path);
  const kind = await recognize(path, files, folders);
  if (kind !== "folder") {
    const pair = await openPlace(kind, path, options);
    return {
      ...pair,
      notes: [`${path}: read as ${kind}, whose files it holds`, ...(pair.notes ?? [])],
    };
  }
  const tree = await listTree(path);
  const table = tableOf(path, files, folders);
  if (table === undefined) return openTree(tree, options);
  const { openLabelledFolder } = await import("./manifest-node.ts");
  const pair = await openLabelledFolder(tree, table, options);
  return { ...pair, notes: [`${path}: labels are those of ${table}`, ...(pair.notes ?? [])] };
}

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
