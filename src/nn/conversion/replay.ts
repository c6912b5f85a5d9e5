/**
 * Applies the nodes of a graph once more, within another trace and, if need be, to an input of another size: what shapes in
 * attributes follow from the input follows the new one. What a layer worked out from the size while it was traced stays as
 * it was: the windows of adaptive pooling, padding that keeps sizes, tables of positions.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import type { Builder } from "../../graph/builder.ts";
import { type Attrs, type Graph, liveNodes, type Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** What becomes of a node instead, of the new tensors of earlier nodes; undefined for the same again. */
export type Rewrite = (node: Node, of: (node: Node) => Tensor) => Tensor | undefined;

/** The graph's one output, for `input` in place of its one input. */
export function replay(graph: Graph, input: Tensor, rewrite: Rewrite = () => undefined): Tensor {
  const { builder } = input;
  const made = new Map<Node, Tensor>();
  const of = (node: Node) => made.get(node) as Tensor;
  for (const node of liveNodes(graph)) {
    const again = () => rewrite(node, of) ?? applyAgain(graph, builder, node, input, of);
    made.set(node, builder.within(node.scope, again));
  }
  return of(graph.outputs[0]);
}

function applyAgain(
  graph: Graph,
  builder: Builder,
  node: Node,
  input: Tensor,
  of: (node: Node) => Tensor,
): Tensor {
  if (node.op === "input") return input;
  if (node.op === "state") return builder.state(graph.states[node.attrs.slot as number]);
  if (node.op === "constant") return builder.constant(Number(node.attrs.value), node.dtype);
  if (node.op === "count") return builder.count();
  const inputs = node.inputs.map(of);
  // A gradient that the user gave belongs to the trace that it was given in.
  if (node.op === "customGradient") return inputs[0];
  return builder.apply(graph.ops[node.op], inputs, attrsFor(node, inputs, input));
}

/** The attributes of a node for inputs that may have other sizes than those it was traced with. */
function attrsFor(node: Node, inputs: readonly Tensor[], { shape: [n], batched }: Tensor): Attrs {
  const { attrs } = node;
  const [from] = node.inputs;
  const [x] = inputs;
  if (node.op === "reshape" && from.batched) {
    return { shape: [x.shape[0], ...reshaped(node, x.shape)] };
  }
  if (node.op === "broadcastTo" && node.batched) {
    const lacks = node.shape.length - from.shape.length;
    const shape = node.shape.map((size, axis) => {
      if (axis === 0) return n;
      return size === from.shape[axis - lacks] ? x.shape[axis - lacks] : size;
    });
    return { shape, batched };
  }
  if (node.op === "slice") {
    const ends = attrs.ends as readonly number[];
    return {
      ...attrs,
      ends: ends.map((end, axis) => (end === from.shape[axis] ? x.shape[axis] : end)),
    };
  }
  if (node.op === "interpolate") return { ...attrs, size: interpolated(node, x.shape) };
  return attrs;
}

/** The sizes of a reshaped tensor but for its first axis: axes that became one, or stayed alone, follow the new input. */
function reshaped(node: Node, now: Shape): number[] {
  const [from, to] = [node.inputs[0].shape, node.shape];
  const result: number[] = [];
  for (let i = 1, j = 1; i < from.length || j < to.length; ) {
    const [startI, startJ] = [i, j];
    let [a, b] = [from[i++] ?? 1, to[j++] ?? 1];
    while (a !== b) {
      if (a < b) a *= from[i++];
      else b *= to[j++];
    }
    // Ones at the end belong to what is before them.
    if (sizeOf(to.slice(j)) === 1 && sizeOf(from.slice(i)) === 1) [i, j] = [from.length, to.length];
    const [old, size] = [from.slice(startI, i), now.slice(startI, i)];
    const parts = to.slice(startJ, j);
    const open = parts.indexOf(a);
    if (old.join() === size.join()) result.push(...parts);
    else if (open >= 0 || a === 1) {
      result.push(...parts.map((part, k) => (k === Math.max(open, 0) ? sizeOf(size) : part)));
    } else throw tooLarge(node, now);
  }
  return result;
}

/** As many times the new axis as it was of the traced one. */
function interpolated(node: Node, now: Shape): number {
  const { axis, size, position } = node.attrs;
  const old = node.inputs[0].shape[axis as number];
  if (now[axis as number] === old) return size as number;
  const scaled = ((size as number) * now[axis as number]) / old;
  const [step, , unit] = position as readonly number[];
  // With aligned corners positions depend on the sizes.
  if (!Number.isInteger(scaled) || step * (size as number) !== unit * old)
    throw tooLarge(node, now);
  return scaled;
}

const tooLarge = ({ op, scope, inputs, shape }: Node, now: Shape): ConvkitError =>
  new ConvkitError(
    scope || op,
    `${op} was traced from ${formatShape(inputs[0].shape)} to ${formatShape(shape)} and does not say what ` +
      `it makes of ${formatShape(now)} — convert the network at the size that it shall run at`,
  );
