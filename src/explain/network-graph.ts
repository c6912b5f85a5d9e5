/**
 * A network as boxes and arrows, read off a trace in training mode, so that dropout and auxiliary classifiers are there. A
 * box is a layer, a block (a composite module that is not opened), or an op that brings branches together.
 *
 * By default what only lines others up is opened — `sequential`, a convolution with its norm, the encoder around its
 * blocks — and blocks are closed; equal blocks in a row become one box with a count, as in the papers' figures.
 */
import type { Shape } from "../core/shape.ts";
import type { ModuleCall } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { nodesOf, reachedFrom } from "../models/activation-memory.ts";
import { makerOf } from "../models/made-by.ts";
import { traceNetwork } from "../nn/initialize.ts";
import type { AnyModule, Module } from "../nn/module.ts";
import { takeOutputs } from "../nn/named-outputs.ts";
import { type Category, categoryOf, layerTitle, opTitle, wordsOf } from "./box-title.ts";

export interface Box {
  readonly title: string;
  readonly category: Category;
  /** Path of the module; empty for an op. */
  readonly name: string;
  /** Norms, activations and the like that follow at once, told in the same box. */
  readonly followedBy: readonly string[];
  /** Of one example. */
  readonly shape: Shape;
  /** Equal blocks in a row. */
  readonly count: number;
}

export interface Arrow {
  readonly from: Box;
  readonly to: Box;
}

export interface NetworkGraph {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface NetworkGraphOptions {
  /** Opens modules down to this depth and no further, 1 shows the parts of the network; Infinity opens all. */
  readonly depth?: number;
}

/** A box while arrows are being found. */
interface Draft {
  call: ModuleCall | undefined;
  readonly nodes: Node[];
  readonly from: Set<Draft>;
  readonly to: Set<Draft>;
  title: string;
  category: Category;
  name: string;
  followedBy: string[];
  shape: Shape;
  count: number;
}

export function networkGraph(
  net: Module,
  inputShape: Shape,
  { depth }: NetworkGraphOptions = {},
): NetworkGraph {
  const { builder, input, output } = traceNetwork(net, inputShape, { training: true });
  const ends = [{ name: "output", tensor: output }, ...takeOutputs(builder)];
  const live = reachedFrom(ends.map(({ tensor }) => tensor.node));
  const { calls } = builder;
  const opens = depth === undefined ? openedByForm(calls) : openedTo(calls, depth);
  const maker = makerOf(builder);
  const drafts: Draft[] = [];
  const boxOf = new Map<ModuleCall, Draft>();
  /** The box whose result a node holds, for all that depends on the input. */
  const source = new Map<Node, Draft>();
  const draft = (call: ModuleCall | undefined): Draft => {
    const made: Draft = {
      ...{ call, nodes: [], from: new Set(), to: new Set(), followedBy: [], count: 1 },
      ...{ title: "", category: "other", name: call?.path ?? "", shape: [] },
    };
    drafts.push(made);
    return made;
  };

  const begin = draft(undefined);
  Object.assign(begin, { title: "input", category: "ends", shape: inputShape });
  source.set(input.node, begin);
  for (const node of nodesOf(builder)) {
    if (!live.has(node) || node === input.node) continue;
    const before = new Set(node.inputs.flatMap((from) => source.get(from) ?? []));
    if (before.size === 0) continue;
    const call = closedCall(maker(node), opens);
    let box = call && boxOf.get(call);
    if (!call && before.size === 1) {
      // An op between layers that brings nothing together is not shown.
      source.set(node, [...before][0]);
      continue;
    }
    if (!box) {
      box = draft(call);
      if (call) boxOf.set(call, box);
      else Object.assign(box, opTitle(node.op));
    }
    box.nodes.push(node);
    box.shape = shapeOf(call, node);
    source.set(node, box);
    for (const from of before) join(from, box);
  }
  for (const { name, tensor } of ends) {
    const from = source.get(tensor.node);
    if (!from) continue;
    const end = draft(undefined);
    Object.assign(end, { title: name, category: "ends", shape: tensor.shape.slice(1) });
    join(from, end);
  }

  const parents = new Set(calls.map(({ parent }) => parent));
  for (const box of drafts) if (box.call) entitle(box, parents.has(box.call));
  return finished(tellInOneBox(drafts));
}

function join(from: Draft, to: Draft): void {
  if (from === to) return;
  from.to.add(to);
  to.from.add(from);
}

const shapeOf = (call: ModuleCall | undefined, node: Node): Shape =>
  (call ? (call.output as Tensor).shape : node.shape).slice(1);

/** The outermost call around that is drawn closed; undefined for the own ops of an open one. */
function closedCall(call: ModuleCall | undefined, opens: Opens): ModuleCall | undefined {
  let closed: ModuleCall | undefined;
  for (let at = call; at; at = at.parent) if (!opens(at)) closed = at;
  return closed;
}

type Opens = (call: ModuleCall) => boolean;

function openedTo(calls: readonly ModuleCall[], depth: number): Opens {
  const parents = new Set(calls.map(({ parent }) => parent));
  const depthOf = ({ parent }: ModuleCall): number => (parent ? depthOf(parent) + 1 : 0);
  return (call) => parents.has(call) && depthOf(call) < depth;
}

/** What only lines others up is open. */
function openedByForm(calls: readonly ModuleCall[]): Opens {
  const children = new Map<ModuleCall, ModuleCall[]>();
  for (const call of calls) {
    const siblings = call.parent && children.get(call.parent);
    if (siblings) siblings.push(call);
    else if (call.parent) children.set(call.parent, [call]);
  }
  // Inner calls stand behind those around them.
  const layers = new Map<ModuleCall, number>();
  for (const call of calls.toReversed()) {
    const below = (children.get(call) ?? []).reduce((sum, one) => sum + (layers.get(one) ?? 0), 0);
    layers.set(call, below + (hasWeight(call) ? 1 : 0));
  }
  const isBlock = (call: ModuleCall) => children.has(call) && (layers.get(call) as number) > 1;
  const open = new Set<ModuleCall>();
  for (const [call, inner] of children) {
    const laid = inner.flatMap((one) =>
      one.kind === "sequential" ? (children.get(one) ?? []) : one,
    );
    const repeats = laid.some(
      (one, i) =>
        isBlock(one) && i > 0 && one.kind === laid[i - 1].kind && follows(one, laid[i - 1]),
    );
    if (!call.parent || call.kind === "sequential" || repeats || !isBlock(call)) open.add(call);
  }
  return (call) => open.has(call);
}

const follows = ({ inputs }: ModuleCall, { output }: ModuleCall): boolean =>
  inputs.length === 1 && inputs[0].node === output?.node;

/** Biases and norms are no layers of their own. */
const hasWeight = ({ module }: ModuleCall): boolean =>
  [...(module as AnyModule).ownStates.values()].some(
    ({ kind, parameter }) => kind === "parameter" && parameter.shape.length > 1,
  );

function entitle(box: Draft, isComposite: boolean): void {
  const { kind } = box.call as ModuleCall;
  if (!isComposite) Object.assign(box, layerTitle(kind, box.nodes));
  else {
    const category = categoryOf(kind);
    Object.assign(box, {
      title: wordsOf(kind),
      category: category === "attention" ? category : "block",
    });
  }
}

/** Layers that follow at once and equal blocks in a row go into the box before them. */
function tellInOneBox(drafts: readonly Draft[]): Draft[] {
  const left: Draft[] = [];
  for (const box of drafts) {
    const [before, ...others] = box.from;
    const alone = before && others.length === 0 && before.to.size === 1;
    if (alone && isTold(before, box)) before.followedBy.push(box.title);
    else if (alone && isRepeated(before, box)) {
      before.count++;
      before.name = rangeOf(before.name.split(" … ")[0], box.name);
    } else {
      left.push(box);
      continue;
    }
    before.to.clear();
    for (const next of box.to) {
      next.from.delete(box);
      join(before, next);
    }
    before.shape = box.shape;
  }
  return left;
}

/** `layer1.0 … 2`: the last name without what it has in common with the first. */
function rangeOf(first: string, last: string): string {
  let same = 0;
  while (same < last.length && first[same] === last[same]) same++;
  const rest = last.slice(0, same).replace(/\d+$/, "").length;
  return `${first} … ${last.slice(rest)}`;
}

function isTold(before: Draft, { category }: Draft): boolean {
  if (category === "reshape") return before.category !== "ends";
  if (category !== "normalization" && category !== "activation" && category !== "dropout")
    return false;
  return !["ends", "block", "pooling", "dropout"].includes(before.category);
}

const isRepeated = (before: Draft, box: Draft): boolean =>
  box.category === "block" &&
  before.call?.kind === box.call?.kind &&
  before.call?.parent?.path === box.call?.parent?.path &&
  String(before.shape) === String(box.shape);

function finished(drafts: readonly Draft[]): NetworkGraph {
  const boxes = new Map<Draft, Box>();
  for (const draft of drafts) {
    const { title, category, name, followedBy, shape, count } = draft;
    boxes.set(draft, { title, category, name, followedBy, shape, count });
  }
  const arrows = drafts.flatMap((draft) =>
    [...draft.to].map((next) => ({
      from: boxes.get(draft) as Box,
      to: boxes.get(next) as Box,
    })),
  );
  return { boxes: [...boxes.values()], arrows };
}
