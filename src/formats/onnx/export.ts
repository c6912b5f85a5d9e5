/**
 * Networks as ONNX files (onnx.ai): the graph that a network is traced to in evaluation mode, with parameters and buffers as
 * initialisers under their own names, so that other runtimes run it and `importOnnx` reads it back. The number of examples
 * stays open.
 */
import type { DType } from "../../core/dtype.ts";
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import { Builder } from "../../graph/builder.ts";
import type { Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { namedStates } from "../../nn/parameters.ts";
import { table } from "../../ops/table.ts";
import { Emission, type Initializer, onnxType } from "./exporters/emission.ts";
import { writeGraph } from "./exporters/write-graph.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "./proto.ts";
import { type ExternalFile, externalFile } from "./write-external.ts";
import { encodeModel } from "./write-proto.ts";

/** Versions of the operator set that can be written, and the version of the format that each came with. */
const IR_VERSIONS = { 18: 8, 19: 9, 20: 9, 21: 10 } as const;

export interface ExportInput {
  readonly name: string;
  /** One example, without the batch axis. */
  readonly shape: Shape;
  /** "f32" by default. */
  readonly dtype?: DType;
  /** False for a tensor that all examples share, whose shape is whole; true by default. */
  readonly batched?: boolean;
}

export interface ExportOptions {
  /** Of one example, C×H×W: for networks of one input, which is then called "input". */
  readonly inputShape?: Shape;
  /** For networks of several inputs, in their order. */
  readonly inputs?: readonly ExportInput[];
  /** What the result is called; "output" by default. Further outputs have the names that the network gives them. */
  readonly output?: string;
  /** The name of the batch's size, or a fixed size; "N" by default. */
  readonly batch?: string | number;
  /** Version of the operator set; 18 by default. */
  readonly opset?: keyof typeof IR_VERSIONS;
  /** The metadata's `architecture`, and the graph's name. */
  readonly architecture?: string;
  /** The metadata's `classes`, as JSON. */
  readonly classes?: readonly string[];
  /** The metadata's `preprocessing`: what `formatPreprocessing` gives. */
  readonly preprocessing?: string;
  /** Further metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether large values go to a file of their own; by default when there is more than 1 GiB of them, as no file may have 2 GiB. */
  readonly external?: boolean;
  /** That file's name, which the model's names; "model.onnx.data" by default. */
  readonly location?: string;
}

export interface ExportedModel {
  /** The .onnx file. */
  readonly model: Uint8Array;
  /** The file that goes beside it. */
  readonly external: ExternalFile | undefined;
}

/**
 * Writes `net` as an ONNX model, in evaluation mode.
 * Its states must exist: call `initialize` first. Throws where a layer computes what ONNX has no operator for.
 */
export function exportOnnx(net: Module<readonly Tensor[]>, options: ExportOptions): ExportedModel {
  const { opset = 18, architecture = "network", location = "model.onnx.data" } = options;
  const irVersion = IR_VERSIONS[opset];
  if (irVersion === undefined) {
    const known = Object.keys(IR_VERSIONS).join(", ");
    throw new ConvkitError("exportOnnx", `cannot write opset ${opset} — choose of ${known}`);
  }
  const inputs = inputsOf(options);
  const { graph, names } = trace(net, inputs, options.output);
  const batched = inputs.find(isBatched)?.name;
  const taken = [...inputs, ...graph.states].map(({ name }) => name).concat(names);
  const saved = new Set(namedStates(net).map(([, { parameter }]) => parameter));
  const emission = new Emission(opset, { batched, taken, saved });
  const values = writeGraph(
    emission,
    graph,
    inputs.map(({ name }) => name),
  );
  const nodes = renamed(emission.nodes, values, names);
  const initializers = [...emission.initializers.values()];
  const external = externalFile(initializers, location, options.external);
  const proto: GraphProto = {
    name: architecture,
    nodes,
    initializers: initializers.map((tensor) => external?.entries.get(tensor) ?? inline(tensor)),
    inputs: graph.inputs.map((node, i) => infoOf(inputs[i].name, node, options)),
    outputs: graph.outputs.map((node, i) => infoOf(names[i], node, options)),
  };
  const model = encodeModel({
    irVersion,
    producerName: "convkit",
    opsets: [{ domain: "", version: opset }],
    graph: proto,
    metadata: metadataOf(options),
  });
  return { model, external: external?.file };
}

function inputsOf({ inputShape, inputs }: ExportOptions): readonly ExportInput[] {
  if ((inputShape === undefined) === (inputs === undefined)) {
    throw new ConvkitError("exportOnnx", "give either inputShape or inputs");
  }
  return inputs ?? [{ name: "input", shape: inputShape as Shape }];
}

const isBatched = ({ batched = true }: ExportInput): boolean => batched;

/** Two examples: a size of 1 would look like one to repeat. */
const BATCH = 2;

function trace(net: Module<readonly Tensor[]>, inputs: readonly ExportInput[], name = "output") {
  const builder = new Builder(table, BATCH);
  const tensors = inputs.map((input) => {
    const batched = isBatched(input);
    const shape = batched ? [BATCH, ...input.shape] : input.shape;
    return builder.input(input.name, { shape, dtype: input.dtype ?? "f32", batched });
  });
  const result = net.call(...tensors, { training: false });
  const others = takeOutputs(builder);
  const graph = builder.build([result, ...others.map(({ tensor }) => tensor)]);
  return { graph, names: [name, ...others.map((other) => other.name)] };
}

/** The nodes with the outputs' values under the outputs' names; one that is an input, or another output, is copied. */
function renamed(
  nodes: readonly NodeProto[],
  values: readonly string[],
  names: readonly string[],
): NodeProto[] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const chosen = new Map<string, string>();
  const copies: NodeProto[] = [];
  values.forEach((value, i) => {
    if (made.has(value) && !chosen.has(value)) chosen.set(value, names[i]);
    else copies.push({ opType: "Identity", inputs: [value], outputs: [names[i]], attributes: [] });
  });
  const rename = (value: string) => chosen.get(value) ?? value;
  return [...nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}

function inline({ name, type, dims, read }: Initializer) {
  return { name, type, dims, data: read() };
}

function infoOf(
  name: string,
  { shape, dtype, batched }: Node,
  { batch = "N" }: ExportOptions,
): ValueInfoProto {
  return { name, type: onnxType(dtype), shape: batched ? [batch, ...shape.slice(1)] : shape };
}

function metadataOf(options: ExportOptions): Record<string, string> {
  const { architecture, inputShape, classes, preprocessing, metadata } = options;
  return {
    producer: "convkit",
    ...(architecture !== undefined && { architecture }),
    ...(inputShape && { inputShape: JSON.stringify(inputShape) }),
    ...(classes && { classes: JSON.stringify(classes) }),
    ...(preprocessing !== undefined && { preprocessing }),
    ...metadata,
  };
}
