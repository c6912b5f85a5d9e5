/**
 * Our states under timm's names, against lists of timm's names and shapes in golden/timm/, which were written down from its
 * published code. A list is a tree, `{ "blocks.0-11": { "norm1": { "weight": "768", "bias": "768" } } }`: names of parts are
 * joined by dots, a range (`0-11`, `b2-6`) stands for each of its numbers, and a leaf is a shape.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { architectures, createModel } from "../src/models/index.ts";
import type { ModelRequest } from "../src/models/model.ts";
import * as nn from "../src/nn/index.ts";

interface Keys {
  readonly [part: string]: string | Keys;
}

interface TimmModel {
  /** timm's name of the model. */
  readonly timm: string;
  readonly request?: Partial<ModelRequest>;
  readonly keys: Keys;
}

/** A file of golden/timm/. */
interface TimmFile {
  /** timm's file and the version that was read. */
  readonly source: string;
  readonly models: Readonly<Record<string, TimmModel>>;
}

const folder = join(import.meta.dirname, "golden/timm");
const files = existsSync(folder)
  ? readdirSync(folder).filter((file) => file.endsWith(".json"))
  : [];
const models = files.flatMap((file) => {
  const { models } = JSON.parse(readFileSync(join(folder, file), "utf8")) as TimmFile;
  return Object.entries(models);
});

/** Names of parts with a range written out: `blocks.0-2` as `blocks.0`, `blocks.1`, `blocks.2`. */
function expand(part: string): string[] {
  const range = /(\d+)-(\d+)(?=\.|$)/.exec(part);
  if (!range) return [part];
  const [text, first, last] = range;
  const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => i);
  return numbers.flatMap((i) => {
    const before = part.slice(0, range.index);
    return expand(`${before}${Number(first) + i}${part.slice(range.index + text.length)}`);
  });
}

/** `key shape` of every leaf. */
function listKeys(keys: Keys, above = ""): string[] {
  return Object.entries(keys).flatMap(([part, value]) =>
    expand(part).flatMap((name) =>
      typeof value === "string"
        ? [line(above + name, value.split("x").map(Number))]
        : listKeys(value, `${above}${name}.`),
    ),
  );
}

const line = (key: string, shape: readonly number[]): string => `${key} ${shape.join("x")}`;

test("ranges stand for their numbers, and names are joined", () => {
  const keys = { "a.0-1": { w: "3x1x2", "b.8-10": "1" }, c: "4" };
  const of = (i: number) => [`a.${i}.w 3x1x2`, `a.${i}.b.8 1`, `a.${i}.b.9 1`, `a.${i}.b.10 1`];
  expect(listKeys(keys)).toEqual([...of(0), ...of(1), "c 4"]);
});

describe("states under timm's names", () => {
  test.each(models)("%s", async (name, { request, keys }) => {
    const { net, inputShape, timm } = await createModel(name, request);
    nn.initialize(net, inputShape);
    const states = nn
      .namedStates(net)
      .filter(([path, { parameter }]) => {
        return parameter.dtype === "f32" && !path.endsWith("num_batches_tracked");
      })
      .map(([path, { parameter }]) => {
        const { name: key, shape } = timm(path, parameter.shape);
        return line(key, shape);
      });
    expect(states.toSorted()).toEqual(listKeys(keys).toSorted());
  });

  test("every file with names for timm has a list", async () => {
    const listed = new Set(models.map(([name]) => name));
    for (const { names, load } of architectures) {
      if (!(await load()).timmKey) continue;
      expect(names.filter((name) => listed.has(name)).length, names.join(", ")).toBeGreaterThan(0);
    }
  });
});
