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

/** One transform out of several settings, applied in their order. Throws for names and options that there are not. */
export async function makeTransform(settings: readonly TransformSettings[]): Promise<Transform> {
  const made = await Promise.all(settings.map(makeOne));
  return made.length === 1 ? made[0] : compose(made);
}

async function makeOne({ name, ...options }: TransformSettings): Promise<Transform> {
  const kind = (await kinds[findName("transform", name, transformNames)]()) as TransformKind;
  return kind.make(checkedSettings("transform", name, kind.settings, options));
}

/** `none` and the empty text are no transforms at all. */
export function parseTransforms(text: string): TransformSettings[] {
  if (text === "" || text === "none") return [];
  return text.split("+").map(parseOne);
}

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
