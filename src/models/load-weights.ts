/**
 * Weights of a file into a network, under the network's own names (torchvision's, in the zoo) or timm's: every name on both
 * sides, or nothing. Values go from the file into the network's arrays tensor by tensor, so a large network is in memory once.
 */
import type { Device } from "../backends/backend.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import type { StoredTensor, StoredTensors } from "../formats/stored-tensors.ts";
import type { AnyModule, OwnState } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import { namedStates } from "../nn/parameters.ts";
import type { MadeModel, TimmState } from "./model.ts";

export interface LoadWeightsOptions {
  /** False takes what fits by name and tells of the rest; true by default. */
  readonly strict?: boolean;
  /** Whose names the file has; "auto", the default, is whichever has more of the network's. */
  readonly source?: "auto" | "torchvision" | "timm";
  /** `timm` of what `createModel` gave; without it, names are the network's own. */
  readonly timm?: TimmState;
  /** `adapt` of what `createModel` gave, for published files that are older than the names, or for another size of image. */
  readonly adapt?: MadeModel["adapt"];
  /**
   * The network's classes: where the file has another number, its layers of scores (auxiliary ones, too) are left out and the
   * network keeps its own.
   */
  readonly numClasses?: number;
  /** What messages call the network. */
  readonly model?: string;
  /** Where the values go at once, each as it is read; on the host they take their size a second time on the way there. */
  readonly device?: Device;
}

export interface LoadedWeights {
  /** Of the network, without a value in the file. */
  readonly missing: readonly string[];
  /** Of the file, without a place in the network. */
  readonly unexpected: readonly string[];
  /** Of the network's layers of scores, left as they were. */
  readonly fresh: readonly string[];
  /** What was left out or unwrapped, for people. */
  readonly notes: readonly string[];
}

/** A state of the network and the file's tensor for it. */
interface Pair {
  readonly name: string;
  readonly fileName: string;
  readonly state: OwnState;
  readonly stored: StoredTensor | undefined;
}

/**
 * Puts the file's values into the network's parameters and buffers. Shapes may differ in axes of size 1, and under timm's
 * names in anything but the number of values. A word that a wrapper put before every name ("model." of Lightning's) is cut,
 * and what the wrapper holds beside is left out.
 * Counters of batches may be missing, and tables of whole numbers, which follow from the layers, are left out. Names and
 * shapes are checked before anything is written; a file that breaks off while values are read leaves those before it in place.
 */
export async function loadWeights(
  net: AnyModule,
  stored: StoredTensors,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const { strict = true, numClasses, model = "the network", device } = options;
  const weights = adapted(net, stored, options);
  const { file } = weights;
  const pairs = pairUp(net, weights, options);
  if (pairs.length === 0) fail(`${model} has no parameters yet — call initialize(net, inputShape)`);
  const notes = [...weights.notes];
  const taken = new Set(pairs.map(({ fileName }) => fileName));
  const extra = [...weights.tensors.keys()].filter((name) => !taken.has(name));
  if (extra.some(isAuxiliary)) {
    notes.push(`${file}: left out its auxiliary classifiers, which ${model} has not`);
  }
  const unexpected = extra.filter((name) => {
    return !isAuxiliary(name) && !isTable(name, weights.tensors.get(name) as StoredTensor);
  });
  const fresh = numClasses === undefined ? [] : otherHeads(pairs, numClasses);
  const isFresh = ({ name }: Pair) => fresh.includes(name);
  const missing = pairs
    .filter((pair) => !pair.stored && !isFresh(pair) && !isCounter(pair.name))
    .map(({ fileName }) => fileName);
  if (strict && missing.length + unexpected.length > 0) {
    fail(`${file}: ${explain(missing, unexpected, model)}`);
  }
  const used = pairs.filter((pair) => pair.stored && !isFresh(pair));
  checkShapes(used, pairs, file);
  for (const { state, stored } of used) {
    state.parameter.adopt(await (stored as StoredTensor).read());
    if (device) state.parameter.on(device);
  }
  if (fresh.length > 0) {
    const layers = [...new Set(fresh.map((name) => name.replace(/\.\w+$/, "")))].join(", ");
    notes.push(`${file}: ${layers} left fresh, for ${numClasses} classes instead of its own`);
  }
  return { missing, unexpected, fresh, notes };
}

/** How many classes the file's scores have: as many as its values for the network's last parameter, their bias. */
export const classesIn = (
  weights: StoredTensors,
  net: AnyModule,
  options: Pick<LoadWeightsOptions, "source" | "timm" | "adapt"> = {},
): number | undefined => classesOf(pairUp(net, adapted(net, weights, options), options));

/** The file under the names and in the shapes that the network knows. */
function adapted(
  net: AnyModule,
  weights: StoredTensors,
  options: LoadWeightsOptions,
): StoredTensors {
  const inside = withoutPrefix(net, weights, options);
  return options.adapt?.(inside) ?? inside;
}

/** The network's part of a file of more, under the network's own names, where one word stands in front of all of these. */
function withoutPrefix(
  net: AnyModule,
  weights: StoredTensors,
  { timm }: LoadWeightsOptions,
): StoredTensors {
  const { tensors, file, notes } = weights;
  const states = namedStates(net);
  const own = states.map(([name]) => name);
  const renamed = states.map(([name, { parameter }]) => timm?.(name, parameter.shape).name ?? name);
  if ([...own, ...renamed].some((name) => tensors.has(name))) return weights;
  const keys = [...tensors.keys()];
  for (const names of [own, renamed]) {
    const prefix = keys
      .filter((key) => key.endsWith(`.${names[0]}`))
      .map((key) => key.slice(0, key.length - names[0].length))
      .find((word) => names.filter((name) => tensors.has(word + name)).length > names.length / 2);
    if (prefix === undefined) continue;
    const [inside, others] = [true, false].map((isInside) =>
      keys.filter((key) => key.startsWith(prefix) === isInside),
    );
    const beside = others.length > 0 ? ` and left out ${list(others)}` : "";
    return {
      ...weights,
      tensors: new Map(
        inside.map((key) => [key.slice(prefix.length), tensors.get(key) as StoredTensor]),
      ),
      notes: [...notes, `${file}: cut "${prefix}" from the names${beside}`],
    };
  }
  return weights;
}

const lastParameter = (pairs: readonly Pair[]): Pair | undefined =>
  pairs.findLast(({ state }) => state.kind === "parameter");

const classesOf = (pairs: readonly Pair[]): number | undefined =>
  lastParameter(pairs)?.stored?.shape[0];

function pairUp(
  net: AnyModule,
  { tensors }: StoredTensors,
  { source = "auto", timm }: LoadWeightsOptions,
): Pair[] {
  const under = (rename: (name: string, shape: Shape) => string) =>
    namedStates(net).map(([name, state]): Pair => {
      const fileName = rename(name, state.parameter.shape);
      return { name, fileName, state, stored: tensors.get(fileName) };
    });
  const own = under((name) => name);
  if (!timm || source === "torchvision") return own;
  const timms = under((name, shape) => timm(name, shape).name);
  const hits = (pairs: readonly Pair[]) => pairs.filter(({ stored }) => stored).length;
  return source === "timm" || hits(timms) > hits(own) ? timms : own;
}

/** Files older than PyTorch 0.4 do not count batches. */
const isCounter = (name: string): boolean => name.endsWith("num_batches_tracked");

/** Beside the network's result in training alone: GoogLeNet's and Inception v3's. */
const isAuxiliary = (name: string): boolean => /^(aux\d|AuxLogits)\./.test(name);

/** Indices and masks that follow from a layer's settings. */
const isTable = (name: string, { type }: StoredTensor): boolean =>
  !/^(b?f\d+)$/.test(type) || /(^|\.)(attn_mask|relative_coords_table)$/.test(name);

/** States of layers of scores for another number of classes than the network's, or for none. */
function otherHeads(pairs: readonly Pair[], numClasses: number): string[] {
  const classes = classesOf(pairs);
  const head = lastParameter(pairs)?.name.replace(/\w+$/, "") ?? "";
  if (classes === numClasses) return [];
  return pairs
    .filter(({ name, state, stored }) => {
      if (!stored) return name.startsWith(head) && classes === undefined;
      const [own, ...rest] = state.parameter.shape;
      const [other, ...fileRest] = stored.shape;
      return own === numClasses && other === classes && sizeOf(rest) === sizeOf(fileRest);
    })
    .map(({ name }) => name);
}

/** Equal but for axes of size 1; `timm` has linear layers where torchvision has convolutions. */
function fits(own: Shape, stored: Shape, renamed: boolean): boolean {
  const long = (shape: Shape) => shape.filter((size) => size !== 1);
  return renamed ? sizeOf(own) === sizeOf(stored) : sameShape(long(own), long(stored));
}

function checkShapes(used: readonly Pair[], pairs: readonly Pair[], file: string): void {
  const wrong = used.find(({ name, fileName, state, stored }) => {
    return !fits(state.parameter.shape, (stored as StoredTensor).shape, name !== fileName);
  });
  if (!wrong) return;
  const { name, state, stored } = wrong;
  const fact =
    `${file}: ${name} is ${formatShape(state.parameter.shape)}, ` +
    `the file holds ${formatShape((stored as StoredTensor).shape)}`;
  const [classes, own] = [classesOf(pairs), lastParameter(pairs)?.state.parameter.shape[0]];
  if (classes !== own && state.parameter.shape[0] === own && stored?.shape[0] === classes) {
    fail(`${fact}: scores for ${classes} classes — give --num-classes ${own} for a fresh layer`);
  }
  fail(`${fact} — give the shape of pictures and the number of classes that it was trained on`);
}

function explain(missing: readonly string[], unexpected: readonly string[], model: string): string {
  const near = (name: string, others: readonly string[]) => {
    const nearest = nearestName(name, others);
    return nearest ? `${name} (${nearest}?)` : name;
  };
  const parts = [
    missing.length > 0 && `lacks ${list(missing, (name) => near(name, unexpected))}`,
    unexpected.length > 0 && `has ${list(unexpected)}, which ${model} has not`,
  ].filter((part) => part !== false);
  return `${parts.join("; ")} — give the weights of ${model}, under its names (convkit summary shows them)`;
}

const SHOWN = 8;

/** All names up to eight; beyond, how many more there are. */
function list(names: readonly string[], show: (name: string) => string = (name) => name): string {
  const shown = names.slice(0, SHOWN).map(show).join(", ");
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

function fail(message: string): never {
  throw new ConvkitError("weights", message);
}
