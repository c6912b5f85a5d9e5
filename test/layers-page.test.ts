/** docs/layers.md and the catalogues that it is made from. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { layersPage, sections } from "../docs/layers-page.ts";
import * as convkit from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/layers.md"), "utf8");

test("docs/layers.md is what the catalogues say now — else run npm run docs", async () => {
  expect(page).toBe(await layersPage(root));
});

test("its links lead to files and headings that exist", () => {
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) =>
    title.toLowerCase().replaceAll(" ", "-"),
  );
  expect(links.length).toBeGreaterThan(sections.length);
  const broken = links.filter((target) =>
    target.startsWith("#")
      ? !headings.includes(target.slice(1))
      : !existsSync(join(root, "docs", target)),
  );
  expect(broken).toEqual([]);
});

describe.each(sections)("$title", ({ entries, prefix }) => {
  test("names are unique, and what one imports from convkit", () => {
    const names = entries.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    const missing = names.filter((name) => {
      let value: unknown = convkit;
      for (const part of `${prefix}${name}`.split(".")) {
        value = (value as Record<string, unknown> | undefined)?.[part];
      }
      return value === undefined;
    });
    expect(missing).toEqual([]);
  });

  test("every entry says all, on one line each", () => {
    const isLine = (text: string) => text.trim() === text && /^[^\n]+$/.test(text);
    const wrong = entries.filter(
      ({ name, formula, shapes, source, torch }) =>
        ![name, formula, shapes, source, torch ?? "none"].every(isLine),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
