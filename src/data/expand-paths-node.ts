/** Names of several files at once: `{0000..0003}`, `{a,b}`, and `*` and `?` in the last part of a path. */
import { basename, dirname, join } from "node:path";
import { ConvkitError } from "../core/error.ts";
import { readFolder } from "../formats/read-file-node.ts";

const MOST = 100_000;

/** The paths that a pattern stands for, in order; a plain path stands for itself. Throws where `*` matches nothing. */
export async function expandPaths(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  // Braces in braces say some paths twice.
  for (const path of new Set(expandBraces(pattern))) {
    if (!/[*?]/.test(basename(path))) {
      paths.push(path);
      continue;
    }
    const { files } = await readFolder(dirname(path));
    const source = basename(path)
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    const matches = files.filter((file) => new RegExp(`^${source}$`).test(file));
    if (matches.length === 0) {
      throw new ConvkitError("data", `${path}: matches no file — check the spelling`);
    }
    paths.push(...matches.map((file) => join(dirname(path), file)));
  }
  return paths;
}

function expandBraces(pattern: string): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (!match) return [pattern];
  const [braces, inside] = match;
  const range = /^(\d+)\.\.(\d+)$/.exec(inside);
  const words = range ? numbers(range[1], range[2], pattern) : inside.split(",");
  const [before, after] = [
    pattern.slice(0, match.index),
    pattern.slice(match.index + braces.length),
  ];
  return words.flatMap((word) => expandBraces(before + word + after));
}

/** Padded with zeros as the first is. */
function numbers(first: string, last: string, pattern: string): string[] {
  const count = Number(last) - Number(first) + 1;
  if (count < 1 || count > MOST) {
    throw new ConvkitError(
      "data",
      `${pattern}: {${first}..${last}} is no range — write {0000..0003}`,
    );
  }
  return Array.from({ length: count }, (_, i) =>
    String(Number(first) + i).padStart(first.length, "0"),
  );
}
