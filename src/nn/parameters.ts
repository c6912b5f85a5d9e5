/** Walks over a network's modules, parameters and buffers, in PyTorch's order: own first, then the children's. */
import { ConvkitError } from "../core/error.ts";
import type { Parameter } from "../tensor/parameter.ts";
import type { AnyModule, OwnState } from "./module.ts";

/** Every module once, by path; the network itself is "". */
export function namedModules(net: AnyModule): [string, AnyModule][] {
  const found = new Map<AnyModule, string>();
  const visit = (path: string, module: AnyModule) => {
    if (found.has(module)) return;
    found.set(module, path);
    for (const [name, child] of module.namedChildren()) visit(join(path, name), child);
  };
  visit("", net);
  return [...found].map(([module, path]) => [path, module]);
}

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);

/** What is saved, parameters and buffers: within a module, parameters come first. */
export function namedStates(net: AnyModule): [string, OwnState][] {
  return namedModules(net).flatMap(([path, module]) => {
    const own = [...module.ownStates]
      .filter(([, { persistent }]) => persistent)
      .map(([name, state]): [string, OwnState] => [module.stateName(path, name), state]);
    const of = (kind: OwnState["kind"]) => own.filter(([, state]) => state.kind === kind);
    return [...of("parameter"), ...of("buffer")];
  });
}

const named = (net: AnyModule, kind: OwnState["kind"]): [string, Parameter][] =>
  namedStates(net)
    .filter(([, state]) => state.kind === kind)
    .map(([name, { parameter }]) => [name, parameter]);

export const namedParameters = (net: AnyModule): [string, Parameter][] => named(net, "parameter");
export const namedBuffers = (net: AnyModule): [string, Parameter][] => named(net, "buffer");
export const parameters = (net: AnyModule): Parameter[] =>
  namedParameters(net).map(([, parameter]) => parameter);
export const buffers = (net: AnyModule): Parameter[] =>
  namedBuffers(net).map(([, buffer]) => buffer);

/** A name, a pattern with `*` for anything, or a regular expression. */
export type NamePattern = string | RegExp;

export function matchName(pattern: NamePattern, name: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(name);
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** Keeps the matching parameters (all, without a pattern) as they are in training; returns their names. */
export const freeze = (net: AnyModule, ...patterns: NamePattern[]): string[] =>
  setTrainable("freeze", net, patterns, false);

export const unfreeze = (net: AnyModule, ...patterns: NamePattern[]): string[] =>
  setTrainable("unfreeze", net, patterns, true);

function setTrainable(
  where: string,
  net: AnyModule,
  patterns: readonly NamePattern[],
  trainable: boolean,
): string[] {
  const all = namedParameters(net);
  if (all.length === 0) {
    throw new ConvkitError(
      where,
      "the network has no parameters yet — call initialize(net, inputShape) first",
    );
  }
  for (const pattern of patterns) {
    if (all.some(([name]) => matchName(pattern, name))) continue;
    throw new ConvkitError(
      where,
      `no parameter matches ${pattern} — there are ${all
        .slice(0, 3)
        .map(([name]) => name)
        .join(", ")}, …`,
    );
  }
  const hits = all.filter(
    ([name]) => patterns.length === 0 || patterns.some((pattern) => matchName(pattern, name)),
  );
  for (const [, parameter] of hits) parameter.trainable = trainable;
  return hits.map(([name]) => name);
}
