/**
 * The layout of torchvision's ImageFolder, in a folder or an archive: one folder per class, its name the class's name; above them
 * optionally train/, val/ and test/. Pictures may lie deeper below their class.
 */
import { ConvkitError } from "../core/error.ts";
import { fewOf, type PartName, partOfWord } from "./found-pictures.ts";

/** What a folder or an archive holds: paths from its root, with slashes. */
export interface Tree {
  /** What messages call it. */
  readonly where: string;
  readonly files: readonly string[];
  /** All of them, at any depth, empty ones too. */
  readonly folders: readonly string[];
}

export interface ImageFolder {
  readonly classes: readonly string[];
  /** Training always. Paths are the tree's. */
  readonly parts: Readonly<Partial<Record<PartName, readonly LabelledPath[]>>>;
  /** What is no picture by its name. */
  readonly leftOut: readonly string[];
}

export interface LabelledPath {
  readonly path: string;
  readonly label: number;
}

const IMAGE = /\.(png|jpe?g|jpe|jfif|webp|gif|avif|tiff?|bmp)$/i;
/** What systems leave in folders: hidden files, thumbnails, forks of macOS's archives. */
const LITTER = /^(\..*|thumbs\.db|desktop\.ini|__macosx|@eadir)$/i;
const FORMATS = "JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP";

export const isImageName = (path: string): boolean => IMAGE.test(path);

/** Whether a file or folder of this name is nobody's data. */
export const isLitter = (name: string): boolean => LITTER.test(name);

const childrenOf = (tree: Tree, root: string): { folders: string[]; files: string[] } => {
  const prefix = root === "" ? "" : `${root}/`;
  const inside = (paths: readonly string[]): string[] =>
    paths
      .filter((path) => path.startsWith(prefix) && !path.includes("/", prefix.length))
      .map((path) => path.slice(prefix.length))
      .sort();
  return { folders: inside(tree.folders), files: inside(tree.files) };
};

export interface FindOptions {
  /** A class without a picture is no error: for those who want to know what there is. */
  readonly allowEmpty?: boolean;
}

/** Throws where no picture has a class, a class has no picture, or parts have different classes. */
export function imageFolder(tree: Tree, options: FindOptions = {}): ImageFolder {
  const top = childrenOf(tree, "");
  const roots = partRoots(tree, top.folders);
  const leftOut = [...top.files];
  const training = roots.train ?? "";
  const { classes, pictures, others } = listClasses(tree, training, options);
  leftOut.push(...others);
  const parts: Partial<Record<PartName, LabelledPath[]>> = { train: pictures };
  for (const part of ["validation", "test"] as const) {
    const root = roots[part];
    if (root === undefined) continue;
    const found = listClasses(tree, root, options);
    if (String(found.classes) !== String(classes)) {
      const theirs = `its classes are ${found.classes.join(", ")}, to train on there are`;
      throw fault(
        placeOf(tree, root),
        `${theirs} ${classes.join(", ")} — give every part the same sub-folders`,
      );
    }
    parts[part] = found.pictures;
    leftOut.push(...found.others);
  }
  return { classes, parts, leftOut };
}

/** Parts are folders of folders: a class may be called `train` as well. */
function partRoots(tree: Tree, folders: readonly string[]): Partial<Record<PartName, string>> {
  const roots: Partial<Record<PartName, string>> = {};
  for (const folder of folders) {
    const part = partOfWord(folder);
    if (!part || childrenOf(tree, folder).folders.length === 0) continue;
    if (roots[part] !== undefined) {
      const both = `both ${roots[part]} and ${folder} are there`;
      throw fault(tree.where, `${both} — keep one of them`);
    }
    roots[part] = folder;
  }
  return roots.train === undefined ? {} : roots;
}

const placeOf = ({ where }: Tree, root: string): string =>
  root === "" ? where : `${where}/${root}`;

const fault = (where: string, text: string): ConvkitError =>
  new ConvkitError("folder", `${where}: ${text}`);

interface Listed {
  readonly classes: string[];
  readonly pictures: LabelledPath[];
  readonly others: string[];
}

function listClasses(tree: Tree, root: string, { allowEmpty }: FindOptions): Listed {
  const where = placeOf(tree, root);
  const { folders: classes, files } = childrenOf(tree, root);
  if (classes.length === 0) throw noClasses(where, files);
  if (classes.length === 1) {
    throw fault(
      where,
      `one class only, ${classes[0]} — a classifier needs two or more sub-folders`,
    );
  }
  const labels = new Map(classes.map((name, label) => [name, label]));
  const counts = classes.map(() => ({ pictures: 0, others: [] as string[] }));
  const pictures: LabelledPath[] = [];
  const others = root === "" ? [] : files.map((file) => `${root}/${file}`);
  const start = root === "" ? 0 : root.length + 1;
  for (const path of tree.files) {
    if (root !== "" && !path.startsWith(`${root}/`)) continue;
    const label = labels.get(path.slice(start, Math.max(start, path.indexOf("/", start))));
    if (label === undefined) continue;
    if (isImageName(path)) {
      pictures.push({ path, label });
      counts[label].pictures++;
    } else {
      others.push(path);
      counts[label].others.push(path.slice(path.lastIndexOf("/") + 1));
    }
  }
  const empty = counts.findIndex((count) => count.pictures === 0);
  if (empty >= 0 && !allowEmpty) {
    const there = counts[empty].others;
    const fact =
      there.length === 0
        ? ""
        : `, ${there.length} other ${there.length === 1 ? "file" : "files"} (${fewOf(there)})`;
    throw fault(
      `${where}/${classes[empty]}`,
      `no image in it${fact} — add ${FORMATS} files, or remove the folder`,
    );
  }
  pictures.sort((a, b) => a.label - b.label || (a.path < b.path ? -1 : 1));
  return { classes, pictures, others };
}

function noClasses(where: string, files: readonly string[]): ConvkitError {
  const images = files.filter(isImageName).length;
  const fact =
    files.length === 0
      ? "the folder is empty"
      : `${images} images and no sub-folder, so no picture has a class`;
  return fault(
    where,
    `${fact} — make one sub-folder per class and put its images (PNG, JPEG, WebP) there, or list them in labels.csv`,
  );
}

/** A line for people about files that are no pictures. */
export function leftOutNote(leftOut: readonly string[]): string[] {
  if (leftOut.length === 0) return [];
  const what =
    leftOut.length === 1
      ? "1 file that is no picture"
      : `${leftOut.length} files that are no pictures`;
  return [`left out ${what} by name: ${fewOf(leftOut)}`];
}
