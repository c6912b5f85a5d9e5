import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { openManifest } from "./manifest-node.ts";
import { openData } from "./open-node.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-manifest-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pictures = await Promise.all(
  Array.from({ length: 12 }, (_, n) =>
    sharp(
      Uint8Array.from({ length: 400 }, (_, i) => (i * i * (n + 3) * 7919) % 251),
      {
        raw: { width: 20, height: 20, channels: 1 },
      },
    )
      .png()
      .toBuffer(),
  ),
);
let made = 0;
/** A folder with pictures/0.png … 11.png, and a table beside them. */
function table(text: string, more: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, `t${made++}`);
  mkdirSync(join(folder, "pictures"), { recursive: true });
  for (const [i, bytes] of pictures.entries())
    writeFileSync(join(folder, `pictures/${i}.png`), bytes);
  for (const [name, content] of Object.entries(more)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "photos.csv"), text);
  return join(folder, "photos.csv");
}
const rows = (cells: (i: number) => string, n = 12) =>
  Array.from({ length: n }, (_, i) => `pictures/${i}.png,${cells(i)}\n`).join("");
const options = { fractions: { test: 0.34 } };

test("names as labels, sorted; parts by a column", async () => {
  const path = table(
    `Path,Label,Split\n${rows((i) => `${i % 2 ? "dog" : "cat"},${["train", "val", "TEST"][Math.floor(i / 4)]}`)}`,
  );
  const { train, validation, test } = await openData(path, { size: [8, 8] });
  expect([train.classes, [...train.labels], train.shape]).toEqual([
    ["cat", "dog"],
    [0, 1, 0, 1],
    [1, 8, 8],
  ]);
  expect([train.length, validation?.length, test.length]).toEqual([4, 4, 4]);
});

test("semicolons, quotes, a mark of byte order, Windows' line ends and empty lines", async () => {
  const path = table(
    `\ufefffilename;class\r\n${rows((i) => `"Class; ${i % 3}"`)
      .replaceAll(",", ";")
      .replaceAll("\n", "\r\n\r\n")}`,
  );
  const { train } = await openData(path, options);
  expect(train.classes).toEqual(["Class; 0", "Class; 1", "Class; 2"]);
});

test("numbers as labels, with names in a column, in classes.txt, or none", async () => {
  const plain = await openData(table(`image,label\n${rows((i) => String(9 + (i % 2)))}`), options);
  expect(plain.train.classes).toEqual(["9", "10"]);
  const column = table(`image,label,class_name\n${rows((i) => `${i % 2},${i % 2 ? "b" : "z"}`)}`);
  expect((await openData(column, options)).train.classes).toEqual(["z", "b"]);
  const beside = table(`image,label\n${rows((i) => String(i % 2))}`, {
    "classes.txt": "zebra\nant\n",
  });
  expect((await openData(beside, options)).train.classes).toEqual(["zebra", "ant"]);
  const names = table(`image,class_name\n${rows((i) => "xy"[i % 2])}`);
  expect((await openData(names, options)).train.classes).toEqual(["x", "y"]);
});

test("a column of shares for each class gives soft targets", async () => {
  const path = table(`image,cat,dog\n${rows((i) => (i % 2 ? "0.25,0.75" : "1,0"))}`);
  const { train } = await openManifest(path, options);
  expect(train.classes).toEqual(["cat", "dog"]);
  for (const [i, label] of train.labels.entries()) {
    const row = [...(train.targets ?? []).slice(2 * i, 2 * i + 2)];
    expect(row).toEqual(label === 1 ? [0.25, 0.75] : [1, 0]);
  }
  const wrong = table(`image,cat,dog\n${rows(() => "0.5,0.9")}`);
  await expect(openManifest(wrong)).rejects.toThrow(
    /line 2: the shares of its classes sum to 1\.4, not to 1/,
  );
  const late = table(`image,cat,dog\n${rows((i) => (i === 3 ? "1.5,0" : "1,0"))}`);
  await expect(openManifest(late)).rejects.toThrow(
    /line 5: 1\.5 is no share of a class, from 0 to 1/,
  );
});

test("a table in a folder may leave out folders and endings, as Kaggle's do", async () => {
  const path = table("");
  const folder = join(path, "..");
  rmSync(path);
  const lines = pictures.map((_, i) => `${i},${"ab"[i % 2]}`).join("\n");
  writeFileSync(join(folder, "labels.csv"), `id,label\n${lines}`);
  const { train, notes } = await openData(folder, options);
  expect([train.classes, train.name]).toEqual([["a", "b"], basename(folder)]);
  expect(notes).toEqual([`${folder}: labels are those of labels.csv`]);
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "more/3.png"), pictures[3]);
  await expect(openData(folder)).rejects.toThrow(
    /line 5: 3 may be more\/3\.png, pictures\/3\.png — write the path with its folder/,
  );
  rmSync(join(folder, "more/3.png"));
  writeFileSync(join(folder, "labels.csv"), `id,label\n../1.png,a\n`);
  await expect(openData(folder)).rejects.toThrow(
    /line 2: \.\.\/1\.png lies outside the table's folder/,
  );
});

test("broken pictures in a table are told by their names", async () => {
  const path = table(`image,label\n${rows((i) => "ab"[i % 2])}`);
  writeFileSync(join(path, "../pictures/4.png"), "text");
  await expect(openData(path)).rejects.toThrow(/pictures\/4\.png: not an image/);
  const { notes } = await openData(path, { ...options, skipBroken: true });
  expect(notes?.[0]).toMatch(/^left out 1 broken of 12 files: .*pictures\/4\.png$/);
});

test("soft targets stay with their pictures when broken ones are left out", async () => {
  const path = table(`image,cat,dog\n${rows((i) => (i % 2 ? "0.25,0.75" : "0.875,0.125"))}`);
  writeFileSync(join(path, "../pictures/0.png"), "text");
  const { train, test } = await openManifest(path, { ...options, skipBroken: true });
  for (const part of [train, test]) {
    const wanted = [...part.labels].flatMap((label) => (label ? [0.25, 0.75] : [0.875, 0.125]));
    expect([...(part.targets ?? [])]).toEqual(wanted);
  }
  expect(train.length + test.length).toBe(11);
});

const outside = join(root, "outside.png");
writeFileSync(outside, pictures[0]);

test.each([
  ["an empty file", "", /photos\.csv: the file is empty/],
  ["a header alone", "path,label\n", /has a header and no row/],
  [
    "no column of paths",
    "photo no,label\n1,a\n",
    /no column of paths among photo no, label — call it path, image/,
  ],
  [
    "no column of labels",
    "path,colour\npictures/0.png,red\n",
    /no column of labels among path, colour — call it label, class/,
  ],
  [
    "an empty label",
    `path,label\n${rows((i) => (i === 2 ? "" : "a"))}`,
    /line 4: its label is empty — fill it in/,
  ],
  ["an empty path", "path,label\n,a\n", /line 2: its path is empty/],
  [
    "names and numbers",
    `path,label\n${rows((i) => (i === 5 ? "3" : "cat"))}`,
    /line 7: labels are numbers \(3\) and names \(cat\) — write all/,
  ],
  [
    "a picture that is not there",
    `path,label\n${rows(() => "a", 3)}pictures/77.png,b\npictures/78.png,b\n`,
    /2 of 5 pictures are not there: pictures\/77\.png \(line 5\), pictures\/78\.png \(line 6\)/,
  ],
  [
    "a row twice",
    `path,label\n${rows(() => "a", 3)}pictures/../pictures/1.png,b\n`,
    /line 5: pictures\/\.\.\/pictures\/1\.png stands in line 3 already, as a and as b/,
  ],
  [
    "a path that leaves",
    "path,label\n../outside.png,a\n",
    /line 2: \.\.\/outside\.png lies outside the table's folder/,
  ],
  ["an absolute path", `path,label\n${outside},a\n`, /line 2: .*outside\.png lies outside/],
  [
    "another part",
    "path,label,split\npictures/0.png,a,holdout\n",
    /line 2: "holdout" is no part of a data set/,
  ],
  ["no training part", "path,label,split\npictures/0.png,a,test\n", /no row is of the part train/],
  [
    "a short row",
    "path,label,split\npictures/0.png,a,train\npictures/1.png\n",
    /Invalid Record Length.* line 3.* — correct that line/,
  ],
  ["one class", `path,label\n${rows(() => "a")}`, /one class only, a/],
  [
    "two names of a number",
    `path,label,name\n${rows((i) => `1,${i === 4 ? "b" : "a"}`)}`,
    /line 6: label 1 is b here and a before/,
  ],
  ["no text", "path,label\0\n", /is no text — save the table as CSV/],
])("%s is refused with its line", async (_, text, message) => {
  const path = table(text);
  await expect(openData(path)).rejects.toThrow(message);
  await expect(openData(path)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
});

test("a label without a name, a link out of the folder and a table that is not there", async () => {
  const named = table(`path,label\n${rows((i) => String(i % 3))}`, { "classes.txt": "a\nb\n" });
  await expect(openData(named)).rejects.toThrow(/line 4: label 2 has no name, classes\.txt has 2/);
  const linked = table("path,label\nlink.png,a\n");
  symlinkSync(outside, join(linked, "../link.png"));
  await expect(openData(linked)).rejects.toThrow(/line 2: link\.png lies outside/);
  await expect(openData(join(root, "none.csv"))).rejects.toThrow(/none\.csv: no such file/);
});
