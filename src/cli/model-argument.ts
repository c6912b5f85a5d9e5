/**
 * The MODEL of a command: a name of the zoo, a run directory or model file, an .onnx file or a model.json; and the flags that
 * say what a file does not: weights, classes, how pictures are prepared.
 */
import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/node.ts";
import {
  type Channels,
  parseChannels,
  representationChannels,
} from "../image/representation/names.ts";
import { parseFraction } from "../train/model-preprocessing.ts";
import {
  type OpenedModel,
  type OpenModelOptions,
  openModel as open,
  WrongModel,
} from "../train/node.ts";
import { shape, whole } from "./arguments.ts";
import { UsageError } from "./usage.ts";

export type { OpenedModel } from "../train/node.ts";

export const modelArgument = [
  "<model>",
  "a name from `convkit models`, a run directory, an .onnx file or a model.json",
] as const;

/** What a command's flags say of its model. */
export interface ModelFlags {
  readonly weights?: string;
  readonly numClasses?: number;
  /** The same by its older name. */
  readonly classes?: number;
  readonly input?: number[];
  readonly stem?: "imagenet" | "cifar";
}

export interface PictureFlags {
  readonly channels?: Channels;
  readonly scale?: number;
  readonly mean?: number[];
  readonly std?: number[];
  readonly labels?: string;
}

/**
 * `--weights` where one model is named, `--num-classes`, `--stem`; `--input CxHxW` where the command has no other use for the
 * word.
 */
export function addModelFlags(command: Command, { input = true, weights = true } = {}): Command {
  if (weights)
    command.option(
      "--weights <file>",
      "for a name of the zoo: .safetensors, .pth or .npz, torchvision's or timm's names",
    );
  command
    .option(
      "--num-classes <n>",
      "classes to tell apart, by a fresh last layer where the weights have others",
      whole(1),
    )
    .addOption(new Option("--classes <n>", "--num-classes").argParser(whole(1)).hideHelp())
    .option(
      "--stem <kind>",
      "first layers: imagenet as published, cifar for 32x32 (default: by size)",
      stem,
    );
  if (input)
    command.option(
      "--input <CxHxW>",
      "one picture: channels, height, width (the model's own)",
      shape,
    );
  return command;
}

/** How pictures are prepared for a model whose file says nothing of it. */
export function addPictureFlags(command: Command): Command {
  return command
    .option(
      "--channels <names>",
      "what the model reads: rgb, bgr, grey, hsv, intensity, fourierMagnitude, fourierPhase, or several as rgb+hsv",
      channels,
    )
    .option("--scale <factor>", "of a byte, such as 1/255", fraction)
    .option("--mean <list>", "of scaled values, one a channel in the order fed", numbers)
    .option("--std <list>", "of scaled values, one a channel in the order fed", numbers)
    .option("--labels <file>", "names of the classes: one a line, or a JSON list");
}

function stem(text: string): "imagenet" | "cifar" {
  if (text === "imagenet" || text === "cifar") return text;
  throw new InvalidArgumentError("Choose imagenet or cifar.");
}

function channels(text: string): Channels {
  const parsed = parseChannels(text);
  if (parsed) return parsed;
  const names = Object.keys(representationChannels).filter((name) => name !== "rgb");
  throw new InvalidArgumentError(`Choose rgb, bgr, ${names.join(", ")}, or several as rgb+hsv.`);
}

function fraction(text: string): number {
  const value = parseFraction(text);
  if (Number.isFinite(value) && value !== 0) return value;
  throw new InvalidArgumentError("Give a number or a fraction, such as 1/255.");
}

function numbers(text: string): number[] {
  const values = text.split(",").map(parseFraction);
  if (values.every(Number.isFinite)) return values;
  throw new InvalidArgumentError("Give numbers, such as 0.485,0.456,0.406.");
}

/** One name a line, or a JSON list; WordNet's ids before names are left out. */
async function readLabels(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw readError(file, cause);
  });
  if (!text.trimStart().startsWith("[")) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    return lines.map((line) => line.replace(/^n\d{8}\s+/, "").trim());
  }
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  } catch {
    // Told below.
  }
  throw new ConvkitError("labels", `${file}: is no JSON list of names — give one name a line`);
}

/** The model with its parameters in being. What is no model at all is wrong usage. */
export async function openModel(
  name: string,
  flags: ModelFlags & PictureFlags = {},
  more: OpenModelOptions = {},
): Promise<OpenedModel> {
  const { weights, input: inputShape, stem: first, ...pictures } = flags;
  const classes = flags.numClasses ?? flags.classes;
  const { channels: order, scale, mean, std } = pictures;
  const labels = pictures.labels === undefined ? undefined : await readLabels(pictures.labels);
  const wishes = {
    weights,
    classes,
    inputShape,
    stem: first,
    channels: order,
    scale,
    mean,
    std,
    labels,
  };
  const given = Object.fromEntries(
    Object.entries(wishes).filter(([, value]) => value !== undefined),
  );
  try {
    return await open(name, { ...given, ...more });
  } catch (error) {
    if (!(error instanceof WrongModel)) throw error;
    throw new UsageError("model", error.message.replace("[model] ", ""));
  }
}

/** What people should know before they trust its answers. */
export const remarksOn = ({ architecture, file, notes }: OpenedModel): readonly string[] =>
  file === undefined
    ? [
        ...notes,
        `${architecture} has learnt nothing yet, its weights are initial ones — give --weights`,
      ]
    : notes;
