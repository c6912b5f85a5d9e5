/**
 * What a network is, read off one trace: layers, shapes, parameters, multiply-accumulates, activation memory
 * and receptive field. Nothing is allocated or run, so any size is instant.
 *
 * Activation memory: `forward` is the sum of all listed outputs; `training` adds the gradient of every output
 * that one flows through, and what else the backward pass reads again (indices, masks, batch statistics).
 */
import { grad } from "../autodiff/grad.ts";
import { byteSize, isFloat } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Builder, ModuleCall } from "../graph/builder.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { type Trace, traceNetwork } from "../nn/initialize.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { namedParameters } from "../nn/parameters.ts";
import { receptiveFields } from "./receptive-field.ts";

export interface ActivationBytes {
  readonly forward: number;
  readonly training: number;
}

export interface SummaryRow {
  /** Path of the layer, `layer1.0.conv1`. */
  readonly name: string;
  readonly kind: string;
  /** With the batch axis. */
  readonly outputShape: Shape;
  readonly parameters: number;
  /** For the whole batch. */
  readonly macs: number;
  readonly activationBytes: ActivationBytes;
  /** Rows and columns of the input that one element sees; null for inputs that are not images. */
  readonly receptiveField: readonly [number, number] | null;
  /** Input pixels between neighbours. */
  readonly jump: readonly [number, number] | null;
}

export interface Summary {
  readonly inputShape: Shape;
  readonly batch: number;
  readonly layers: readonly SummaryRow[];
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly macs: number;
  readonly activationBytes: ActivationBytes;
}

/** `inputShape` is that of one example, without the batch axis. */
export function summary(
  net: Module,
  inputShape: Shape,
  { batch = 1 }: { batch?: number } = {},
): Summary {
  const trace = traceNetwork(net, inputShape, { batch });
  const nodes = nodesOf(trace.builder);
  const fields = receptiveFields(nodes);
  const trained = trainedNodes(net, trace, nodes);
  const kept = keptForBackward(net, inputShape, batch);
  const counted = new Set<Node>();
  const seen = new Set<AnyModule>();

  const rows = trace.builder.calls.flatMap((call): SummaryRow[] => {
    const node = call.output?.node as Node;
    const module = call.module as AnyModule;
    const inside = call.inputs.map((input) => input.node);
    const own = nodesBetween(node, inside).filter(
      (made) => made.scope === call.path && !counted.has(made),
    );
    for (const made of own) counted.add(made);
    const macs = own.reduce((sum, made) => sum + macsOf(trace.builder, made), 0);
    const parameters = seen.has(module) ? 0 : ownParameters(module);
    seen.add(module);
    // A module that only passes its children's work on is no line of its own.
    if (!isLeaf(call, trace.builder.calls) && macs === 0 && parameters === 0) return [];
    const forward = bytesOf(node);
    const training = forward + (trained.has(node) ? forward : 0) + (kept.get(call.path) ?? 0);
    kept.delete(call.path);
    const field = fields.get(node);
    return [
      {
        name: call.path,
        kind: call.kind,
        outputShape: node.shape,
        parameters,
        macs,
        activationBytes: { forward, training },
        receptiveField: field?.size ?? null,
        jump: field?.jump ?? null,
      },
    ];
  });

  const all = namedParameters(net).map(([, parameter]) => parameter);
  const total = (of: (row: SummaryRow) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const elsewhere = [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    inputShape,
    batch,
    layers: rows,
    parameters: all.reduce((sum, { size }) => sum + size, 0),
    trainableParameters: all.reduce((sum, p) => sum + (p.trainable ? p.size : 0), 0),
    macs: nodesBetween(trace.output.node, []).reduce(
      (sum, node) => sum + macsOf(trace.builder, node),
      0,
    ),
    activationBytes: {
      forward: total((row) => row.activationBytes.forward),
      training: total((row) => row.activationBytes.training) + elsewhere,
    },
  };
}

const nodesOf = (builder: Builder): Node[] =>
  Array.from({ length: builder.nodeCount }, (_, id) => builder.node(id));

const bytesOf = ({ shape, dtype }: TensorType): number => sizeOf(shape) * byteSize[dtype];

const isLeaf = ({ path }: ModuleCall, calls: readonly ModuleCall[]): boolean =>
  path === "" ? calls.length === 1 : !calls.some((call) => call.path.startsWith(`${path}.`));

function ownParameters(module: AnyModule): number {
  let size = 0;
  for (const { kind, parameter } of module.ownStates.values()) {
    if (kind === "parameter") size += parameter.size;
  }
  return size;
}

function macsOf({ ops }: Builder, node: Node): number {
  return ops[node.op]?.macs?.(node.inputs, node.attrs, node) ?? 0;
}

/** `end` and what it is made from, up to the nodes of `starts`. */
function nodesBetween(end: Node, starts: readonly Node[]): Node[] {
  const found = new Set<Node>(starts);
  const stack = [end];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    stack.push(...node.inputs);
  }
  return [...found].filter((node) => !starts.includes(node));
}

/** Float nodes that depend on a trainable parameter: in training a gradient flows through them. */
function trainedNodes(net: AnyModule, { builder }: Trace, nodes: readonly Node[]): Set<Node> {
  const trained = new Set<Node>();
  for (const [, parameter] of namedParameters(net)) {
    if (parameter.trainable) trained.add(builder.state(parameter).node);
  }
  for (const node of nodes) {
    if (isFloat(node.dtype) && node.inputs.some((input) => trained.has(input))) trained.add(node);
  }
  return trained;
}

/** Bytes by scope of what a backward pass reads besides the outputs of layers. */
function keptForBackward(net: Module, inputShape: Shape, batch: number): Map<string, number> {
  const kept = new Map<string, number>();
  const { builder, input, output } = traceNetwork(net, inputShape, { batch, training: true });
  const parameters = namedParameters(net).filter(([, parameter]) => parameter.trainable);
  if (!isFloat(output.dtype) || parameters.length === 0) return kept;

  const weights = parameters.map(([, parameter]) => builder.state(parameter));
  const loss = output.sum();
  const forward = builder.nodeCount;
  const gradients = grad(loss, weights);
  const outputs = new Set(builder.calls.map((call) => unfolded(call.output?.node as Node)));
  outputs.add(input.node);
  const read = new Set<Node>();
  for (const node of gradients.flatMap((g) => nodesBetween(g.node, []))) {
    if (node.id < forward) continue;
    for (const source of node.inputs) {
      if (source.id < forward) read.add(unfolded(source));
    }
  }
  const fromInput = new Set<Node>([input.node]);
  for (const node of nodesOf(builder)) {
    if (node.inputs.some((source) => fromInput.has(source))) fromInput.add(node);
  }
  for (const node of read) {
    if (outputs.has(node) || !fromInput.has(node)) continue;
    kept.set(node.scope, (kept.get(node.scope) ?? 0) + bytesOf(node));
  }
  return kept;
}

/** A reshape shows the same memory. */
function unfolded(node: Node): Node {
  return node.op === "reshape" ? unfolded(node.inputs[0]) : node;
}
