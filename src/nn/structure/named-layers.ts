/** Children that are given as a list, named "0", "1", …, or as a record with names of its own. */
import { ConvkitError } from "../../core/error.ts";
import { Module } from "../module.ts";

export type Layers = readonly Module[] | Readonly<Record<string, Module>>;

/** The layers with their names; `where` speaks in errors. */
export function namedLayers(where: string, layers: Layers): [name: string, layer: Module][] {
  const named = Object.entries(layers);
  for (const [name, layer] of named) {
    if (!(layer instanceof Module)) {
      throw new ConvkitError(
        where,
        `layer ${name} is ${typeof layer}, expected a layer — ` +
          "make one of a function with module(…)",
      );
    }
    if (name === "" || name.includes(".")) {
      throw new ConvkitError(
        where,
        `a layer is named "${name}" — names are not empty, and dots part the names of paths`,
      );
    }
  }
  return named;
}
