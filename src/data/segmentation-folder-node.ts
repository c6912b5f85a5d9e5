/**
 * Pictures and masks in two folders, by equal names: `images/7.jpg` and `masks/7.png`. Both may lie below `train/`, `val/` and `test/`, or have
 * these below them. `classes.txt` beside them names the classes, one a line, from class 0 on.
 */
import { readFile } from "node:fs/promises";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/file-error-node.ts";
import type { EncodedImage } from "./encoded-image.ts";
import {
  type FoundPart,
  type FoundPictures,
  fewOf,
  type PartName,
  partOfWord,
} from "./found-pictures.ts";
import { isImageName, leftOutNote, type Tree } from "./image-folder.ts";
import type { DiskTree } from "./list-tree-node.ts";

const CLASSES = "classes.txt";

type Kind = "images" | "masks";

/** Whether a folder holds pictures and masks beside each other, or a part of it does. */
export function hasMasks({ folders }: Pick<Tree, "folders">): boolean {
  const beside = (folder: string): boolean =>
    folders.includes(`${folder}images`) && folders.includes(`${folder}masks`);
  const parts = folders.filter((name) => !name.includes("/") && partOfWord(name));
  return ["", ...parts.map((name) => `${name}/`)].some(beside);
}

interface Pair {
  readonly part: PartName;
  readonly images: string[];
  readonly masks: string[];
}

/** Throws where a picture has no mask, a mask no picture, or two files have one name. */
export async function findSegmentation(tree: DiskTree): Promise<FoundPictures> {
  const { where } = tree;
  const pairs = new Map<string, Pair>();
  const leftOut: string[] = [];
  for (const path of tree.files) {
    const place = placeOf(path);
    if (!place || !isImageName(path)) {
      if (path !== CLASSES) leftOut.push(path);
      continue;
    }
    const pair = pairs.get(place.key) ?? { part: place.part, images: [], masks: [] };
    pair[place.kind].push(path);
    pairs.set(place.key, pair);
  }
  checkPairs(where, [...pairs.values()]);
  const fileOf = (path: string): EncodedImage => ({
    name: `${where}/${path}`,
    path: tree.pathOf(path),
  });
  const partOf = (name: PartName): FoundPart | undefined => {
    const own = [...pairs.values()].filter(({ part }) => part === name);
    if (own.length === 0) return undefined;
    return {
      files: own.map(({ images: [path] }) => fileOf(path)),
      masks: own.map(({ masks: [path] }) => fileOf(path)),
      labels: new Int32Array(own.length),
    };
  };
  const [train, validation, test] = (["train", "validation", "test"] as const).map(partOf);
  if (!train) throw fault(where, "no pictures to train on — put some and their masks into train/");
  const names = tree.files.includes(CLASSES) ? await readClasses(tree) : undefined;
  return {
    ...{ name: where.split(/[/\\]/).at(-1) ?? where, where, classes: ["pictures"], train },
    ...(validation && { validation }),
    ...(test && { test }),
    ...(names && { maskClasses: names }),
    notes: leftOutNote(leftOut),
  };
}

/** `train/images/a/7.jpg` is a picture of the training part, whose mask has the same key. */
function placeOf(path: string): { kind: Kind; part: PartName; key: string } | undefined {
  const words = path.split("/");
  const at = words.findIndex((word) => word === "images" || word === "masks");
  if (at < 0 || at === words.length - 1) return undefined;
  const part =
    [words[at - 1], at + 2 < words.length ? words[at + 1] : ""]
      .map((word) => partOfWord(word ?? ""))
      .find((found) => found !== undefined) ?? "train";
  const key = words.with(at, "").join("/");
  return { kind: words[at] as Kind, part, key: key.replace(/\.[^./]*$/, "") };
}

function checkPairs(where: string, pairs: readonly Pair[]): void {
  const twice = pairs.find(({ images, masks }) => images.length > 1 || masks.length > 1);
  if (twice) {
    const names = twice.images.length > 1 ? twice.images : twice.masks;
    throw fault(
      where,
      `${names.join(" and ")} have one name, so nothing says which goes with which — rename one`,
    );
  }
  const alone = (kind: Kind): string[] =>
    pairs
      .filter((pair) => pair[kind].length === 0)
      .flatMap(({ images, masks }) => [...images, ...masks]);
  const [noImage, noMask] = [alone("images"), alone("masks")];
  if (noMask.length > 0) {
    const what =
      noMask.length === 1 ? "a picture has no mask" : `${noMask.length} pictures have no mask`;
    throw fault(
      where,
      `${what}: ${fewOf(noMask)} — give each a PNG of its name under masks/, or remove it`,
    );
  }
  if (noImage.length > 0) {
    const what =
      noImage.length === 1 ? "a mask has no picture" : `${noImage.length} masks have no picture`;
    throw fault(
      where,
      `${what}: ${fewOf(noImage)} — give each a picture of its name under images/, or remove it`,
    );
  }
  if (pairs.length === 0) throw fault(where, "images/ holds no picture — add JPEG or PNG files");
}

async function readClasses(tree: DiskTree): Promise<string[]> {
  const path = tree.pathOf(CLASSES);
  const text = await readFile(path, "utf8").catch((cause) => {
    throw readError(path, cause);
  });
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) {
    throw fault(
      `${tree.where}/${CLASSES}`,
      `names ${double} twice — give each class a name of its own`,
    );
  }
  if (names.length < 2 || names.length > 255) {
    throw fault(
      `${tree.where}/${CLASSES}`,
      `names ${names.length} classes — name 2 to 255, one a line, that of number 0 (the background, often) first`,
    );
  }
  return names;
}

const fault = (where: string, text: string): ConvkitError =>
  new ConvkitError("masks", `${where}: ${text}`);
