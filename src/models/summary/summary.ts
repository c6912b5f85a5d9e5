/**
 * What a network is, read off its traces: layers, shapes, parameters, multiply-accumulates, activation memory
 * and receptive field. Nothing is allocated or run, so any size is instant.
 *
 * Activation memory: `forward` is the sum of all listed outputs; `training` adds the gradient of every output
 * that one flows through, and what else the backward pass reads again (indices, masks, batch statistics).
 */
import type { Shape } from "../../core/shape.ts";
import type { ModuleCall } from "../../graph/builder.ts";
import { makerOf } from "../../graph/maker-of.ts";
import { madeFrom, type Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { listInputs, type NetworkInputs, type Trace, traceNetwork } from "../../nn/initialize.ts";
import type { AnyModule } from "../../nn/module.ts";
import { namedBuffers, parameters } from "../../nn/parameters.ts";
import { bytesOf, keptForBackward, trainedNodes } from "./activation-memory.ts";
import { networkDepth } from "./network-depth.ts";
import { type ReceptiveField, receptiveFields, type Two } from "./receptive-field.ts";

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
  /** Shapes of the layer's own parameters: `weight`, `bias`. */
  readonly parameterShapes: Readonly<Record<string, Shape>>;
  /** For the whole batch. */
  readonly macs: number;
  readonly activationBytes: ActivationBytes;
  /** Rows and columns of the input that one element sees; null for inputs that are not images. */
  readonly receptiveField: Two | null;
  /** Steps on the layer's own input between neighbours of its output; null where that is no picture. */
  readonly stride: Two | null;
  /** Input pixels between neighbours: the product of the strides so far. */
  readonly jump: Two | null;
  /** It is called in training only, as auxiliary classifiers are: no products and no outputs in evaluation. */
  readonly trainingOnly: boolean;
}

export interface Summary {
  /** Of one example; that of the first input where there are several. */
  readonly inputShape: Shape;
  readonly batch: number;
  readonly layers: readonly SummaryRow[];
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Values that are kept but not trained, such as running statistics; they are no parameters. */
  readonly buffers: number;
  readonly macs: number;
  readonly activationBytes: ActivationBytes;
  /** Layers with weights on the longest path, the 50 of ResNet-50. */
  readonly depth: number;
}

export interface SummaryOptions {
  /** Images at a time; 1 by default. */
  readonly batch?: number;
  /** Rows for the modules down to this depth, 1 for the children of the network, with what is below summed up; all by default. */
  readonly depth?: number;
}

/** `inputs` is the shape of one example, without the batch axis, or the network's inputs where there are several. */
export function summary(
  net: AnyModule,
  inputs: NetworkInputs,
  { batch = 1, depth = Number.POSITIVE_INFINITY }: SummaryOptions = {},
): Summary {
  const evaluation = traceNetwork(net, inputs, { batch });
  const training = traceNetwork(net, inputs, { batch, training: true });
  const called = new Set(evaluation.builder.calls.map(({ module }) => module));
  const more = training.builder.calls.filter(({ module }) => !called.has(module));
  const found = [
    ...rowsOf(net, evaluation, evaluation.builder.calls),
    ...rowsOf(net, training, more, true),
  ];
  const kept = keptForBackward(net, training);
  const own = found.map(([call, row]): [ModuleCall, SummaryRow] => {
    const bytes = kept.get(call.path) ?? 0;
    kept.delete(call.path);
    return [call, bytes === 0 ? row : plus(row, { training: bytes })];
  });
  const layers = folded(own, depth);
  const all = parameters(net);
  const sizes = (of: readonly { readonly size: number }[]) => sum(of, ({ size }) => size);
  return {
    inputShape: listInputs(inputs)[0].shape,
    batch,
    layers,
    parameters: sizes(all),
    trainableParameters: sizes(all.filter(({ trainable }) => trainable)),
    buffers: sizes(namedBuffers(net).map(([, buffer]) => buffer)),
    macs: sum(layers, (row) => row.macs),
    activationBytes: {
      forward: sum(layers, (row) => row.activationBytes.forward),
      training: sum(layers, (row) => row.activationBytes.training),
    },
    depth: networkDepth(evaluation),
  };
}

const sum = <T>(of: readonly T[], value: (item: T) => number): number =>
  of.reduce((total, item) => total + value(item), 0);

/** A row for each call, with what its own forward does; what it calls is in rows of its own. */
function rowsOf(
  net: AnyModule,
  trace: Trace,
  calls: readonly ModuleCall[],
  trainingOnly = false,
): [ModuleCall, SummaryRow][] {
  if (calls.length === 0) return [];
  const fields = receptiveFields(trace.builder.nodes);
  const trained = trainedNodes(net, trace);
  const macs = trainingOnly ? new Map<ModuleCall, number>() : macsByCall(trace);
  const seen = new Set<object>();
  const parents = new Set(calls.map(({ parent }) => parent));
  return calls.map((call) => {
    const { path, kind, module, inputs } = call;
    const node = (call.output as Tensor).node;
    const shapes = seen.has(module) ? {} : parameterShapes(module as AnyModule);
    seen.add(module);
    // What only passes its children's work on makes no output of its own.
    const made = !parents.has(call) || node.scope === path ? bytesOf(node) : 0;
    const forward = trainingOnly ? 0 : made;
    const field = fields.get(node);
    const row: SummaryRow = {
      name: path,
      kind,
      outputShape: node.shape,
      parameters: sum(Object.values(shapes), (shape) => shape.reduce((a, b) => a * b, 1)),
      parameterShapes: shapes,
      macs: macs.get(call) ?? 0,
      activationBytes: { forward, training: made + (trained.has(node) ? made : 0) },
      receptiveField: field?.size ?? null,
      stride: strideOf(
        node,
        field,
        inputs.map((input) => fields.get(input.node)),
      ),
      jump: field?.jump ?? null,
      trainingOnly,
    };
    return [call, row];
  });
}

function parameterShapes(module: AnyModule): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  for (const [name, { kind, parameter }] of module.ownStates) {
    if (kind === "parameter") shapes[name] = parameter.shape;
  }
  return shapes;
}

/** Multiply-accumulates of what the output is made from, by the call that made it. */
function macsByCall({ builder, output }: Trace): Map<ModuleCall, number> {
  const makers = makerOf(builder);
  const macs = new Map<ModuleCall, number>();
  for (const node of madeFrom([output.node])) {
    const made = builder.ops[node.op]?.macs?.(node.inputs, node.attrs, node) ?? 0;
    if (made === 0) continue;
    const call = makers(node) as ModuleCall;
    macs.set(call, (macs.get(call) ?? 0) + made);
  }
  return macs;
}

function strideOf(
  node: Node,
  field: ReceptiveField | undefined,
  inputs: readonly (ReceptiveField | undefined)[],
): Two | null {
  if (!field || node.shape.length !== 4) return null;
  const along = (axis: 0 | 1) =>
    field.jump[axis] / Math.max(...inputs.map((input) => input?.jump[axis] ?? 0));
  return [along(0), along(1)];
}

/**
 * The rows that are shown: what is deeper than `depth` is added to the row of the module that it lies in, and a module that
 * only passes its children's work on has no row unless it stands for them.
 */
function folded(rows: readonly [ModuleCall, SummaryRow][], depth: number): SummaryRow[] {
  const own = new Map(rows);
  // What is called in training only may lie in a module that has its row from evaluation.
  const byPath = new Map(
    rows.map(([call]) => [call.path, call]).reverse() as [string, ModuleCall][],
  );
  const parents = new Set(rows.map(([{ parent }]) => parent));
  const shown = new Map<ModuleCall, SummaryRow>();
  for (const [call, row] of rows) {
    const { parameters, macs, activationBytes } = row;
    const work = parameters + macs + activationBytes.training;
    if (parents.has(call) && work === 0) continue;
    const ancestor = ancestorAt(call, depth);
    const at = own.has(ancestor) ? ancestor : (byPath.get(ancestor.path) ?? call);
    const known = shown.get(at) ?? (at === call ? undefined : (own.get(at) as SummaryRow));
    shown.set(at, known ? plus(known, row.activationBytes, row) : row);
  }
  return [...shown.values()];
}

/** The call itself, or the one at this depth that it is made within; the network's own is at depth 0. */
function ancestorAt(call: ModuleCall, depth: number): ModuleCall {
  const chain = [call];
  for (let at = call.parent; at; at = at.parent) chain.unshift(at);
  return chain[Math.min(depth, chain.length - 1)];
}

/** A row with more to it. */
function plus(
  row: SummaryRow,
  { forward = 0, training }: { readonly forward?: number; readonly training: number },
  { parameters, macs } = { parameters: 0, macs: 0 },
): SummaryRow {
  const { activationBytes: own } = row;
  return {
    ...row,
    parameters: row.parameters + parameters,
    macs: row.macs + macs,
    activationBytes: { forward: own.forward + forward, training: own.training + training },
  };
}
