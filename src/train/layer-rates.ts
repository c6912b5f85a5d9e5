/** Learning rates and weight decay by layer: what an optimiser's groups are made of. */
import { ConvkitError } from "../core/error.ts";
import type { AnyModule } from "../nn/module.ts";
import { namedParameters } from "../nn/parameters.ts";
import { biasesAndNorms, type Optimizer, type ParameterGroup } from "../optim/optimizer.ts";
import { checkNames, isWithin } from "./freezing.ts";
import { layerGroups } from "./layer-groups.ts";
import type { LayerSettings, TrainOptions } from "./options.ts";

/** The optimiser with these rates. Throws for names of nothing, and for a decay that is none. */
export function layerRates(
  optimizer: Optimizer,
  net: AnyModule,
  { decay, groups, layerDecay = 1 }: Pick<TrainOptions, "decay" | "groups" | "layerDecay">,
): Optimizer {
  if (!(layerDecay > 0 && layerDecay <= 1)) {
    throw new ConvkitError(
      "train",
      `layer decay is ${layerDecay} — give a number above 0, up to 1`,
    );
  }
  const all = [
    ...(groups ? namedGroups(net, groups) : []),
    ...(layerDecay === 1 ? [] : layerDecayGroups(net, layerDecay)),
  ];
  if (all.length === 0 && decay !== "weights") return optimizer;
  return optimizer.over(optimizer.rule, {
    ...(all.length > 0 && { groups: all }),
    ...(decay === "weights" && { noDecay: biasesAndNorms }),
  });
}

function namedGroups(net: AnyModule, groups: readonly LayerSettings[]): ParameterGroup[] {
  const names = new Map(namedParameters(net).map(([name, parameter]) => [parameter, name]));
  checkNames(
    net,
    groups.map(({ match }) => match),
  );
  return groups.map(({ match, ...settings }) => ({
    ...settings,
    match: (parameter) => isWithin(match, names.get(parameter) ?? parameter.name),
  }));
}

/** Multipliers decay^k of the learning rate, k counting blocks from the head. */
function layerDecayGroups(net: AnyModule, decay: number): ParameterGroup[] {
  const groups = layerGroups(net);
  return groups.map(({ parameters }, i) => {
    const members = new Set(parameters);
    return {
      match: (parameter) => members.has(parameter),
      lrMultiplier: decay ** (groups.length - 1 - i),
    };
  });
}
