/**
 * Which parameters an epoch trains: all but the frozen ones, of which some thaw later (gradual unfreezing: Howard and Ruder
 * 2018, arXiv:1801.06146, section 3.3). A function of the epoch alone, so a run that was interrupted goes on as it would have.
 */
import { ConvkitError } from "../core/error.ts";
import type { AnyModule } from "../nn/module.ts";
import { matchName, namedModules, namedParameters, parameters } from "../nn/parameters.ts";

export interface Thaw {
  /** From 1: in this epoch and all later ones these are trained, too. */
  readonly epoch: number;
  /** Names, as in `freeze`. */
  readonly layers: readonly string[];
}

export interface FreezeSettings {
  /** Parameters or layers by their names, of which a layer stands for all below it; `*` is anything. */
  readonly freeze: readonly string[];
  readonly unfreezeAt: readonly Thaw[];
}

/** Whether the parameter is what the pattern names, or lies below it. */
export const isWithin = (pattern: string, parameter: string): boolean =>
  matchName(pattern, parameter) || matchName(`${pattern}.*`, parameter);

/** Throws for names of nothing. */
export function checkNames(net: AnyModule, patterns: readonly string[]): void {
  const names = namedParameters(net).map(([name]) => name);
  for (const pattern of patterns) {
    if (names.some((name) => isWithin(pattern, name))) continue;
    const layers = [...new Set(names.map((name) => name.split(".")[0]))];
    throw new ConvkitError(
      "layers",
      `no layer or parameter is called ${pattern} — there are ${layers.slice(0, 8).join(", ")}` +
        (layers.length > 8 ? ", …" : ""),
    );
  }
}

/** Marks what epoch number `epoch`, from 1, trains; what the caller had frozen before stays so. */
export class Freezing {
  readonly #net: AnyModule;
  readonly #settings: FreezeSettings;
  /** As it was before the training. */
  readonly #trainable;

  constructor(net: AnyModule, settings: FreezeSettings) {
    this.#net = net;
    this.#settings = settings;
    this.#trainable = parameters(net).filter(({ trainable }) => trainable);
    const { freeze, unfreezeAt } = settings;
    checkNames(net, [...freeze, ...unfreezeAt.flatMap(({ layers }) => layers)]);
  }

  apply(epoch: number): void {
    const { freeze, unfreezeAt } = this.#settings;
    if (freeze.length === 0) return;
    const thawed = unfreezeAt.filter((thaw) => thaw.epoch <= epoch).flatMap(({ layers }) => layers);
    const names = new Map(namedParameters(this.#net).map(([name, parameter]) => [parameter, name]));
    for (const parameter of this.#trainable) {
      const name = names.get(parameter) as string;
      const within = (patterns: readonly string[]) => patterns.some((one) => isWithin(one, name));
      parameter.trainable = !within(freeze) || within(thawed);
    }
  }

  /** As before the training. */
  restore(): void {
    for (const parameter of this.#trainable) parameter.trainable = true;
  }
}

/**
 * The norms that keep their running statistics and are applied with them: `true` names those whose scale and shift are
 * frozen, "all" every one.
 */
export function frozenNorms(net: AnyModule, which: boolean | "all"): ReadonlySet<AnyModule> {
  const norms = namedModules(net).flatMap(([, module]) => {
    const own = [...module.ownStates];
    if (which === false || !own.some(([name]) => name === "running_mean")) return [];
    const trained = own.filter(([, { kind }]) => kind === "parameter");
    const isFrozen = trained.length > 0 && trained.every(([, s]) => !s.parameter.trainable);
    return which === "all" || isFrozen ? [module] : [];
  });
  return new Set(norms);
}
