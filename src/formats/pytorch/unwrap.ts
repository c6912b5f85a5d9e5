/**
 * From what a file of PyTorch's holds to the state dict in it: training scripts put theirs under a key, beside the epoch and
 * the optimiser, and wrappers of networks put a word before all names.
 */
import { ConvkitError } from "../../core/error.ts";
import { type PickleValue, PyDict, PyTensor } from "./pickle-values.ts";

export interface FoundTensors {
  readonly tensors: ReadonlyMap<string, PyTensor>;
  readonly notes: readonly string[];
}

/** Where scripts keep the weights, the likeliest first: averages over training before what was averaged, as timm takes them. */
const KEYS = [
  "state_dict_ema",
  "model_ema",
  "state_dict",
  "model_state_dict",
  "model",
  "model_state",
  "net",
  "network",
  "weights",
];
/** What DataParallel and torch.compile put before every name. */
const PREFIXES = ["module.", "_orig_mod."];
/** How many steps PyTorch's AveragedModel averages over, beside its network's states. */
const COUNTER = "n_averaged";
const MAX_DEPTH = 4;

export function findTensors(root: PickleValue, file: string): FoundTensors {
  const notes: string[] = [];
  let dict = root;
  for (let depth = 0; depth < MAX_DEPTH && dict instanceof PyDict; depth++) {
    const key = wrapperKey(dict);
    if (key === undefined) break;
    const beside = [...dict.entries.keys()].filter((other) => other !== key).map(String);
    const rest = beside.length > 0 ? `, beside ${shortList(beside)}` : "";
    notes.push(`${file}: took the weights under "${key}"${rest}`);
    dict = dict.entries.get(key) as PickleValue;
  }
  const tensors = new Map<string, PyTensor>();
  if (dict instanceof PyDict) {
    for (const [name, value] of dict.entries) {
      if (typeof name !== "string" || name === COUNTER) continue;
      if (value instanceof PyTensor) tensors.set(name, value);
    }
  }
  if (tensors.size > 0) return withoutPrefixes(tensors, notes, file);
  const held =
    dict instanceof PyDict
      ? `a dictionary of ${shortList([...dict.entries.keys()].map(String)) || "nothing"}`
      : dict instanceof PyTensor
        ? "a single tensor"
        : "no dictionary";
  throw new ConvkitError(
    "pytorch",
    `${file}: holds ${held}, no state dict — in Python, save model.state_dict()`,
  );
}

/** The key of the dictionary of tensors within; undefined where the dictionary is that itself. */
function wrapperKey(dict: PyDict): string | undefined {
  const holds = (key: PickleValue) => {
    const inner = dict.entries.get(key);
    if (!(inner instanceof PyDict)) return false;
    return [...inner.entries.values()].some(
      (value) => value instanceof PyTensor || value instanceof PyDict,
    );
  };
  const known = KEYS.find(holds);
  if (known !== undefined) return known;
  const values = [...dict.entries.values()];
  if (values.some((value) => value instanceof PyTensor)) return undefined;
  const holding = [...dict.entries.keys()].filter(holds);
  return holding.length === 1 && typeof holding[0] === "string" ? holding[0] : undefined;
}

function withoutPrefixes(
  tensors: ReadonlyMap<string, PyTensor>,
  notes: string[],
  file: string,
): FoundTensors {
  let found = tensors;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const names = [...found.keys()];
    const prefix = PREFIXES.find((word) => names.every((name) => name.startsWith(word)));
    if (!prefix) break;
    found = new Map(Array.from(found, ([name, value]) => [name.slice(prefix.length), value]));
    notes.push(`${file}: cut "${prefix}" from the names`);
  }
  return { tensors: found, notes };
}

function shortList(names: readonly string[]): string {
  const shown = names
    .slice(0, 4)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > 4 ? `${shown.join(", ")} and ${names.length - 4} more` : shown.join(", ");
}
