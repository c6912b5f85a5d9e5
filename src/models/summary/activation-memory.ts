/**
 * What a backward pass needs of a forward pass: which tensors get a gradient, and what it reads again besides the
 * outputs of layers — indices, masks, batch statistics. Read off a graph and its gradient; nothing is run.
 */
import { grad } from "../../autodiff/grad.ts";
import { byteSize, isFloat } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import { madeFrom, type Node, type TensorType } from "../../graph/node.ts";
import type { Trace } from "../../nn/initialize.ts";
import type { AnyModule } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { parameters } from "../../nn/parameters.ts";

/** Of a tensor as it was traced: a trace for one image gives those of one. */
export const bytesOf = ({ shape, dtype }: TensorType): number => sizeOf(shape) * byteSize[dtype];

/** Float nodes that depend on a trainable parameter: in training a gradient flows through them. */
export function trainedNodes(net: AnyModule, { builder }: Trace): Set<Node> {
  const states = parameters(net).filter(({ trainable }) => trainable);
  const trained = new Set(states.map((parameter) => builder.state(parameter).node));
  for (const node of builder.nodes) {
    if (isFloat(node.dtype) && node.inputs.some((input) => trained.has(input))) trained.add(node);
  }
  return trained;
}

/** Bytes by scope of what a backward pass reads besides the outputs of layers; `trace` is one in training mode. */
export function keptForBackward(net: AnyModule, trace: Trace): Map<string, number> {
  const kept = new Map<string, number>();
  const { builder, inputs, output } = trace;
  const trainable = parameters(net).filter((parameter) => parameter.trainable);
  if (!isFloat(output.dtype) || trainable.length === 0) return kept;

  const weights = trainable.map((parameter) => builder.state(parameter));
  const scores = takeOutputs(builder).filter(({ lossWeight }) => lossWeight);
  const loss = scores.reduce((sum, { tensor }) => sum.add(tensor.sum()), output.sum());
  const forward = builder.nodes.length;
  const gradients = grad(loss, weights);
  const read = new Set<Node>();
  for (const { id, inputs } of madeFrom(gradients.map(({ node }) => node))) {
    if (id < forward) continue;
    for (const source of inputs) if (source.id < forward) read.add(unfolded(source));
  }
  const outputs = new Set(builder.calls.map((call) => unfolded(call.output?.node as Node)));
  const given = inputs.map(({ node }) => node);
  const fromInput = new Set<Node>(given);
  for (const node of builder.nodes) {
    if (node.inputs.some((source) => fromInput.has(source))) fromInput.add(node);
  }
  for (const node of read) {
    if (given.includes(node) || outputs.has(node) || !fromInput.has(node)) continue;
    kept.set(node.scope, (kept.get(node.scope) ?? 0) + bytesOf(node));
  }
  return kept;
}

/** A reshape shows the same memory. */
function unfolded(node: Node): Node {
  return node.op === "reshape" ? unfolded(node.inputs[0]) : node;
}
