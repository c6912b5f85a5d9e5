/** Splits written to disk, and read again. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { countClasses, type StoredDataset } from "./dataset.ts";
import { openFolder } from "./folder-node.ts";
import { openManifest } from "./manifest-node.ts";
import { type WrittenPart, writeSplitFolders, writeSplitTable } from "./write-split-node.ts";
import { openZipFolder } from "./zip-node.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-write-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = (name: string): string => join(root, name);

const picture = (n: number) =>
  sharp(
    Uint8Array.from({ length: 24 * 20 }, (_, i) => (i * i * (n + 3) * 7919) % 251),
    { raw: { width: 24, height: 20, channels: 1 } },
  )
    .png()
    .toBuffer();
const pictures = await Promise.all(Array.from({ length: 20 }, (_, n) => picture(n)));

/** Ten of each class, two of them copies of one another. */
function photos(name: string): string {
  for (const [i, bytes] of pictures.entries()) {
    const path = join(root, name, "ab"[i % 2], i < 4 ? "deep/er" : "", `${i >> 1}.png`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, i === 6 ? pictures[8] : bytes);
  }
  return join(root, name);
}

async function partsOf(path: string): Promise<WrittenPart[]> {
  const options = { fractions: { validation: 0.2, test: 0.2 }, seed: 1 };
  const { train, validation, test } = await (path.endsWith(".zip")
    ? openZipFolder(path, options)
    : openFolder(path, options));
  return [
    { name: "train", dataset: train },
    { name: "val", dataset: validation as StoredDataset },
    { name: "test", dataset: test },
  ];
}

const contentOf = (dataset: StoredDataset): string[] =>
  dataset.files.map(({ path }) => readFileSync(path as string, "base64")).sort();

test("folders hold the very files of each part and open as these parts", async () => {
  const parts = await partsOf(photos("copied"));
  const out = fresh("out/copied");
  const seen: number[] = [];
  await writeSplitFolders(parts, out, { onProgress: (done) => seen.push(done) });
  expect(seen).toHaveLength(20);
  expect(readdirSync(dirname(out))).toEqual(["copied"]);
  const { train, validation, test, notes } = await openFolder(out);
  const opened = [train, validation as StoredDataset, test];
  expect(opened.map(contentOf)).toEqual(parts.map(({ dataset }) => contentOf(dataset)));
  expect(opened.map(countClasses)).toEqual([
    [6, 6],
    [2, 2],
    [2, 2],
  ]);
  // Copies that were on two sides would be told.
  expect(notes?.filter((note) => note.includes("both trained on"))).toEqual([]);
});

test("names that two pictures have become two names, also without an ending", async () => {
  const archive = fresh("photos.zip");
  const entries = pictures.map((bytes, i) => [`${"ab"[i % 2]}/${i}/photo.png`, bytes] as const);
  writeFileSync(archive, zipSync(Object.fromEntries(entries)));
  const parts = await partsOf(archive);
  const nameless = { ...parts[2].dataset.files[0], name: `${archive}/row 7` };
  const [first, ...others] = parts[2].dataset.files;
  expect(first).toBeDefined();
  const test = { ...parts[2].dataset, files: [nameless, ...others] };
  await writeSplitFolders([parts[0], { name: "test", dataset: test }], fresh("named"));
  expect(readdirSync(fresh("named/train/a"))).toEqual(
    ["photo.png", ...[2, 3, 4, 5, 6].map((n) => `photo-${n}.png`)].sort(),
  );
  const names = ["a", "b"].flatMap((name) => readdirSync(fresh(`named/test/${name}`)));
  expect(names.sort()).toEqual(["photo-2.png", "photo.png", "photo.png", "row 7.png"]);
});

test("links are names of the same files", async () => {
  const parts = await partsOf(photos("linked"));
  await writeSplitFolders(parts, fresh("links"), { link: true });
  const [file] = readdirSync(fresh("links/test/a"));
  expect(statSync(fresh(`links/test/a/${file}`)).nlink).toBe(2);
});

test("a folder that is not empty, and classes that are no folders, are refused and nothing is left", async () => {
  const parts = await partsOf(photos("refused"));
  const full = fresh("full");
  mkdirSync(full);
  await writeSplitFolders(parts, full);
  await expect(writeSplitFolders(parts, full)).rejects.toThrow(
    /full: is there already and not empty/,
  );
  for (const name of ["..", "a/b", ""]) {
    const odd = parts.map(({ name: part, dataset }) => ({
      ...{ name: part, dataset: { ...dataset, classes: ["x", name] } },
    }));
    await expect(writeSplitFolders(odd, fresh("odd"))).rejects.toThrow(/can be no folder's name/);
  }
  const lost = { ...parts[0].dataset, files: [{ name: "lost.png", path: fresh("lost.png") }] };
  const broken = [{ name: "train", dataset: { ...lost, labels: Int32Array.of(0) } }];
  await expect(writeSplitFolders(broken, fresh("odd"))).rejects.toThrow(/lost\.png/);
  expect(existsSync(fresh("odd"))).toBe(false);
  expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a table names paths, classes and parts, and opens as these parts", async () => {
  const path = photos('with, comma and "quotes"');
  const parts = await partsOf(path);
  const table = fresh("split.csv");
  await writeSplitTable(parts, table);
  const { train, validation, test } = await openManifest(table);
  const opened = [train, validation as StoredDataset, test];
  expect(opened.map(contentOf)).toEqual(parts.map(({ dataset }) => contentOf(dataset)));
  expect(opened.map(countClasses)).toEqual(parts.map(({ dataset }) => countClasses(dataset)));
  await expect(writeSplitTable(parts, table)).rejects.toThrow(/split\.csv: is there already/);
  mkdirSync(fresh("elsewhere"));
  await expect(writeSplitTable(parts, fresh("elsewhere/split.csv"))).rejects.toThrow(
    /does not lie in the table's folder/,
  );
});
