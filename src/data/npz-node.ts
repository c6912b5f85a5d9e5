/**
 * Pictures in NumPy's .npz: bytes N×H×W, N×H×W×C or N×C×H×W and N labels. Arrays are found by the names that are in use: those of Keras
 * (`x_train`, `y_test`), of MedMNIST (`train_images`, `val_labels`), or `images` and `labels`, which are split; Kuzushiji's
 * data sets have a file an array, `k49-train-imgs.npz`.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { permuteAxes } from "../core/permute-axes.ts";
import { formatShape } from "../core/shape.ts";
import { readError } from "../formats/file-error-node.ts";
import { fileSource } from "../formats/file-source-node.ts";
import { openArrays, type StoredArray } from "../formats/npz.ts";
import { readBytes, readFolder } from "../formats/read-file-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { checkClasses, type PartName, partOfWord } from "./found-pictures.ts";
import type { PictureOptions } from "./picture-parts-node.ts";
import { splitParts } from "./split.ts";

/** What messages call an array, and where it lies. */
interface Named {
  readonly label: string;
  readonly array: StoredArray;
}

interface Part {
  readonly images: Uint8Array;
  readonly shape: readonly [number, number, number];
  readonly labels: Int32Array;
}

/** A file, or a folder with a file for each array. `options` say how it is split where it has no test part. */
export async function openNpzData(
  path: string,
  options: Pick<PictureOptions, "fractions" | "seed"> = {},
): Promise<DatasetPair<ArrayDataset>> {
  const { arrays, names } = await arraysAt(path);
  const read = async (part: PartName | undefined): Promise<Part | undefined> => {
    const [images, labels] = [find(arrays, part, "images"), find(arrays, part, "labels")];
    return images && labels && readPart(images, labels);
  };
  const [train, validation, test, whole] = [
    await read("train"),
    await read("validation"),
    await read("test"),
    await read(undefined),
  ];
  const first = train ?? whole;
  if (!first) {
    const found = [...arrays].map(([name, { array }]) => `${name} ${formatShape(array.shape)}`);
    throw new ConvkitError(
      "npz",
      `${path}: holds ${found.join(", ") || "no array"} — call the arrays images and labels, or x_train, y_train, x_test and y_test`,
    );
  }
  const parts = [first, validation, test].filter((part) => part !== undefined);
  for (const { shape } of parts) {
    if (String(shape) === String(first.shape)) continue;
    throw new ConvkitError(
      "npz",
      `${path}: pictures of ${formatShape(first.shape)} to train on and of ${formatShape(shape)} to test with — give them one shape`,
    );
  }
  const top = parts.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  if (names && top >= names.length) {
    throw new ConvkitError("npz", `${path}: label ${top} has no name, there are ${names.length}`);
  }
  const classes = names ?? Array.from({ length: top + 1 }, (_, label) => String(label));
  checkClasses(path, classes, first.labels);
  const datasetOf = (part: Part): ArrayDataset => ({
    ...{ name: "npz", length: part.labels.length, classes },
    ...part,
  });
  const tested = test ?? validation;
  if (!tested)
    return splitParts(datasetOf(first), options.fractions ?? { test: 0.2 }, options.seed);
  const own = test && validation ? { validation: datasetOf(validation) } : {};
  return { train: datasetOf(first), test: datasetOf(tested), ...own };
}

interface Arrays {
  readonly arrays: ReadonlyMap<string, Named>;
  readonly names?: readonly string[];
}

async function arraysAt(path: string): Promise<Arrays> {
  const about = await stat(path).catch((cause) => {
    throw readError(path, cause);
  });
  if (!about.isDirectory()) {
    const arrays = await openArrays(await fileSource(path));
    return {
      arrays: new Map(
        [...arrays].map(([name, array]) => [name, { label: `${path}: ${name}`, array }]),
      ),
    };
  }
  const { files } = await readFolder(path);
  const arrays = new Map<string, Named>();
  for (const file of files.filter((name) => name.endsWith(".npz"))) {
    const [array, ...others] = (await openArrays(await fileSource(join(path, file)))).values();
    if (!array || others.length > 0) {
      const fact = array ? "holds several arrays" : "holds no array";
      throw new ConvkitError(
        "npz",
        `${path}: ${file} ${fact}, one a file is read from folders — name the file itself`,
      );
    }
    arrays.set(file.slice(0, -".npz".length), { label: join(path, file), array });
  }
  const table = files.find((file) => file.endsWith("_classmap.csv"));
  return { arrays, ...(table && { names: await classMap(join(path, table)) }) };
}

/** Kuzushiji's: index, code point, character. */
async function classMap(path: string): Promise<string[]> {
  const lines = new TextDecoder().decode(await readBytes(path)).split(/\r?\n/);
  return lines
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => (line.split(",").at(-1) as string).trim());
}

const WORDS = {
  images: ["images", "imgs", "image", "x", "data"],
  labels: ["labels", "label", "y", "targets"],
} as const;

/** The array whose name has a word of its kind and that of its part, and none of another part. */
function find(
  arrays: ReadonlyMap<string, Named>,
  part: PartName | undefined,
  kind: keyof typeof WORDS,
): Named | undefined {
  for (const [name, named] of arrays) {
    const words = name.toLowerCase().split(/[^a-z]+/);
    const own = words.map(partOfWord).find((found) => found !== undefined);
    if (own === part && WORDS[kind].some((word) => words.includes(word))) return named;
  }
  return undefined;
}

async function readPart(images: Named, labels: Named): Promise<Part> {
  const { data, shape } = await images.array.read();
  const pictures = data instanceof Uint8Array ? planes(data, shape) : undefined;
  if (!pictures) {
    const type = data.constructor.name.replace(/Array$/, "");
    throw new ConvkitError(
      "npz",
      `${images.label} is ${formatShape(shape)} of ${type}, pictures are bytes N×H×W, N×H×W×C or N×C×H×W with 1 or 3 channels — ` +
        "save them so (np.uint8)",
    );
  }
  const numbers = await labels.array.read();
  const [count, columns = 1, ...others] = numbers.shape;
  if (columns !== 1 || others.length > 0) {
    throw new ConvkitError(
      "npz",
      `${labels.label} is ${formatShape(numbers.shape)}, several labels a picture — give one class number a picture`,
    );
  }
  if (count !== shape[0]) {
    throw new ConvkitError(
      "npz",
      `${labels.label} has ${count} labels for the ${shape[0]} pictures of ${images.label} — give each one`,
    );
  }
  const values = Array.from(numbers.data as ArrayLike<number | bigint>, Number);
  const bad = values.findIndex(
    (label) => !(Number.isInteger(label) && label >= 0 && label < 2 ** 16),
  );
  if (bad >= 0) {
    throw new ConvkitError(
      "npz",
      `${labels.label}: label ${values[bad]} of picture ${bad} is no class number — number classes from 0`,
    );
  }
  return { ...pictures, labels: Int32Array.from(values) };
}

function planes(data: Uint8Array, shape: readonly number[]): Omit<Part, "labels"> | undefined {
  const [n, a, b, c] = shape;
  if (shape.some((size) => size === 0)) return undefined;
  if (shape.length === 3) return { images: data, shape: [1, a, b] };
  if (shape.length !== 4) return undefined;
  if (c === 1 || c === 3) {
    const turned = permuteAxes(data, [n, a, b, c], [0, 3, 1, 2], new Uint8Array(data.length));
    return { images: turned.data, shape: [c, a, b] };
  }
  return a === 1 || a === 3 ? { images: data, shape: [a, b, c] } : undefined;
}
