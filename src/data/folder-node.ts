/**
 * A folder of images as torchvision's ImageFolder has it: one sub-folder per class, its name the class's
 * name; above them optionally train/, val/ and test/. Pictures are brought to one size (covered, the middle
 * kept) and one number of channels, and stay in memory as bytes.
 */
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readFolder } from "../formats/read-file-node.ts";
import { isGrey } from "../image/colour.ts";
import { readImage } from "../image/decode-node.ts";
import { fitImage } from "../image/preprocess.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { splitDataset } from "./split.ts";

export interface FolderOptions {
  /** [H, W], 64×64 by default. */
  readonly size?: readonly [number, number];
  /** Grey if every picture is, else colour. */
  readonly channels?: 1 | 3;
  /** The share of the short side that is kept, as in `Preprocessing`; all of it by default. */
  readonly cropPct?: number;
  /** Of the split when the folder has no test pictures of its own. */
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const IMAGE = /\.(png|jpe?g|webp|gif|avif|tiff?)$/i;
const TRAIN = ["train", "training"];
const VALIDATION = ["val", "valid", "validation"];
const TEST = ["test", "testing"];
/** Without test/ or val/, this share of the pictures is held back. */
const TEST_SHARE = 0.2;
/** Files decoded at a time: enough to keep libvips' threads busy. */
const AT_ONCE = 8;

interface Listing {
  readonly path: string;
  readonly classes: readonly string[];
  readonly files: readonly { readonly path: string; readonly label: number }[];
}

export async function openFolder(
  path: string,
  options: FolderOptions = {},
): Promise<DatasetPair<ArrayDataset>> {
  const { folders, files } = await readFolder(path);
  if (folders.length === 0) throw noClasses(path, files);
  const pick = (names: readonly string[]): string | undefined =>
    folders.find((folder) => names.includes(folder.toLowerCase()));
  const [train, validation, test] = [pick(TRAIN), pick(VALIDATION), pick(TEST)];
  const parts = [train, test ?? validation, test && validation].filter(
    (part) => part !== undefined,
  );
  if (train === undefined || parts.length === 1) {
    const only = train === undefined ? path : join(path, train);
    const [all] = await readListings([await list(only)], options);
    const split = splitDataset(all, TEST_SHARE, options.seed);
    return { train: split.train, test: split.validation };
  }
  const listings: Listing[] = [];
  for (const part of parts) listings.push(await list(join(path, part), listings[0]?.classes));
  const [first, second, third] = await readListings(listings, options);
  return third ? { train: first, test: second, validation: third } : { train: first, test: second };
}

function noClasses(path: string, files: readonly string[]): ConvkitError {
  const images = files.filter((file) => IMAGE.test(file)).length;
  const fact =
    files.length === 0
      ? "the folder is empty"
      : `${images} images and no sub-folder, so no picture has a class`;
  return new ConvkitError(
    "folder",
    `${path}: ${fact} — make one sub-folder per class and put its images (PNG, JPEG, WebP) there`,
  );
}

async function list(path: string, expected?: readonly string[]): Promise<Listing> {
  const { folders: classes, files: stray } = await readFolder(path);
  if (classes.length === 0) throw noClasses(path, stray);
  if (expected && String(classes) !== String(expected)) {
    throw new ConvkitError(
      "folder",
      `${path}: its classes are ${classes.join(", ")}, to train on there are ` +
        `${expected.join(", ")} — give every part the same sub-folders`,
    );
  }
  if (classes.length === 1) {
    const fact = `one class only, ${classes[0]}`;
    throw new ConvkitError(
      "folder",
      `${path}: ${fact} — a classifier needs two or more sub-folders`,
    );
  }
  const files: { path: string; label: number }[] = [];
  for (const [label, name] of classes.entries()) {
    const images = (await readFolder(join(path, name))).files.filter((file) => IMAGE.test(file));
    if (images.length === 0) {
      throw new ConvkitError(
        "folder",
        `${join(path, name)}: no image in it — add PNG, JPEG or WebP files, or remove the folder`,
      );
    }
    for (const file of images) files.push({ path: join(path, name, file), label });
  }
  return { path, classes, files };
}

/** All parts with as many channels as the whole needs. */
async function readListings(
  listings: readonly Listing[],
  options: FolderOptions,
): Promise<ArrayDataset[]> {
  const { size: [height, width] = [64, 64], cropPct } = options;
  const total = listings.reduce((sum, { files }) => sum + files.length, 0);
  const bytes = total * 3 * height * width;
  if (bytes > 2 ** 32) {
    const need = `${total} images of ${height}×${width} take ${(bytes / 2 ** 30).toFixed(1)} GiB`;
    throw new ConvkitError("folder", `${listings[0].path}: ${need} — choose a smaller size`);
  }
  let done = 0;
  const step = (): void => options.onProgress?.(++done, total);
  const parts: Loaded[] = [];
  for (const listing of listings)
    parts.push(await readListing(listing, { height, width, cropPct }, step));
  const failures = parts.flatMap(({ failures }) => failures);
  if (failures.length > 0) {
    const others = failures.length > 1 ? ` (and ${failures.length - 1} more of ${total})` : "";
    const first = failures[0].message.replace(/^\[\w+\] /, "");
    throw new ConvkitError("image", `${first}${others}`, { cause: failures[0] });
  }
  const grey = options.channels === 1 || (!options.channels && parts.every((part) => part.grey));
  return parts.map(({ rgb, labels }, i) => {
    const { classes } = listings[i];
    const images = grey ? greyPlanes(rgb, height * width) : rgb;
    const shape = [grey ? 1 : 3, height, width] as const;
    const how = { fit: "cover", ...(cropPct !== undefined && { cropPct }) } as const;
    return { name: "folder", length: labels.length, classes, shape, images, labels, ...how };
  });
}

interface Loaded {
  /** N×3×H×W. */
  readonly rgb: Uint8Array;
  readonly labels: Int32Array;
  readonly grey: boolean;
  readonly failures: Error[];
}

async function readListing(
  { files }: Listing,
  size: Pick<Preprocessing, "height" | "width" | "cropPct">,
  step: () => void,
): Promise<Loaded> {
  const pixels = size.height * size.width;
  const rgb = new Uint8Array(files.length * 3 * pixels);
  const failures: Error[] = [];
  let grey = true;
  const readOne = async (i: number): Promise<void> => {
    const image = await readImage(files[i].path);
    const { data } = fitImage(image, { channels: 3, fit: "cover", ...size });
    grey &&= isGrey(image);
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < 3; c++) rgb[(3 * i + c) * pixels + p] = data[3 * p + c];
    }
  };
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, files.length - start) }, (_, k) =>
      readOne(start + k).then(
        () => void step(),
        (error: Error) => error,
      ),
    );
    for (const error of await Promise.all(group)) if (error) failures.push(error);
  }
  return { rgb, labels: Int32Array.from(files, ({ label }) => label), grey, failures };
}

/** Pillow's luma of each picture; grey pixels keep their value. */
function greyPlanes(rgb: Uint8Array, pixels: number): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const r = Math.floor(i / pixels) * 3 * pixels + (i % pixels);
    const [g, b] = [r + pixels, r + 2 * pixels];
    grey[i] = (rgb[r] * 19595 + rgb[g] * 38470 + rgb[b] * 7471 + 0x8000) >> 16;
  }
  return grey;
}
