/** What an archive holds as a tree: folders follow from the paths of files. */
import { isLitter, type Tree } from "./image-folder.ts";

/** Whatever all files lie in is left out of the tree's paths, and is `inside`: archives often hold one folder with everything. */
export function archiveTree(
  where: string,
  names: readonly string[],
): { tree: Tree; inside: string } {
  const all = names.filter((name) => !name.split("/").some(isLitter));
  let inside = "";
  for (;;) {
    const [first] = all;
    const end = first?.indexOf("/", inside.length) ?? -1;
    const longer = end < 0 ? "" : first.slice(0, end + 1);
    // The folder that has the classes is not left out, even if there is but one.
    const deeper = all.every(
      (name) => name.startsWith(longer) && name.includes("/", longer.length),
    );
    if (longer === "" || !deeper) break;
    inside = longer;
  }
  const files = all.map((name) => name.slice(inside.length));
  const folders = new Set<string>();
  for (const file of files) {
    for (let end = file.indexOf("/"); end >= 0; end = file.indexOf("/", end + 1)) {
      folders.add(file.slice(0, end));
    }
  }
  return { tree: { where, files, folders: [...folders] }, inside };
}
