/** What is chosen by its name and has settings: optimisers, schedules, transforms. */
import { ConvkitError } from "../core/error.ts";
import { nearestName } from "./nearest-name.ts";

/** `oneCycle`, `onecycle` and `one-cycle` are one. */
export function findName<N extends string>(what: string, text: string, names: readonly N[]): N {
  const plain = (name: string) => name.toLowerCase().replaceAll("-", "");
  const found = names.find((name) => plain(name) === plain(text));
  if (found !== undefined) return found;
  const near = nearestName(text, names);
  throw new ConvkitError(
    what,
    `there is no ${what} "${text}" — ${near ? `did you mean ${near}? ` : ""}there are ${names.join(", ")}`,
  );
}

/** Those that are given; one that is not among `known`, a list of words, is refused. */
export function checkedSettings(
  what: string,
  name: string,
  known: string,
  settings: object,
): object {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const foreign = given.find(([key]) => !known.split(" ").includes(key));
  if (!foreign) return Object.fromEntries(given);
  throw new ConvkitError(
    what,
    `${name} has no ${foreign[0]} — it has ${known.split(" ").join(", ") || "no settings"}`,
  );
}
