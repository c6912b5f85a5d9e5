/**
 * A classifier that slides over larger images: its fully connected layers become convolutions and its global pooling becomes
 * pooling with a window of the size that it was trained at, step by step, so that there is a vector of scores for every
 * place (Sermanet et al. 2013, arXiv:1312.6229, section 3.5; Long, Shelhamer and Darrell 2014, arXiv:1411.4038, section 3.1).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import { type Graph, liveNodes, type Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { avgPool2d } from "../../ops/avg-pool2d.ts";
import type { Module } from "../module.ts";
import { type GraphModule, rewritten, traceStates } from "./graph-module.ts";

/** Rows and columns of a map that were one vector in the network as it was traced. */
type Window = readonly [rows: number, columns: number];
const POINT: Window = [1, 1];
const isPoint = ([rows, columns]: Window): boolean => rows === 1 && columns === 1;

/**
 * The network in evaluation for images of `inputShape` or larger, N×C×H×W → N×classes×h×w with the states that it has, by the
 * same names. At `inputShape` the map has one place, which is the network's output; at others each place is the network's
 * output for its part of the image, but for what padding puts around a part that is cut out. Pools that scale channels
 * within the network (squeeze and excitation) stay global. Refuses networks whose scores do not come from a map.
 */
export function fullyConvolutional(net: Module, inputShape: Shape): GraphModule {
  const traced = traceStates(net, inputShape);
  const { graph } = traced;
  const inHead = headOf(graph);
  /** Nodes whose vectors are a map's places, or windows of them. */
  const windows = new Map<Node, Window>();
  const rewrite = (node: Node, of: (node: Node) => Tensor): Tensor | undefined => {
    const carried = node.inputs.some((input) => windows.has(input));
    if (!carried && !inHead(node)) return undefined;
    const step = carried ? carry(graph, node, of, windows) : begin(node, of);
    if (step) windows.set(node, step.window);
    return step?.map;
  };
  const converted = rewritten(traced, rewrite, new Map());
  const [output] = graph.outputs;
  const window = windows.get(output);
  if (window ? isPoint(window) : isMap(output)) return converted;
  throw new ConvkitError(
    "fullyConvolutional",
    `the outputs ${formatShape(output.shape)} of ${net.kind} do not come from a map by pooling or fully connected layers`,
  );
}

interface Step {
  readonly map: Tensor;
  readonly window: Window;
}

/** Several axes beside the first: features in places. */
const isMap = ({ batched, shape }: Node): boolean =>
  batched && shape.slice(1).filter((size) => size !== 1).length > 1;

/** Whether a node stands behind the last map of the network. */
function headOf(graph: Graph): (node: Node) => boolean {
  const before = new Set<Node>();
  for (const node of liveNodes(graph).reverse()) {
    if (!isMap(node) && !before.has(node)) continue;
    for (const input of node.inputs) before.add(input);
  }
  return (node) => node.batched && !isMap(node) && !before.has(node);
}

/** Where a map becomes a vector: pooling over all of it, or its elements in a row. */
function begin(node: Node, of: (node: Node) => Tensor): Step | undefined {
  const [from] = node.inputs;
  if (from?.shape.length !== 4) return undefined;
  const x = of(from);
  const { builder } = x;
  const window: Window = [from.shape[2], from.shape[3]];
  const pool = { kernel: window, stride: [1, 1] };
  const overAll = (axes: unknown) => String(axes) === "2,3";
  if (node.op === "mean" && overAll(node.attrs.axes)) {
    return { map: builder.apply(avgPool2d, [x], pool), window: POINT };
  }
  if (node.op === "reduceMax" && overAll(node.attrs.axes)) {
    return { map: builder.apply("maxPool2d", [x], pool), window: POINT };
  }
  const { kernel, padding } = node.attrs;
  if (
    /^(avg|max)Pool2d$/.test(node.op) &&
    String(kernel) === String(window) &&
    !/[^0,]/.test(String(padding))
  ) {
    return { map: builder.apply(node.op, [x], { ...node.attrs, stride: [1, 1] }), window: POINT };
  }
  const [, ...rest] = node.shape;
  if (node.op !== "reshape" || rest[0] !== sizeOf(from.shape.slice(1))) return undefined;
  return { map: x, window };
}

/** What a node makes of vectors, at every place of the map that they are. */
function carry(
  graph: Graph,
  node: Node,
  of: (node: Node) => Tensor,
  windows: ReadonlyMap<Node, Window>,
): Step {
  const [from] = node.inputs;
  const window = node.inputs.map((input) => windows.get(input)).find((found) => found) as Window;
  const x = of(from);
  const { builder } = x;
  const [, ...rest] = node.shape;
  const same = (map: Tensor): Step => ({ map, window });
  if (node.op === "linear" && from.shape.length === 2) {
    const w = of(node.inputs[1]);
    const [out, inputs] = w.shape;
    const kernel = [inputs / (window[0] * window[1]), ...window];
    return { map: builder.apply("conv2d", [x, w.reshape(out, ...kernel)]), window: POINT };
  }
  if (graph.ops[node.op].pointwise) {
    const inputs = node.inputs.map((input) => operand(input, node, of, windows, window));
    if (!inputs.includes(undefined)) {
      return same(builder.apply(graph.ops[node.op], inputs as Tensor[], node.attrs));
    }
  }
  if (node.op === "reshape" && rest[0] === sizeOf(rest) && from.shape[1] === sizeOf(rest)) {
    return same(x);
  }
  if (isPoint(window)) {
    const axes = String(node.attrs.axes ?? node.attrs.axis);
    const isRow = node.shape.length === 2;
    if (/^(log)?[sS]oftmax$/.test(node.op) && (axes === "1" || (isRow && axes === "-1"))) {
      return same(builder.apply(graph.ops[node.op], [x], { ...node.attrs, axis: 1 }));
    }
    const isPlain = node.op === "conv2d" && sizeOf(node.inputs[1].shape.slice(2)) === 1;
    if (isPlain || (!isRow && (node.op === "layerNorm" || node.op === "transpose"))) {
      return same(builder.apply(graph.ops[node.op], node.inputs.map(of), node.attrs));
    }
    if (node.op === "layerNorm") {
      const rows = [x.transpose(0, 2, 3, 1), ...node.inputs.slice(1).map(of)];
      return same(builder.apply(graph.ops[node.op], rows, node.attrs).transpose(0, 3, 1, 2));
    }
    if (/^(mean|reduceMax)$/.test(node.op) && axes === "2,3") return same(x);
  }
  throw new ConvkitError(
    "fullyConvolutional",
    `${node.scope || "the network"} has ${node.op} of ${formatShape(from.shape)} behind the last map, which cannot slide`,
  );
}

/** An input of a pointwise op for every place of a map of vectors; undefined if there is none. */
function operand(
  input: Node,
  node: Node,
  of: (node: Node) => Tensor,
  windows: ReadonlyMap<Node, Window>,
  window: Window,
): Tensor | undefined {
  const t = of(input);
  const own = windows.get(input);
  if (own) return own.join() === window.join() ? t : undefined;
  // A single number is the same everywhere.
  if (t.size === 1 && !input.batched) return t;
  if (!isPoint(window)) return undefined;
  // N×K×1×1 is a map itself, and what stands beside it fits as it is; beside N×K stand K numbers.
  if (node.shape.length === 4) return t;
  return input.batched ? undefined : t.reshape(t.size, 1, 1);
}
