/** A network's values by PyTorch's names, out and in. */
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { AnyModule } from "./module.ts";
import { nearestName } from "./nearest-name.ts";
import { namedStates } from "./parameters.ts";

export interface StateValue {
  readonly shape: Shape;
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
  readonly dtype?: DType;
}

export type StateDict = Map<string, StateValue & { data: ArrayLike<number>; dtype: DType }>;

export function stateDict(net: AnyModule): StateDict {
  return new Map(
    namedStates(net).map(([name, { parameter }]) => {
      const { shape, dtype } = parameter;
      return [name, { shape, dtype, data: parameter.read() }];
    }),
  );
}

/**
 * States that files may lack, and have beside those of the network: files older than PyTorch 0.4 do not count batches, and
 * frozen batch norms have no use for the count; timm does not save which place of a window looks up which bias.
 */
const dispensable = ["num_batches_tracked", "relative_position_index"];

/**
 * Writes the values into the network. Nothing is written unless all fits; with `strict: false` names that
 * only one side has are returned instead of refused.
 */
export function loadStateDict(
  net: AnyModule,
  values: ReadonlyMap<string, StateValue>,
  { strict = true }: { strict?: boolean } = {},
): { missing: string[]; unexpected: string[] } {
  const own = new Map(namedStates(net));
  if (own.size === 0 && values.size > 0) {
    throw new ConvkitError(
      "loadStateDict",
      "the network has no parameters yet — call initialize(net, inputShape) first",
    );
  }
  const matters = (name: string) => !dispensable.some((ending) => name.endsWith(ending));
  const unexpected = [...values.keys()].filter((name) => !own.has(name) && matters(name));
  const missing = [...own.keys()].filter((name) => !values.has(name) && matters(name));
  if (strict && (missing.length > 0 || unexpected.length > 0)) {
    throw new ConvkitError("loadStateDict", explainMismatch(missing, unexpected));
  }
  const hits = [...own].filter(([name]) => values.has(name));
  for (const [name, { parameter }] of hits) {
    const { shape, data } = values.get(name) as StateValue;
    if (sameShape(shape, parameter.shape) && data.length === parameter.size) continue;
    throw new ConvkitError(
      "loadStateDict",
      `${name} is ${formatShape(parameter.shape)}, the file holds ${formatShape(shape)} — ` +
        "make the network with the same sizes, or leave this entry out",
    );
  }
  for (const [name, { parameter }] of hits) {
    const { data } = values.get(name) as StateValue;
    parameter.write(typeof data[0] === "bigint" ? Array.from(data, Number) : (data as number[]));
  }
  return { missing, unexpected };
}

function explainMismatch(missing: readonly string[], unexpected: readonly string[]): string {
  const parts: string[] = [];
  if (missing.length > 0) {
    parts.push(`lacks ${list(missing, (name) => hint(nearestName(name, unexpected)))}`);
  }
  if (unexpected.length > 0) {
    parts.push(`has ${list(unexpected, () => "")} that the network has not`);
  }
  return `the file ${parts.join(" and ")} — rename, or load with { strict: false }`;
}

const hint = (near: string | undefined): string => (near ? ` (it has ${near})` : "");

function list(names: readonly string[], note: (name: string) => string): string {
  const shown = names.slice(0, 4).map((name) => name + note(name));
  return names.length > 4 ? `${shown.join(", ")} and ${names.length - 4} more` : shown.join(", ");
}
