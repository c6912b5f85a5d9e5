/**
 * ONNX files (onnx.ai) as networks: every node is a child of the network, float initialisers are its parameters under
 * their own names, and sizes that a file computes with are worked out while it is traced. Operator sets 6 to 24.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import { Builder } from "../../graph/builder.ts";
import { table } from "../../ops/table.ts";
import type { ImportedModel } from "../imported-model.ts";
import { evaluators } from "./evaluate.ts";
import { channelsLastInputs, type Input, inputOf } from "./inputs.ts";
import { knownType } from "./known.ts";
import type { Initial, Model } from "./model.ts";
import { OnnxNetwork } from "./network.ts";
import { OnnxNode } from "./node-module.ts";
import { operators } from "./operators/table.ts";
import { orderedNodes } from "./order.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "./proto.ts";
import { type ReadExternal, withExternal } from "./read-external.ts";
import { readModel } from "./read-proto.ts";
import { type ReplacedHead, replaceHead } from "./replace-head.ts";
import { encodeModel } from "./write-proto.ts";

export interface OnnxImportOptions {
  /** What messages call the file. */
  readonly file?: string;
  /** C×H×W of one image, where the file leaves sizes open, or for another size than the file's. */
  readonly inputShape?: Shape;
  /** Gives the bytes of files with values that lie beside the model, by their path in its folder. */
  readonly external?: ReadExternal;
  /** Values of inputs that are sizes, axes or weights: these are no inputs of the network then. */
  readonly bound?: Readonly<Record<string, TensorProto>>;
  /** Gives the last layer with weights so many outputs and initial values. */
  readonly classes?: number;
  /** Leaves a final softmax out; false by default. */
  readonly logits?: boolean;
  /** Whether axis 0 of the inputs counts examples; true by default. If not, shapes are whole, and sizes those of the file. */
  readonly batched?: boolean;
}

/** The operator sets whose meaning was checked. */
const OPSETS = { oldest: 6, newest: 24 } as const;

/** Marks a file whose weights lie elsewhere. */
const STRUCTURE = "convkit.structure";

/** `bytes` are those of the .onnx file. Throws a ConvkitError for operators that are not known, and for damaged files. */
export async function importOnnx(
  bytes: Uint8Array,
  options: OnnxImportOptions = {},
): Promise<ImportedModel> {
  const { file = "ONNX data", classes, logits = false, batched = true } = options;
  const fail = (message: string): never => {
    throw new ConvkitError("onnx", `${file}: ${message}`);
  };
  const read = readModel(bytes, file);
  const opset = opsetOf(read, fail);
  const head = classes === undefined ? undefined : replaceHead(read.graph, classes);
  if (classes !== undefined && !head) {
    fail(
      `no last layer with weights was found to give ${classes} classes to — train with the classes it has`,
    );
  }
  const graph = await withValues(head?.graph ?? read.graph, options, file);
  const nodes = checkedNodes(graph, opset, file);
  const isStructure = read.metadata[STRUCTURE] !== undefined;
  const initials = initialsOf(graph, nodes, { head, isStructure, fail });
  const given = graph.inputs.filter(({ name }) => !initials.has(name));
  if (given.length === 0 || graph.outputs.length === 0) {
    fail("has no inputs, or no outputs — the file is damaged");
  }
  // Files of our own have no order but ours.
  const names = batched && read.producerName !== "convkit" ? given.map(({ name }) => name) : [];
  const last = channelsLastInputs(nodes, names);
  const inputs = given.map((info, i) => {
    const wished = i === 0 ? options.inputShape : undefined;
    return inputOf(info, { wished, batched, channelsLast: last.has(info.name), fail });
  });
  const [size] = given[0].shape ?? [];
  const fixed = batched && typeof size === "number" && size > 0 ? size : undefined;
  const outputs = graph.outputs.map(({ name }) => name);
  const model: Model = {
    opset,
    fixedBatch: fixed ?? 1,
    batchIsOpen: fixed === undefined,
    initials,
    inputs: inputs.map(({ name, channelsLast }) => ({ name, channelsLast })),
    outputs,
    needed: new Set([...nodes.flatMap((node) => node.inputs), ...outputs]),
    isStructure,
    logits,
    owners: new Map(),
    read: new Map(),
  };
  const net = new OnnxNetwork(model, named(nodes.filter(({ opType }) => opType !== "Constant")));
  bringIntoBeing(net, inputs, batched, file);
  const { [STRUCTURE]: _, ...metadata } = read.metadata;
  const producer = [read.producerName, read.producerVersion].filter(Boolean).join(" ");
  return {
    net,
    inputs: inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    outputs: model.outputs,
    structure: { format: "onnx", bytes: structureOf({ ...read, graph }, model) },
    metadata: producer ? { producer, ...metadata } : metadata,
    notes: notesOf(graph, model, inputs, head),
  };
}

function opsetOf({ opsets }: ModelProto, fail: (message: string) => never): number {
  const own = opsets.find(({ domain }) => domain === "" || domain === "ai.onnx");
  if (!own) return fail("does not say which operator set of ONNX it uses — export it again");
  if (own.version >= OPSETS.oldest) return own.version;
  return fail(
    `uses operator set ${own.version}, convkit reads ${OPSETS.oldest} to ${OPSETS.newest} — export it for a later one`,
  );
}

/** The graph with the values that lie elsewhere: in other files, or given for inputs. */
async function withValues(
  graph: GraphProto,
  { external, bound = {} }: OnnxImportOptions,
  file: string,
): Promise<GraphProto> {
  const given = Object.entries(bound).map(([name, tensor]) => ({ ...tensor, name }));
  const initializers = [...graph.initializers.filter(({ name }) => !(name in bound)), ...given];
  return { ...graph, initializers: await withExternal(initializers, external, file) };
}

/** The nodes that the outputs need, in order; names all operators that are not known at once. */
function checkedNodes(graph: GraphProto, opset: number, file: string): NodeProto[] {
  const given = new Set([...graph.initializers, ...graph.inputs].map(({ name }) => name));
  const outputs = graph.outputs.map(({ name }) => name);
  const nodes = orderedNodes(graph.nodes, given, outputs, file);
  const unknown = new Set(nodes.filter((node) => !isKnown(node)).map(operatorName));
  if (unknown.size === 0) return nodes;
  throw new ConvkitError(
    "onnx",
    `${file}: has operators that convkit does not know: ${[...unknown].join(", ")} (operator set ${opset}) — export it without them`,
  );
}

const isStandard = ({ domain = "" }: NodeProto): boolean => domain === "" || domain === "ai.onnx";

const isKnown = (node: NodeProto): boolean =>
  isStandard(node) &&
  (["Constant", "Shape", "Size"].includes(node.opType) ||
    Object.hasOwn(operators, node.opType) ||
    Object.hasOwn(evaluators, node.opType));

const operatorName = (node: NodeProto): string =>
  isStandard(node) ? node.opType : `${node.domain}.${node.opType}`;

interface InitialsOptions {
  readonly head: ReplacedHead | undefined;
  readonly isStructure: boolean;
  readonly fail: (message: string) => never;
}

/** What is known of the file: initialisers, and constants, which nodes carry. */
function initialsOf(
  graph: GraphProto,
  nodes: readonly NodeProto[],
  { head, isStructure, fail }: InitialsOptions,
): Map<string, Initial> {
  const initials = new Map<string, Initial>();
  for (const tensor of graph.initializers) {
    const { name, dims: shape, type } = tensor;
    const fresh = head?.fresh.get(name);
    if (!tensor.data && !fresh && !isStructure)
      fail(`the values of "${name}" are missing — the file is damaged`);
    if (sizeOf(shape) > 2 ** 30)
      fail(`"${name}" is ${formatShape(shape)} — more than fits into memory`);
    const dtype = knownType(type);
    const isWeight = dtype === "f32" && sizeOf(shape) > 1;
    initials.set(name, { tensor, dtype, shape, isWeight, ...(fresh && { fresh }) });
  }
  for (const node of nodes) {
    if (node.opType !== "Constant") continue;
    const tensor =
      constantOf(node) ??
      fail(`the constant "${node.outputs[0]}" is of a kind that is not read — export it again`);
    initials.set(tensor.name, {
      tensor,
      dtype: knownType(tensor.type),
      shape: tensor.dims,
      isWeight: false,
    });
  }
  return initials;
}

/** The value of a node `Constant`, in whatever attribute it stands. */
function constantOf({ attributes, outputs: [name] }: NodeProto): TensorProto | undefined {
  const [attribute] = attributes.filter(({ name: key }) => key.startsWith("value"));
  if (!attribute) return undefined;
  const { type, value } = attribute;
  if (type === "tensor") return { ...value, name };
  if (type === "float") return { name, type: "float", dims: [], data: Float32Array.of(value) };
  if (type === "floats")
    return { name, type: "float", dims: [value.length], data: Float32Array.from(value) };
  if (type === "int") return { name, type: "int64", dims: [], data: bigints([value]) };
  if (type === "ints") return { name, type: "int64", dims: [value.length], data: bigints(value) };
  return undefined;
}

const bigints = (values: readonly number[]): TensorProto["data"] =>
  BigInt64Array.from(values, (value) => BigInt(Math.min(value, 2 ** 63 - 1024)));

/** With names of their own for all. */
function named(nodes: readonly NodeProto[]): OnnxNode[] {
  const taken = new Set<string>();
  return nodes.map((node, i) => {
    const own = node.name || `${node.opType}_${i}`;
    const name = taken.has(own) ? `${own}_${i}` : own;
    taken.add(name);
    return new OnnxNode(node, name);
  });
}

/** A trace in training mode: the states are there then, and what does not fit is told now. */
function bringIntoBeing(
  net: OnnxNetwork,
  inputs: readonly Input[],
  batched: boolean,
  file: string,
): void {
  const builder = new Builder(table, batched ? 1 : undefined);
  const tensors = inputs.map(({ name, shape, dtype }) =>
    builder.input(name, { shape: batched ? [1, ...shape] : shape, dtype, batched }),
  );
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  try {
    net.call(...tensors, { training: true, key });
  } catch (error) {
    const { message } = error as Error;
    const told = message.replace(/^\[onnx\] /, "").replace(/ \(at [^)]*\)$/, "");
    const advice = told.includes(" — ") ? "" : " — the file is damaged, or made for other inputs";
    throw new ConvkitError("onnx", `${file}: ${told}${advice}`, { cause: error });
  }
}

/** The model without the values of states, and with all others in the file itself. */
function structureOf(read: ModelProto, model: Model): Uint8Array {
  const isState = (name: string) => model.owners.has(name) && !model.read.has(name);
  const initializers = read.graph.initializers.map(({ name, dims, type, data }) =>
    data && !isState(name) ? { name, dims, type, data } : { name, dims, type },
  );
  const { valueInfo: _, ...graph } = { ...read.graph, initializers };
  return encodeModel({ ...read, graph, metadata: { ...read.metadata, [STRUCTURE]: "1" } });
}

function notesOf(
  { initializers, inputs: infos }: GraphProto,
  { opset, fixedBatch, batchIsOpen, initials }: Model,
  inputs: readonly Input[],
  head: ReplacedHead | undefined,
): string[] {
  const notes: string[] = [];
  const others = new Set(
    [...initializers, ...infos.filter(({ name }) => !initials.has(name))].flatMap(({ type }) =>
      type === "float16" || type === "bfloat16" || type === "double" ? [type] : [],
    ),
  );
  if (!batchIsOpen) notes.push(`made for batches of ${fixedBatch}, takes any number of examples`);
  if (others.size > 0)
    notes.push(`${[...others].join(" and ")} values are computed with as 32-bit floats`);
  for (const { name, channelsLast } of inputs) {
    if (channelsLast)
      notes.push(`its input ${name} has the channels last; it is fed with the channels first`);
  }
  if (opset > OPSETS.newest)
    notes.push(`operator set ${opset} is newer than ${OPSETS.newest}, the newest that was checked`);
  if (head) notes.push(head.note);
  return notes;
}
