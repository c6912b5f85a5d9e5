/**
 * A network as boxes and arrows, read off a trace in training mode, so that dropout and auxiliary classifiers are there. A
 * box is a layer, a block (a composite module that is not opened), or an op that brings branches together.
 *
 * By default what only lines others up is opened — `sequential`, a convolution with its norm, the encoder around its
 * blocks — and blocks are closed; equal blocks in a row become one box with a count, as in the papers' figures.
 */
import type { Shape } from "../core/shape.ts";
import type { ModuleCall } from "../graph/builder.ts";
import { makerOf } from "../graph/maker-of.ts";
import { madeFrom, type Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { listInputs, type NetworkInputs, traceNetwork } from "../nn/initialize.ts";
import type { AnyModule } from "../nn/module.ts";
import { takeOutputs } from "../nn/named-outputs.ts";
import { type Category, categoryOf, layerTitle, opTitle, wordsOf } from "./box-title.ts";
import { type Opens, openedByForm, openedTo } from "./opened-modules.ts";

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
  readonly call: ModuleCall | undefined;
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
  net: AnyModule,
  shapes: NetworkInputs,
  { depth }: NetworkGraphOptions = {},
): NetworkGraph {
  const { builder, inputs, output } = traceNetwork(net, shapes, { training: true });
  const ends = [{ name: "output", tensor: output }, ...takeOutputs(builder)];
  const live = madeFrom(ends.map(({ tensor }) => tensor.node));
  const { calls } = builder;
  const opens = depth === undefined ? openedByForm(calls) : openedTo(calls, depth);
  const maker = makerOf(builder);
  const drafts: Draft[] = [];
  const draft = (given: Partial<Draft>): Draft => {
    const made = newDraft(given);
    drafts.push(made);
    return made;
  };
  const boxOf = new Map<ModuleCall, Draft>();
  /** The box whose result a node holds, for all that depends on the input. */
  const source = new Map<Node, Draft>();
  for (const [i, { name, shape }] of listInputs(shapes).entries()) {
    source.set(inputs[i].node, draft({ title: name, category: "ends", shape }));
  }
  for (const node of builder.nodes) {
    if (!live.has(node) || source.has(node)) continue;
    const before = new Set(node.inputs.flatMap((from) => source.get(from) ?? []));
    if (before.size === 0) continue;
    const call = closedCall(maker(node), opens);
    if (!call && before.size === 1) {
      // An op between layers that brings nothing together is not shown.
      source.set(node, [...before][0]);
      continue;
    }
    const box = (call && boxOf.get(call)) ?? draft(call ? ofCall(call) : ofOp(node));
    if (call) boxOf.set(call, box);
    box.nodes.push(node);
    source.set(node, box);
    for (const from of before) join(from, box);
  }
  for (const { name, tensor } of ends) {
    const from = source.get(tensor.node);
    if (from) join(from, draft({ title: name, category: "ends", shape: tensor.shape.slice(1) }));
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

const newDraft = (given: Partial<Draft>): Draft => ({
  ...{ call: undefined, nodes: [], from: new Set(), to: new Set() },
  ...{ title: "", category: "other", name: "", followedBy: [], shape: [], count: 1 },
  ...given,
});

/** Its title follows when all that it is made of is known. */
const ofCall = (call: ModuleCall): Partial<Draft> => ({
  ...{ call, name: call.path },
  shape: (call.output as Tensor).shape.slice(1),
});

const ofOp = ({ op, shape }: Node): Partial<Draft> => ({ ...opTitle(op), shape: shape.slice(1) });

/** The outermost call around that is drawn closed; undefined for the own ops of an open one. */
function closedCall(call: ModuleCall | undefined, opens: Opens): ModuleCall | undefined {
  let closed: ModuleCall | undefined;
  for (let at = call; at; at = at.parent) if (!opens(at)) closed = at;
  return closed;
}

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
