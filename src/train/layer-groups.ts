/**
 * A network's parameters by depth, for rates that fall from the head down to the first layers (layer-wise decay: Clark et al.
 * 2020, arXiv:2003.10555; timm's `--layer-decay`) and for thawing one group after the other. A group is a block: a child of
 * the network or, where that is a sequence, each of its elements; a norm on its own belongs to the layer before it. Imported
 * networks have no blocks but by the names of their layers: `fire2/squeeze1x1` and `fire2/expand3x3`, `block_1_expand` and
 * `block_1_project` are of one each.
 */
import type { AnyModule } from "../nn/module.ts";
import { parameters } from "../nn/parameters.ts";
import type { Parameter } from "../tensor/index.ts";

export interface LayerGroup {
  /** Where it begins: `layer1.0`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** From the input to the head. */
export function layerGroups(net: AnyModule): LayerGroup[] {
  const groups: { name: string; parameters: Parameter[] }[] = [];
  let block: string | undefined;
  for (const { name, parameters } of blocksOf(net, "", sizeOf(net) / 2)) {
    const before = groups.at(-1);
    const isNorm = parameters.every(({ shape }) => shape.length < 2);
    const own = blockOf(name);
    const isOfBlock = own !== undefined && own === block;
    if (before && (isNorm || isOfBlock)) before.parameters.push(...parameters);
    else groups.push({ name, parameters: [...parameters] });
    if (!isNorm) block = own;
  }
  return groups;
}

/** What stands in a layer's own name up to its first number, where more follows: `fire2` of `fire2/squeeze1x1`. */
function blockOf(path: string): string | undefined {
  const [, parent = "", name] = /^(?:(.*)\.)?([^.]*)$/.exec(path) ?? [];
  const [, block] = /^(.*?\d+[a-z]?)[/_]/.exec(name) ?? [];
  return block && `${parent}.${block}`;
}

/** Of the modules below; a block that has more than half of the network's values is a stack of blocks itself. */
function blocksOf(module: AnyModule, path: string, half: number): LayerGroup[] {
  const own = [...module.ownStates.values()].flatMap(({ kind, parameter }) =>
    kind === "parameter" ? [parameter] : [],
  );
  const below = module.namedChildren().flatMap(([name, child]) => {
    const at = path ? `${path}.${name}` : name;
    // A child without a name stands for its own children.
    const opens = name === "" || child.kind === "sequential" || sizeOf(child) > half;
    return opens ? blocksOf(child, at, half) : [{ name: at, parameters: parameters(child) }];
  });
  return [{ name: path, parameters: own }, ...below].filter((group) => group.parameters.length > 0);
}

const sizeOf = (module: AnyModule): number =>
  parameters(module).reduce((sum, { size }) => sum + size, 0);
