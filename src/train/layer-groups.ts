/**
 * A network's parameters by depth, for rates that fall from the head down to the first layers (layer-wise decay: Clark et al.
 * 2020, arXiv:2003.10555; timm's `--layer-decay`) and for thawing one group after the other. A group is a block: a child of
 * the network or, where that is a sequence, each of its elements; a norm on its own belongs to the layer before it, tokens and
 * positions, which stand beside the blocks of a vision transformer, to its first layer (Bao et al. 2021, BEiT). Imported
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

interface Block extends LayerGroup {
  /** Parameters of a module that has blocks of its own. */
  readonly isBeside: boolean;
}

/** From the input to the head. */
export function layerGroups(net: AnyModule): LayerGroup[] {
  const groups: { name: string; parameters: Parameter[] }[] = [];
  let block: string | undefined;
  let first: readonly Parameter[] = [];
  for (const { name, parameters, isBeside } of blocksOf(net, "", sizeOf(net) / 2)) {
    const before = groups.at(-1);
    const isNorm = parameters.every(({ shape }) => shape.length < 2);
    const own = blockOf(name);
    const isOfBlock = own !== undefined && own === block;
    if (isBeside && !before) first = parameters;
    else if (before && (isBeside || isNorm || isOfBlock)) before.parameters.push(...parameters);
    else groups.push({ name, parameters: [...(before ? [] : first), ...parameters] });
    if (!isNorm && !isBeside) block = own;
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
function blocksOf(module: AnyModule, path: string, half: number): Block[] {
  const own = [...module.ownStates.values()].flatMap(({ kind, parameter }) =>
    kind === "parameter" ? [parameter] : [],
  );
  const below = module.namedChildren().flatMap(([name, child]) => {
    const at = path ? `${path}.${name}` : name;
    // A child without a name stands for its own children.
    const opens = name === "" || child.kind === "sequential" || sizeOf(child) > half;
    if (opens) return blocksOf(child, at, half);
    return [{ name: at, parameters: parameters(child), isBeside: false }];
  });
  const isBeside = below.some((block) => block.parameters.length > 0);
  return [{ name: path, parameters: own, isBeside }, ...below].filter(
    (block) => block.parameters.length > 0,
  );
}

const sizeOf = (module: AnyModule): number =>
  parameters(module).reduce((sum, { size }) => sum + size, 0);
