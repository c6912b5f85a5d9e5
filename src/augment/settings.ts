/**
 * Transforms as plain data, which `config.json` keeps and workers are sent, and as a line of text:
 *
 *     randomResizedCrop:size=224,scale=0.08,1+randomHorizontalFlip+colorJitter:brightness=0.4
 */
import { ConvkitError } from "../core/error.ts";
import { checkedSettings, findName } from "../nn/named-settings.ts";
import { compose } from "./compose.ts";
import { kinds, type TransformName, transformNames } from "./table.ts";
import type { Transform, TransformKind } from "./transform.ts";

/** A transform by its name, with options as its function has them; those left out have their defaults. */
export interface TransformSettings {
  readonly name: TransformName;
  readonly [option: string]: unknown;
}

/**
 * One transform out of several settings, applied in their order; `size` is [H, W] for those that have a size and are given none.
 * Throws for names and options that there are not.
 */
export async function makeTransform(
  settings: readonly TransformSettings[],
  size?: readonly [number, number],
): Promise<Transform> {
  const made = await Promise.all(settings.map((one) => makeOne(one, size)));
  return made.length === 1 ? made[0] : compose(made);
}

async function makeOne(
  { name, ...options }: TransformSettings,
  size: readonly [number, number] | undefined,
): Promise<Transform> {
  const kind = (await kinds[findName("transform", name, transformNames)]()) as TransformKind;
  const checked = checkedSettings("transform", name, kind.settings, options);
  return kind.make(
    size && kind.settings.split(" ").includes("size") ? { size, ...checked } : checked,
  );
}

/** `none` and the empty text are no transforms at all; `flip` and `shift=4` stand for a flip and a crop of the padded picture. */
export function parseTransforms(text: string): TransformSettings[] {
  if (text === "" || text === "none") return [];
  return text.split("+").flatMap((part) => (isShort(part) ? parseShort(part) : [parseOne(part)]));
}

const isShort = (text: string): boolean =>
  /^\s*(flip|shift=\d+)\s*(,\s*(flip|shift=\d+)\s*)*$/.test(text);

/** `flip,shift=4`: what small pictures are trained with, in a word each. */
const parseShort = (text: string): TransformSettings[] =>
  text.split(",").map((word) => {
    const [, pixels] = word.split("=");
    return pixels === undefined
      ? { name: "randomHorizontalFlip" }
      : { name: "randomCrop", padding: Number(pixels) };
  });

function parseOne(text: string): TransformSettings {
  const [word, ...rest] = text.trim().split(":");
  const name = findName("transform", word, transformNames);
  // A comma that no key=value follows is one within a list.
  const options = rest
    .join(":")
    .split(/,(?=[^,=]*=)/)
    .filter(Boolean)
    .map(parseOption);
  return { name, ...Object.fromEntries(options) };
}

function parseOption(text: string): [string, unknown] {
  const [, key, value] = /^([^=,]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined) {
    throw new ConvkitError(
      "transform",
      `"${text}" is no option — write key=value, such as randomCrop:size=32,padding=4`,
    );
  }
  const values = value.split(",").map(parseValue);
  return [key, values.length > 1 ? values : values[0]];
}

function parseValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** The text that `parseTransforms` reads. */
export function formatTransforms(settings: readonly TransformSettings[]): string {
  if (settings.length === 0) return "none";
  return settings
    .map(({ name, ...options }) => {
      const parts = Object.entries(options).map(
        ([key, value]) => `${key}=${[value].flat().join()}`,
      );
      return parts.length === 0 ? name : `${name}:${parts.join(",")}`;
    })
    .join("+");
}
