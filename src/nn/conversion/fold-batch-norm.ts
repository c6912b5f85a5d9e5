/**
 * Batch normalisation in evaluation is a factor and a shift for each channel, and so is a bias; after a layer that is linear
 * they become part of its weights:
 *
 *     a·(w ⋆ x + c) + b = (a·w) ⋆ x + (a·c + b),   a = γ/√(σ² + ε),   b = β − a·μ
 *
 * (Jacob et al. 2017, arXiv:1712.05877, equation 14).
 */
import { type Shape, sizeOf } from "../../core/shape.ts";
import { type Graph, liveNodes, type Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { Parameter } from "../../tensor/parameter.ts";
import type { Module, OwnState } from "../module.ts";
import { channelValues } from "./channel-values.ts";
import { type GraphModule, rewritten, traceStates } from "./graph-module.ts";

/** A linear layer with what follows it. */
interface Fold {
  readonly layer: Node;
  /** The state that its weights are, or are reshaped from. */
  readonly weight: Parameter;
  /** Reshapes after it. */
  readonly reshapes: readonly Node[];
  /** The last node that becomes part of the layer. */
  readonly last: Node;
  /** Of each channel. */
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * The network in evaluation with every batch norm that follows a convolution, a transposed convolution or a linear layer as
 * part of its weights and bias; other factors and shifts of channels alike. Such a layer has weights of its own, worked out
 * from the values of now, under the names of before; all others keep the states of `net`.
 */
export function foldBatchNorm(net: Module, inputShape: Shape): GraphModule {
  const traced = traceStates(net, inputShape);
  const made = new Map<Parameter, readonly [string, OwnState]>();
  const rewrites = new Map(
    findFolds(traced.graph).map((fold) => {
      const path = traced.states.get(fold.weight)?.[0] ?? fold.weight.name;
      const state = (name: string, shape: Shape, values: () => Float64Array): Parameter => {
        const parameter = new Parameter(name, shape, values);
        const kind = "parameter";
        made.set(parameter, [
          name,
          { kind, parameter, init: values, path: name, persistent: true },
        ]);
        return parameter;
      };
      const weight = state(path, fold.weight.shape, scaledWeights(fold));
      const name = path.endsWith("weight") ? path.replace(/weight$/, "bias") : `${path}_bias`;
      const bias = state(name, [fold.shift.length], () => fold.shift);
      return [fold.last, { fold, weight, bias }] as const;
    }),
  );
  return rewritten(
    traced,
    (node, of) => {
      const found = rewrites.get(node);
      return found && foldedLayer(found.fold, found.weight, found.bias, of);
    },
    made,
  );
}

/** (a·w) ⋆ x + (a·c + b). */
function foldedLayer(
  { layer, reshapes }: Fold,
  weight: Parameter,
  bias: Parameter,
  of: (node: Node) => Tensor,
): Tensor {
  const x = of(layer.inputs[0]);
  const { builder } = x;
  const w = builder.state(weight).reshape(...layer.inputs[1].shape);
  const y = builder.apply(layer.op, [x, w], layer.attrs);
  const b = builder.state(bias);
  const sum = y.add(layer.op === "linear" ? b : b.reshape(bias.size, 1, 1));
  return reshapes.reduce((t, { shape }) => t.reshape(...shape), sum);
}

/** The layers of a graph that something can be folded into. */
function findFolds(graph: Graph): Fold[] {
  const consumers = new Map<Node, Node[]>();
  const nodes = liveNodes(graph);
  for (const node of nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  /** The one node that reads it. */
  const next = (node: Node): Node | undefined => {
    const [reader, ...others] = consumers.get(node) ?? [];
    return others.length > 0 || graph.outputs.includes(node) ? undefined : reader;
  };
  return nodes.flatMap((layer) => {
    const weight = channelsOf(layer) > 0 && weightOf(graph, layer, next);
    const fold = weight && follow(graph, layer, weight, next);
    return fold ? [fold] : [];
  });
}

/** Output channels of a layer that is linear in its weights; 0 for other nodes. */
function channelsOf({ op, inputs, shape }: Node): number {
  if (op === "conv2d" || op === "linear") return inputs[1].shape[0];
  return op === "convTranspose2d" ? shape[1] : 0;
}

/** The parameter that the layer alone has as its weights. */
function weightOf(
  graph: Graph,
  { inputs }: Node,
  next: (node: Node) => Node | undefined,
): Parameter | undefined {
  let [, node] = inputs;
  if (!next(node)) return undefined;
  if (node.op === "reshape") [node] = node.inputs;
  const ref =
    node.op === "state" && next(node) ? graph.states[node.attrs.slot as number] : undefined;
  return ref instanceof Parameter ? ref : undefined;
}

/** Factors, shifts and reshapes after the layer, as far as each is read by the next alone. */
function follow(
  graph: Graph,
  layer: Node,
  weight: Parameter,
  next: (node: Node) => Node | undefined,
): Fold | undefined {
  const channels = channelsOf(layer);
  const scale = new Float64Array(channels).fill(1);
  const shift = new Float64Array(channels);
  const passed: Node[] = [];
  let folded = 0;
  let [last, reshapes]: [Node, readonly Node[]] = [layer, []];
  for (let [at, node] = [layer, next(layer)]; node; [at, node] = [node, next(node)]) {
    if (node.op === "reshape" && layer.op !== "linear" && node.shape[1] === channels) {
      passed.push(node);
      continue;
    }
    const other = node.inputs.find((input) => input !== at);
    if (!other || !isPerChannel(layer, node, other)) break;
    const values = channelValues(graph, other, channels);
    const change = values && changes[`${node.op} ${node.inputs.indexOf(at)}`];
    if (!change) break;
    for (let c = 0; c < channels; c++) {
      const [factor, term] = change(values[c]);
      scale[c] *= factor;
      shift[c] = shift[c] * factor + term;
    }
    folded += node.op === "add" ? 1 : 2;
    [last, reshapes] = [node, [...passed]];
  }
  // A bias alone is where it belongs.
  return folded > 1 ? { layer, weight, reshapes, last, scale, shift } : undefined;
}

/** y = factor·x + term, by op and by the place of x among its inputs. */
const changes: Readonly<Record<string, (v: number) => readonly [factor: number, term: number]>> = {
  "add 0": (v) => [1, v],
  "add 1": (v) => [1, v],
  "sub 0": (v) => [1, -v],
  "sub 1": (v) => [-1, v],
  "mul 0": (v) => [v, 0],
  "mul 1": (v) => [v, 0],
  "div 0": (v) => [1 / v, 0],
};

/** Whether `other` has a value for each channel of the node, and one for all places. */
function isPerChannel(layer: Node, node: Node, other: Node): boolean {
  const rank = node.shape.length;
  const axis = layer.op === "linear" ? rank - 1 : 1;
  const lacks = rank - other.shape.length;
  return other.shape.every((size, i) => size === 1 || i + lacks === axis);
}

/** a·w, from the weights of now. */
function scaledWeights({ layer, weight, scale }: Fold): () => Float64Array {
  const before = weight.read();
  const { shape } = weight;
  const groups = Number(layer.attrs.groups ?? 1);
  const channelOf =
    layer.op === "convTranspose2d"
      ? transposedChannel(shape, groups)
      : (at: number) => Math.floor(at / sizeOf(shape.slice(1)));
  return () => Float64Array.from(before, (w, at) => w * scale[channelOf(at)]);
}

/** Weights are inputs × (outputs of a group) × kernel. */
function transposedChannel([inputs, outputs, ...kernel]: Shape, groups: number) {
  const area = sizeOf(kernel);
  return (at: number): number => {
    const filter = Math.floor(at / area);
    const group = Math.floor(filter / outputs / (inputs / groups));
    return group * outputs + (filter % outputs);
  };
}
