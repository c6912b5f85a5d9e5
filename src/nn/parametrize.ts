/** Parameters that are made of others, as weight and spectral normalisation make them. */
import { ConvkitError } from "../core/error.ts";
import type { AnyModule, Parametrization } from "./module.ts";

/**
 * From the next trace on, the parameter of this name is made of others. One that exists already gives them its value
 * and is gone: make optimisers and programs after this call.
 */
export function parametrize<M extends AnyModule>(layer: M, name: string, make: Parametrization): M {
  const { kind, ownStates, parametrized } = layer;
  if (parametrized.has(name)) {
    throw new ConvkitError(kind, `parameter "${name}" is parametrized already`);
  }
  parametrized.set(name, { make, replaced: ownStates.get(name) });
  ownStates.delete(name);
  return layer;
}
