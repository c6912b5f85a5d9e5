/**
 * A network as the graph that it is in evaluation: a module without parts, which applies the graph's nodes again wherever it is
 * called (after PyTorch's torch.fx, Reed et al. 2022, arXiv:2112.08429). What converts networks rewrites such graphs.
 */
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import { Builder } from "../../graph/builder.ts";
import { type Graph, liveNodes, type StateRef } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { traceNetwork } from "../initialize.ts";
import { type AnyModule, Module, type OwnState } from "../module.ts";
import { namedModules } from "../parameters.ts";
import { type Rewrite, replay } from "./replay.ts";

/** States with their names in the network. */
export type NamedStates = ReadonlyMap<StateRef, readonly [name: string, state: OwnState]>;

export class GraphModule extends Module {
  readonly graph: Graph;

  /** Of the states, those that the graph reads. */
  constructor(graph: Graph, states: NamedStates) {
    super();
    this.graph = graph;
    for (const node of liveNodes(graph)) {
      if (node.op !== "state") continue;
      const named = states.get(graph.states[node.attrs.slot as number]);
      if (!named) continue;
      const [name] = named;
      if (this.ownStates.has(name)) {
        throw new ConvkitError("graphModule", `two states are called ${name} — rename a layer`);
      }
      this.ownStates.set(...named);
    }
  }

  override get kind(): string {
    return "graphModule";
  }

  /** Its states keep their values: they are those of another network. */
  override reseed(): void {}

  forward(x: Tensor): Tensor {
    return replay(this.graph, x);
  }
}

export interface TracedStates {
  readonly graph: Graph;
  readonly states: NamedStates;
}

/** The graph of `net` in evaluation for one image, and its states by name. */
export function traceStates(net: Module, inputShape: Shape): TracedStates {
  const { builder, output } = traceNetwork(net, inputShape);
  const graph = builder.build([output]);
  if (graph.updates.length > 0) {
    throw new ConvkitError(
      "graphModule",
      `${net.kind} updates ${graph.states[graph.updates[0].slot].name} in evaluation, which its outputs do not tell`,
    );
  }
  return { graph, states: statesByRef(net) };
}

/** The states of `net`, as its graphs refer to them. */
export const statesByRef = (net: AnyModule): NamedStates =>
  new Map(
    namedModules(net).flatMap(([path, module]) =>
      [...module.ownStates].map(
        ([name, state]) => [state.parameter, [module.stateName(path, name), state]] as const,
      ),
    ),
  );

/** The network of a rewritten graph, with the states of before and those that `rewrite` made by then. */
export function rewritten({ graph, states }: TracedStates, rewrite: Rewrite, made: NamedStates) {
  const builder = new Builder(graph.ops, graph.batch);
  const [{ attrs, ...type }] = graph.inputs;
  const output = replay(graph, builder.input(String(attrs.name), type), rewrite);
  return new GraphModule(builder.build([output]), new Map([...states, ...made]));
}

/**
 * `net` as its evaluation graph, with the states that it has, by the same names: what changes there changes here. It takes
 * any batch, and images of other sizes as far as their shapes decide nothing. In training, too, it is what it is in evaluation.
 */
export function graphModule(net: Module, inputShape: Shape): GraphModule {
  const { graph, states } = traceStates(net, inputShape);
  return new GraphModule(graph, states);
}
