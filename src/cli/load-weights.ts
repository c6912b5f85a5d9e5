/** Weights from a safetensors file into a network of the zoo: every name on both sides, or nothing. */
import { ConvkitError } from "../core/error.ts";
import { parseSafetensors, type SafeTensor } from "../formats/index.ts";
import { readBytes } from "../formats/node.ts";
import type { Module } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import { namedParameters, namedStates } from "../nn/parameters.ts";
import { loadStateDict } from "../nn/state-dict.ts";

type Weights = ReadonlyMap<string, SafeTensor>;

export const readWeights = async (file: string): Promise<Weights> =>
  parseSafetensors(await readBytes(file), file).tensors;

/** As many as the network's last parameter, the bias of its scores, has values in the file. */
export function classesOf(weights: Weights, net: Module): number | undefined {
  const [name] = namedParameters(net).at(-1) ?? [""];
  return weights.get(name)?.shape[0];
}

/** `file` and `model` are what messages call the two. */
export function loadWeights(net: Module, weights: Weights, file: string, model: string): void {
  const own = new Set(namedStates(net).map(([name]) => name));
  const unexpected = [...weights.keys()].filter((name) => !own.has(name));
  // Files older than PyTorch 0.4 do not count batches.
  const missing = [...own].filter(
    (name) => !weights.has(name) && !name.endsWith("num_batches_tracked"),
  );
  if (missing.length > 0 || unexpected.length > 0) {
    const near = (name: string) => nearestName(name, unexpected);
    const parts = [
      missing.length > 0 &&
        `lacks ${list(missing, (name) => (near(name) ? `${name} (${near(name)}?)` : name))}`,
      unexpected.length > 0 && `has ${list(unexpected)}, which ${model} has not`,
    ].filter((part) => part !== false);
    throw new ConvkitError(
      "run",
      `${file}: ${parts.join("; ")} — give the weights of ${model}, under its names (convkit summary ${model})`,
    );
  }
  try {
    const values = [...weights].map(([name, { shape, data }]) => [name, { shape, data }] as const);
    loadStateDict(net, new Map(values));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.replace(/^\[\w+\] /, "") : String(cause);
    const [fact] = message.split(" — ");
    throw new ConvkitError(
      "run",
      `${file}: ${fact} — give the shape of pictures and the number of classes that the weights were trained on`,
      { cause },
    );
  }
}

const SHOWN = 8;

/** All names up to eight; beyond, how many more there are. */
function list(names: readonly string[], show: (name: string) => string = (name) => name): string {
  const shown = names.slice(0, SHOWN).map(show).join(", ");
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
