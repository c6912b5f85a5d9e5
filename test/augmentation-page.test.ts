/** docs/augmentation.md is what the transforms say of themselves, and its program runs. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { augmentationPage } from "../docs/augmentation-page.ts";
import { parseTransforms } from "../src/augment/settings.ts";
import { transformNames } from "../src/augment/table.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/augmentation.md"), "utf8");

test("docs/augmentation.md is what the transforms say now — else run npm run docs", async () => {
  expect(page).toBe(await augmentationPage(root));
});

test("its links lead to files and headings, and its picture shows every transform", () => {
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) =>
    title.toLowerCase().replaceAll(/[ ,]+/g, "-"),
  );
  expect(links.length).toBeGreaterThan(transformNames.length);
  const broken = links.filter((target) =>
    target.startsWith("#")
      ? !headings.includes(target.slice(1))
      : !existsSync(join(root, "docs", target)),
  );
  expect(broken).toEqual([]);
  const picture = readFileSync(join(root, "docs/augmentation.svg"), "utf8");
  const shown = [...picture.matchAll(/<text [^>]*>(\w+)</g)].map(([, name]) => name);
  expect(shown.toSorted()).toEqual(transformNames.toSorted());
});

test("its lines of text are read, its program runs", () => {
  const [, lines] = /```\n(.+?)```/s.exec(page) as RegExpExecArray;
  const read = lines.trim().split("\n").map(parseTransforms);
  expect(read.map(({ length }) => length)).toEqual([3, 2]);
  const [, input] = /```ts\n(.+?)```/s.exec(page) as RegExpExecArray;
  const words = ["--conditions=convkit-source", "--input-type=module-typescript", "-"];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, input });
  expect(`${stdout}${stderr}`).toBe("3072\n");
});
