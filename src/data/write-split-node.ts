/** A split of pictures in files, written: folders train/, val/ and test/ with a folder for each class, or a table. */
import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { makeFolder, writeFileAtomic } from "../formats/atomic-write-node.ts";
import { csvCell } from "../formats/csv-cell.ts";
import { codeOf, readError, writeError } from "../formats/file-error-node.ts";
import { imageFormat } from "../image/image-file.ts";
import type { StoredDataset } from "./dataset.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { AT_ONCE } from "./find-duplicates-node.ts";
import { isInside } from "./list-tree-node.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { readEncoded } from "./read-encoded-node.ts";

export interface WrittenPart {
  /** `train`, `val`, `test` */
  readonly name: string;
  readonly dataset: StoredDataset;
}

export interface WriteSplitOptions {
  /** Another name of the same file in place of a copy; what lies in archives or on another disk is copied. */
  readonly link?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes the folder, whole or not at all. Pictures keep their names; a second one of a name becomes `name-2.jpg`. Throws for a folder
 * that is not empty.
 */
export async function writeSplitFolders(
  parts: readonly WrittenPart[],
  out: string,
  { link: isLinked = false, onProgress }: WriteSplitOptions = {},
): Promise<void> {
  await refuseFull(out);
  const { classes } = parts[0].dataset;
  for (const name of classes) checkFolderName(name);
  const parent = dirname(out);
  await makeFolder(parent);
  const work = join(parent, `.${basename(out)}.convkit-${randomUUID()}`);
  try {
    await mkdir(work);
    const jobs: { file: EncodedImage; to: string }[] = [];
    for (const { name, dataset } of parts) {
      for (const label of classes.keys()) {
        const folder = join(work, name, classes[label]);
        await mkdir(folder, { recursive: true });
        const files = dataset.files.filter((_, i) => dataset.labels[i] === label);
        const names = await namesOf(files);
        jobs.push(...files.map((file, i) => ({ file, to: join(folder, names[i]) })));
      }
    }
    let done = 0;
    await mapConcurrently(jobs, AT_ONCE, async ({ file, to }) => {
      await put(file, to, isLinked);
      onProgress?.(++done, jobs.length);
    });
    // An empty folder makes way.
    await rm(out, { recursive: true, force: true });
    await rename(work, out);
  } catch (cause) {
    await rm(work, { recursive: true, force: true });
    throw cause instanceof ConvkitError ? cause : writeError(out, cause);
  }
}

async function refuseFull(out: string): Promise<void> {
  const there = await readdir(out).catch((cause) => {
    if (codeOf(cause) === "ENOENT") return [];
    throw readError(out, cause);
  });
  if (there.length === 0) return;
  throw new ConvkitError("split", `${out}: is there already and not empty — name another folder`);
}

/** What no file system takes, or what would lead out of the folder. */
function checkFolderName(name: string): void {
  if (name !== "" && name !== "." && name !== ".." && !/[\\/:*?"<>|\p{Cc}]/u.test(name)) return;
  throw new ConvkitError(
    "split",
    `class "${name}" can be no folder's name — write a table instead (--out split.csv)`,
  );
}

/** Without folders, each one once, with the ending of what they are where they have none. */
async function namesOf(files: readonly EncodedImage[]): Promise<string[]> {
  const taken = new Set<string>();
  const names: string[] = [];
  for (const file of files) {
    const own = basename(file.name).replace(/[\\:*?"<>|\p{Cc}]/gu, "_");
    const ending = extname(own) || `.${imageFormat(await readEncoded(file)) ?? "img"}`;
    const stem = basename(own, extname(own));
    let name = `${stem}${ending}`;
    // Names that differ in case alone are one on many disks.
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}${ending}`;
    taken.add(name.toLowerCase());
    names.push(name);
  }
  return names;
}

async function put(file: EncodedImage, to: string, isLinked: boolean): Promise<void> {
  const { path, offset, length } = file;
  const isOwn = path !== undefined && offset === undefined && length === undefined;
  if (!isOwn) return writeFileAtomic(to, await readEncoded(file));
  if (isLinked) {
    try {
      return await link(path, to);
    } catch (cause) {
      if (!["EXDEV", "EPERM", "ENOTSUP", "EMLINK"].includes(codeOf(cause) ?? "")) throw cause;
    }
  }
  await copyFile(path, to).catch((cause) => {
    throw codeOf(cause) === "ENOENT" ? readError(path, cause) : cause;
  });
}

/**
 * A table of paths, parts and classes, which `openManifest` reads. It lies beside the pictures or above them, since it names nothing that
 * lies elsewhere. Throws where there is a file already.
 */
export async function writeSplitTable(parts: readonly WrittenPart[], out: string): Promise<void> {
  if (await stat(out).catch(() => undefined)) {
    throw new ConvkitError("split", `${out}: is there already — name another file`);
  }
  const folder = await realpath(dirname(out)).catch((cause) => {
    throw readError(dirname(out), cause);
  });
  const rows = [["path", "label", "split"]];
  for (const { name, dataset } of parts) {
    for (const [i, file] of dataset.files.entries()) {
      rows.push([inFolder(file, folder, out), dataset.classes[dataset.labels[i]], name]);
    }
  }
  await writeFileAtomic(out, rows.map((row) => `${row.map(csvCell).join(",")}\n`).join(""));
}

function inFolder({ name, path, offset }: EncodedImage, folder: string, out: string): string {
  if (path === undefined || offset !== undefined) {
    throw new ConvkitError(
      "split",
      `${name} lies in an archive, where no table can name it — write a folder instead`,
    );
  }
  if (isInside(folder, path)) return relative(folder, path).split(sep).join("/");
  throw new ConvkitError(
    "split",
    `${out}: ${name} does not lie in the table's folder — put the table beside the pictures, or above them`,
  );
}
