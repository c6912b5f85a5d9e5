/** Which layers are a network's body and which its head, by names that `freeze` takes; and those below its upper blocks. */
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import type { AnyModule, Module } from "../../nn/module.ts";
import { namedParameters, parameters } from "../../nn/parameters.ts";
import type { Parameter } from "../../tensor/index.ts";
import { isWithin } from "../freezing.ts";
import { layerGroups } from "../layer-groups.ts";
import { headModules } from "./features.ts";
import { TransferNetwork } from "./transfer-network.ts";

/** The parameters of everything below the head. */
export function bodyLayers(net: Module, inputShape: Shape): string[] {
  const head = headParameters(net, inputShape);
  return namesOf(net, (parameter) => !head.has(parameter));
}

/** The parameters below the upper `blocks` and the head: what stays frozen when these are thawed. */
export function layersBelow(net: Module, inputShape: Shape, blocks: number): string[] {
  const head = headParameters(net, inputShape);
  const body = layerGroups(net).filter((group) => group.parameters.some((one) => !head.has(one)));
  if (blocks >= body.length) {
    throw new ConvkitError(
      "thaw",
      `${blocks} of ${body.length} blocks — give fewer, or freeze nothing`,
    );
  }
  const frozen = new Set(body.slice(0, body.length - blocks).flatMap((group) => group.parameters));
  return namesOf(net, (parameter) => frozen.has(parameter));
}

function headParameters(net: Module, inputShape: Shape): Set<Parameter> {
  const modules: readonly AnyModule[] =
    net instanceof TransferNetwork && net.settings.kind !== "classifier"
      ? [net.head]
      : headModules(net, inputShape);
  return new Set(modules.flatMap(parameters));
}

/** The shortest paths under which are the parameters that `has` holds for, and no others. */
function namesOf(net: Module, has: (parameter: Parameter) => boolean): string[] {
  const all = namedParameters(net);
  const holdsWithin = (path: string): boolean =>
    all.every(([name, parameter]) => !isWithin(path, name) || has(parameter));
  const paths = all
    .filter(([, parameter]) => has(parameter))
    .map(([name]) => {
      const parts = name.split(".");
      const ends = parts.map((_, i) => parts.slice(0, i + 1).join("."));
      return ends.find(holdsWithin) ?? name;
    });
  return [...new Set(paths)];
}
