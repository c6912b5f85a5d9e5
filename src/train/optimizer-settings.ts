/**
 * The words that stand for optimisers, on the command line and in options, and what they become. A settings record is
 * plain data: `config.json` keeps it. An optimiser's code is loaded when it is made, so that a page has only that one.
 */

import { checkedSettings, findName } from "../nn/named-settings.ts";
import type { AdadeltaOptions } from "../optim/adadelta.ts";
import type { AdagradOptions } from "../optim/adagrad.ts";
import type { AdamOptions } from "../optim/adam.ts";
import type { AdamaxOptions } from "../optim/adamax.ts";
import type { AsgdOptions } from "../optim/asgd.ts";
import type { LambOptions } from "../optim/lamb.ts";
import type { LarsOptions } from "../optim/lars.ts";
import type { LionOptions } from "../optim/lion.ts";
import type { MuonOptions } from "../optim/muon.ts";
import type { NadamOptions } from "../optim/nadam.ts";
import type { Optimizer, OptimizerKind } from "../optim/optimizer.ts";
import { optimizerOf } from "../optim/optimizer.ts";
import type { RadamOptions } from "../optim/radam.ts";
import type { RmspropOptions } from "../optim/rmsprop.ts";
import type { RpropOptions } from "../optim/rprop.ts";
import type { SgdOptions } from "../optim/sgd.ts";

type AllOptions = SgdOptions &
  AdamOptions &
  AdadeltaOptions &
  RmspropOptions &
  AdagradOptions &
  AdamaxOptions &
  NadamOptions &
  RadamOptions &
  AsgdOptions &
  RpropOptions &
  LionOptions &
  LambOptions &
  LarsOptions &
  MuonOptions;

/** The optimiser's own defaults hold for what is left out. */
export interface OptimizerSettings
  extends Omit<AllOptions, "maximize" | "noDecay" | "groups" | "adapt"> {
  readonly name: OptimizerName;
}

const kinds = {
  sgd: async () => (await import("../optim/sgd.ts")).sgdKind,
  adam: async () => (await import("../optim/adam.ts")).adamKind,
  adamw: async () => (await import("../optim/adam.ts")).adamWKind,
  nadam: async () => (await import("../optim/nadam.ts")).nadamKind,
  radam: async () => (await import("../optim/radam.ts")).radamKind,
  adamax: async () => (await import("../optim/adamax.ts")).adamaxKind,
  adagrad: async () => (await import("../optim/adagrad.ts")).adagradKind,
  adadelta: async () => (await import("../optim/adadelta.ts")).adadeltaKind,
  rmsprop: async () => (await import("../optim/rmsprop.ts")).rmspropKind,
  rprop: async () => (await import("../optim/rprop.ts")).rpropKind,
  asgd: async () => (await import("../optim/asgd.ts")).asgdKind,
  lion: async () => (await import("../optim/lion.ts")).lionKind,
  lamb: async () => (await import("../optim/lamb.ts")).lambKind,
  lars: async () => (await import("../optim/lars.ts")).larsKind,
  muon: async () => (await import("../optim/muon.ts")).muonKind,
} as const;

export type OptimizerName = keyof typeof kinds;

/** Every word that stands for an optimiser. */
export const optimizerNames = Object.freeze(Object.keys(kinds) as OptimizerName[]);

/** `AdamW`, `adamW` and `adamw` are one. */
export const parseOptimizerName = (text: string): OptimizerName =>
  findName("optimizer", text, optimizerNames);

/** Throws for a setting that the optimiser does not have. */
export async function makeOptimizer({ name, ...settings }: OptimizerSettings): Promise<Optimizer> {
  const kind = (await kinds[parseOptimizerName(name)]()) as OptimizerKind;
  return optimizerOf(kind, checkedSettings("optimizer", name, `lr ${kind.settings}`, settings));
}
