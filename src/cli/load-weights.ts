/** Weights from a safetensors file into a network of the zoo: every name on both sides, or nothing. */
import { ConvkitError } from "../core/error.ts";
import { parseSafetensors } from "../formats/index.ts";
import { readBytes } from "../formats/node.ts";
import { loadStateDict, type Module, namedStates, nearestName } from "../nn/index.ts";

export async function loadWeights(net: Module, file: string, model: string): Promise<void> {
  const { tensors } = parseSafetensors(await readBytes(file), file);
  const own = new Set(namedStates(net).map(([name]) => name));
  const unexpected = [...tensors.keys()].filter((name) => !own.has(name));
  // Files older than PyTorch 0.4 do not count batches.
  const missing = [...own].filter(
    (name) => !tensors.has(name) && !name.endsWith("num_batches_tracked"),
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
    const values = [...tensors].map(([name, { shape, data }]) => [name, { shape, data }] as const);
    loadStateDict(net, new Map(values));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.replace(/^\[\w+\] /, "") : String(cause);
    const [fact] = message.split(" — ");
    throw new ConvkitError(
      "run",
      `${file}: ${fact} — make the model as the file has it, with --input-shape and --classes`,
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
