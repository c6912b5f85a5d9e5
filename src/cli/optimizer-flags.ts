/** The flags that say with which optimiser, of `train` and `lr-find`. */
import type { Command } from "commander";
import {
  type OptimizerSettings,
  optimizerNames,
  parseOptimizerName,
  recipeOf,
} from "../train/index.ts";
import { namedRecipe } from "../train/named-recipes.ts";
import { aboveZero, atLeastZero, pair, share } from "./arguments.ts";

export interface OptimizerFlags {
  readonly optimizer?: string;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly betas?: [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
}

export const addOptimizerFlags = (command: Command): Command =>
  command
    .option("--optimizer <name>", optimizerNames.join(", "))
    .option("--momentum <m>", "of sgd, rmsprop, lars and muon", share)
    .option("--nesterov", "Nesterov's form of momentum, of sgd, lars and muon")
    .option("--betas <b1,b2>", "of Adam and its kin, and of lion", pair)
    .option("--eps <e>", "what keeps adaptive rates finite", aboveZero)
    .option("--weight-decay <w>", "pulls weights towards 0", atLeastZero);

/** Flags that belong to the recipe's optimiser, which is the model's or that of its own name, go on top of its settings. */
export function optimizerOf(
  flags: OptimizerFlags & { readonly recipe?: string },
  model: string,
  lr?: number,
): OptimizerSettings {
  const { optimizer, momentum, nesterov, betas, eps, weightDecay, recipe } = flags;
  const own = recipe === undefined ? recipeOf(model) : namedRecipe(recipe);
  const name = optimizer === undefined ? own.optimizer.name : parseOptimizerName(optimizer);
  return { name, lr, momentum, nesterov, betas, eps, weightDecay };
}
