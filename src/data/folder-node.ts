/** A folder of images, a sub-folder per class, or with a table of labels beside them. */
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import type { FoundPart, FoundPictures } from "./found-pictures.ts";
import {
  type FindOptions,
  imageFolder,
  type LabelledPath,
  leftOutNote,
  type Tree,
} from "./image-folder.ts";
import { type DiskTree, listTree } from "./list-tree-node.ts";
import { openPictures } from "./open-pictures-node.ts";
import type { PictureOptions } from "./picture-parts-node.ts";

/** Throws where no picture has a class, for broken files, and for links that lead out of the folder. */
export async function openFolder(
  path: string,
  options: PictureOptions = {},
): Promise<DatasetPair<StoredDataset>> {
  return openPictures(findInTree(await listTree(path)), options);
}

export function findInTree(tree: DiskTree, options?: FindOptions): FoundPictures {
  const fileOf = (path: string): EncodedImage => ({
    name: `${tree.where}/${path}`,
    path: tree.pathOf(path),
  });
  return foundInTree(tree, "folder", fileOf, options);
}

/** The classes of an ImageFolder, on disk or in an archive. `fileOf` says where a path of the tree lies. */
export function foundInTree(
  tree: Tree,
  name: string,
  fileOf: (path: string) => EncodedImage,
  options?: FindOptions,
): FoundPictures {
  const { classes, parts, leftOut } = imageFolder(tree, options);
  const partOf = (listed: readonly LabelledPath[]): FoundPart => ({
    files: listed.map(({ path }) => fileOf(path)),
    labels: Int32Array.from(listed, ({ label }) => label),
  });
  const { train = [], validation, test } = parts;
  return {
    ...{ name, where: tree.where, classes, train: partOf(train) },
    ...(validation && { validation: partOf(validation) }),
    ...(test && { test: partOf(test) }),
    notes: leftOutNote(leftOut),
  };
}
