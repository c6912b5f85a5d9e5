/** An ImageFolder in a zip archive, read where it lies: entries are unpacked one at a time, in memory, when they are decoded. */
import { ConvkitError } from "../core/error.ts";
import { entryName } from "../formats/entry-name.ts";
import { fileSource } from "../formats/file-source-node.ts";
import { openZip } from "../formats/zip/open-zip.ts";
import { archiveTree } from "./archive-tree.ts";
import type { DatasetPair, StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { AT_ONCE } from "./find-duplicates-node.ts";
import { foundInTree } from "./folder-node.ts";
import type { FoundPictures } from "./found-pictures.ts";
import { isImageName } from "./image-folder.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { openPictures } from "./open-pictures-node.ts";
import type { PictureOptions } from "./picture-parts-node.ts";

/** Pictures are packed already, by a factor of 100 only where there is nothing on them. */
const BOMB = { ratio: 100, bytes: 2 ** 24 } as const;

/** Throws for archives whose entries lead out of them or unpack to far more than they are. */
export const openZipFolder = async (
  path: string,
  options?: PictureOptions,
): Promise<DatasetPair<StoredDataset>> => openPictures(await findInZip(path), options);

export async function findInZip(path: string): Promise<FoundPictures> {
  const entries = [...(await openZip(await fileSource(path))).values()].map((entry) => ({
    name: entryName(entry.name, path),
    entry,
  }));
  const images = entries.filter(({ name }) => isImageName(name));
  const files = new Map<string, EncodedImage>();
  await mapConcurrently(images, AT_ONCE, async ({ name, entry }) => {
    const { offset, length, deflated } = await entry.locate();
    if (entry.size > BOMB.bytes && entry.size > BOMB.ratio * length) {
      throw new ConvkitError(
        "zip",
        `${path}: ${name} claims to unpack from ${length} to ${entry.size} bytes, no picture does — do not trust this archive`,
      );
    }
    const inflatedLength = deflated ? { inflatedLength: entry.size } : {};
    files.set(name, { name: `${path}/${name}`, path, offset, length, ...inflatedLength });
  });
  const { tree, inside } = archiveTree(
    path,
    entries.map(({ name }) => name),
  );
  return foundInTree(tree, "zip", (file) => files.get(inside + file) as EncodedImage);
}
