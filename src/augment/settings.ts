/**
 * Transforms as plain data, which `config.json` keeps and workers are sent, and as a line of text:
 *
 *     randomResizedCrop:size=224,scale=0.08,1+randomHorizontalFlip+colorJitter:brightness=0.4
 *     randomApply(colorJitter:brightness=0.4,hue=0.1+randomGrayscale):p=0.3+randomChoice(randomInvert+randomEqualize)
 *
 *     list      = transform {"+" transform}
 *     transform = name ["(" list ")"] [":" option {"," option}]
 *     option    = key "=" value {"," value}
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
  const { transforms } = checked as { transforms?: unknown };
  return kind.make({
    ...(size && kind.settings.split(" ").includes("size") && { size }),
    ...checked,
    ...(transforms !== undefined && {
      transforms: await Promise.all(inside(name, transforms).map((one) => makeOne(one, size))),
    }),
  });
}

function inside(name: string, transforms: unknown): readonly TransformSettings[] {
  const isList = Array.isArray(transforms) && transforms.every((one) => one?.name);
  if (isList) return transforms;
  const found = JSON.stringify(transforms);
  throw new ConvkitError(
    "transform",
    `transforms of ${name} is ${found} — give a list of settings, or write ${name}(randomGrayscale+randomInvert)`,
  );
}

/** `none` and the empty text are no transforms at all; `flip` and `shift=4` stand for a flip and a crop of the padded picture. */
export function parseTransforms(text: string): TransformSettings[] {
  const packed = text.replace(/\s+/g, "");
  if (packed === "" || packed === "none") return [];
  return parts(packed).flatMap((part) => (isShort(part) ? parseShort(part) : [parseOne(part)]));
}

/** What stands between the plus signs, but for those in parentheses. */
function parts(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const char of text) {
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (depth < 0) break;
    if (char === "+" && depth === 0) found.push("");
    else found[found.length - 1] += char;
  }
  if (depth === 0) return found;
  const problem = depth < 0 ? "a ) without its (" : "a ( without its )";
  throw new ConvkitError("transform", `"${text}" has ${problem} — ${expected}`);
}

const expected =
  "write name:key=value,key=value, or name(transform+transform):key=value, such as randomApply(colorJitter:hue=0.1+randomGrayscale):p=0.3";

const isShort = (text: string): boolean => /^(flip|shift=\d+)(,(flip|shift=\d+))*$/.test(text);

/** `flip,shift=4`: what small pictures are trained with, in a word each. */
const parseShort = (text: string): TransformSettings[] =>
  text.split(",").map((word) => {
    const [, pixels] = word.split("=");
    return pixels === undefined
      ? { name: "randomHorizontalFlip" }
      : { name: "randomCrop", padding: Number(pixels) };
  });

function parseOne(text: string): TransformSettings {
  const form = /^([^:()]+)(?:\((.*)\))?(?::(.*))?$/s.exec(text);
  if (!form) throw new ConvkitError("transform", `"${text}" is no transform — ${expected}`);
  const [, word, inner, rest = ""] = form;
  const name = findName("transform", word, transformNames);
  // A comma that no key=value follows is one within a list.
  const options = rest
    .split(/,(?=[^,=]*=)/)
    .filter(Boolean)
    .map(parseOption);
  return {
    name,
    ...(inner !== undefined && { transforms: parseTransforms(inner) }),
    ...Object.fromEntries(options),
  };
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
export const formatTransforms = (settings: readonly TransformSettings[]): string =>
  settings.length === 0 ? "none" : settings.map(formatOne).join("+");

function formatOne({ name, transforms, ...options }: TransformSettings): string {
  const inner = transforms as readonly TransformSettings[] | undefined;
  const written = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${[value].flat().join()}`);
  return [
    inner ? `${name}(${formatTransforms(inner)})` : name,
    ...(written.length > 0 ? [written.join(",")] : []),
  ].join(":");
}
