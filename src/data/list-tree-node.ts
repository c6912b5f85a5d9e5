/** Everything in a folder, without leaving it: links are followed only where they lead to its own files. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/file-error-node.ts";
import { fewOf } from "./found-pictures.ts";
import { isLitter, type Tree } from "./image-folder.ts";

export interface DiskTree extends Tree {
  /** Where a file of `files` lies, links resolved. */
  pathOf(file: string): string;
}

/** Whether a real path lies in a real folder. */
export const isInside = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Hidden files and what systems leave behind are not listed. Throws where links lead out of the folder. */
export async function listTree(where: string): Promise<DiskTree> {
  const root = await realpath(where).catch((cause) => {
    throw readError(where, cause);
  });
  const folders: string[] = [];
  const paths = new Map<string, string>();
  const astray: string[] = [];

  /** `above` are the real folders on the way here: a link to one of them would go on for ever. */
  const walk = async (folder: string, name: string, above: readonly string[]): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
      throw readError(name === "" ? where : join(where, name), cause);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isLitter(entry.name)) continue;
      const inner = name === "" ? entry.name : `${name}/${entry.name}`;
      let path = join(folder, entry.name);
      let isFolder = entry.isDirectory();
      if (entry.isSymbolicLink()) {
        // A link to nothing is listed, so that reading it says so.
        const target = await realpath(path).catch(() => path);
        if (!isInside(root, target)) {
          astray.push(`${inner} (to ${relative(root, target)})`);
          continue;
        }
        path = target;
        isFolder = await stat(target).then(
          (of) => of.isDirectory(),
          () => false,
        );
        if (isFolder && above.includes(target)) continue;
      }
      if (isFolder) {
        folders.push(inner);
        await walk(path, inner, [...above, path]);
      } else {
        paths.set(inner, path);
      }
    }
  };
  await walk(root, "", [root]);
  if (astray.length > 0) {
    throw new ConvkitError(
      "folder",
      `${where}: ${astray.length === 1 ? "a link leads" : `${astray.length} links lead`} out of the folder: ` +
        `${fewOf(astray)} — nothing outside it is read; copy these files into it`,
    );
  }
  return {
    where: where.replace(/(.)[/\\]+$/, "$1"),
    files: [...paths.keys()],
    folders,
    pathOf: (file) => paths.get(file) as string,
  };
}
