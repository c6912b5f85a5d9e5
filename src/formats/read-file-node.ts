/** Whole files and folders, with errors that a person can act on. */
import { readdir, readFile } from "node:fs/promises";
import { readError } from "./file-error-node.ts";
import { gunzip } from "./gzip.ts";

/** A file's bytes; throws a ConvkitError that names the file. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** As `readBytes`, unpacked if it is gzip. */
export const readUnpacked = async (path: string): Promise<Uint8Array> =>
  gunzip(await readBytes(path), path);

/** A folder's visible entries by name, folders and files apart, in the order of their code units. */
export async function readFolder(path: string): Promise<{ folders: string[]; files: string[] }> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const folders: string[] = [];
    const files: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      // A link is followed by what reads it; a link to a folder is known by trying.
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await isDir(path, entry.name)));
      (isFolder ? folders : files).push(entry.name);
    }
    return { folders: folders.sort(), files: files.sort() };
  } catch (cause) {
    throw readError(path, cause);
  }
}

const isDir = (path: string, name: string): Promise<boolean> =>
  readdir(`${path}/${name}`).then(
    () => true,
    () => false,
  );
