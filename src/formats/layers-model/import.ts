/**
 * Reads TensorFlow.js layers models: Keras networks as `model.json` with the files of weights that it names. Images are
 * N×C×H×W here, whatever the file says; the weights are turned to match.
 */
import { ConvkitError } from "../../core/error.ts";
import { permuteAxes } from "../../core/permute-axes.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { Builder } from "../../graph/builder.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Module } from "../../nn/module.ts";
import { loadStateDict, type StateValue } from "../../nn/state-dict.ts";
import { table } from "../../ops/table.ts";
import type { ImportedInput, ImportedModel } from "../imported-model.ts";
import { activationOf } from "./activations.ts";
import type { MadeLayer } from "./layer.ts";
import { layerMakers } from "./layers.ts";
import { LayersModel, type NetworkLayer } from "./network.ts";
import { orderedCalls } from "./order.ts";
import { replaceHead } from "./replace-head.ts";
import {
  inputShapeOf,
  isRecord,
  type LayerNode,
  type Topology,
  TopologyReader,
} from "./topology.ts";
import { readWeights, type Weight } from "./weights.ts";

export interface LayersModelOptions {
  /** What messages call the file. */
  readonly file?: string;
  /** The bytes of a file of weights, by the name in the manifest; without it the network keeps initial values. */
  readonly shard?: (path: string) => Uint8Array | Promise<Uint8Array>;
  /** C×H×W of one image, where the file leaves sizes open. */
  readonly inputShape?: Shape;
  /** Gives the last layer with weights so many outputs and initial values. */
  readonly classes?: number;
  /** Leaves a final softmax out; false by default. */
  readonly logits?: boolean;
}

/** `bytes` are those of model.json. Throws a ConvkitError for layers that are not known, and for damaged files. */
export async function importLayersModel(
  bytes: Uint8Array,
  { file = "model.json", shard, inputShape, classes, logits = false }: LayersModelOptions = {},
): Promise<ImportedModel> {
  const reader = new TopologyReader(file);
  const json = parseJson(bytes, reader);
  const topology = reader.read(json.modelTopology);
  const weights = await readWeights(json.weightsManifest, file, shard);
  checkLayers(topology, file);
  const head = classes === undefined ? undefined : replaceHead(topology, weights, classes);
  if (classes !== undefined && head === undefined) {
    reader.fail(`no last layer with weights was found to give ${classes} classes to`);
  }
  const network = new NetworkMaker(weights, file);
  const net = network.make(topology, "", logits);
  const inputs = inputsOf(topology, reader, inputShape);
  bringIntoBeing(net, inputs, file);
  if (shard) loadStateDict(net, network.states, { strict: false });
  return {
    net,
    inputs,
    outputs: topology.outputs.map(({ layer }) => layer),
    structure: { format: "layers-model", bytes: structureOf(json, weights) },
    metadata: metadataOf(json),
    notes: [
      ...(head === undefined ? [] : [`layer ${head} is fresh, for ${classes} classes`]),
      ...network.unused().map((name) => `weight ${name} belongs to no layer, it was left out`),
    ],
  };
}

function parseJson(bytes: Uint8Array, reader: TopologyReader): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    reader.fail("it is not valid JSON");
  }
  if (!isRecord(value)) return reader.fail("it is not a JSON object");
  if (value.format === "graph-model") {
    reader.fail("it is a graph model, whose layers are gone; convkit reads layers models");
  }
  if (!isRecord(value.modelTopology)) reader.fail("it has no modelTopology");
  return value;
}

/** model.json as it stands now, with all weights in one file. */
function structureOf(
  { modelTopology }: Readonly<Record<string, unknown>>,
  weights: ReadonlyMap<string, Weight>,
): Uint8Array {
  const entries = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
  const weightsManifest = [{ paths: ["weights.bin"], weights: entries }];
  const text = JSON.stringify({ format: "layers-model", modelTopology, weightsManifest });
  return new TextEncoder().encode(text);
}

/** Names all layers that are not known at once. */
function checkLayers(topology: Topology, file: string): void {
  const unknown = new Set<string>();
  const visit = ({ layers }: Topology) => {
    for (const { className, inner } of layers) {
      if (inner) visit(inner);
      else if (className !== "InputLayer" && !layerMakers[className]) unknown.add(className);
    }
  };
  visit(topology);
  if (unknown.size === 0) return;
  throw new ConvkitError(
    "layers-model",
    `${file}: has layers that convkit does not read: ${[...unknown].join(", ")} — replace them, or convert the model to ONNX`,
  );
}

/** Makes the modules, and gathers the values of their states under their paths. */
class NetworkMaker {
  readonly states = new Map<string, StateValue>();
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #file: string;
  readonly #used = new Set<string>();

  constructor(weights: ReadonlyMap<string, Weight>, file: string) {
    this.#weights = weights;
    this.#file = file;
  }

  /** `logits` concerns the whole: a softmax at the end of a model within stays. */
  make(topology: Topology, path: string, logits = false): LayersModel {
    const { layers, inputs, outputs } = topology;
    const order = orderedCalls(topology, (layer, fact) => this.#fail(layer, fact));
    const made = layers
      .filter(({ className }) => className !== "InputLayer")
      .map((layer) => this.#layer(layer, path));
    return new LayersModel(made, { order, inputs, outputs, logits });
  }

  unused(): string[] {
    return [...this.#weights.keys()].filter((name) => !this.#used.has(name));
  }

  #layer(layer: LayerNode, path: string): NetworkLayer {
    const { name, className, config, calls, inner } = layer;
    const here = `${path}${name.replaceAll(/[./]/g, "_")}`;
    if (inner) {
      if (inner.outputs.length !== 1) this.#fail(layer, "a model within it has several outputs");
      return { name, module: this.make(inner, `${here}.`), activation: undefined, calls };
    }
    const makeLayer = layerMakers[className] as NonNullable<(typeof layerMakers)[string]>;
    const made = makeLayer({
      config,
      weightShape: (weight) => this.#weight(layer, weight).shape,
      fail: (fact) => this.#fail(layer, fact),
    });
    this.#keepStates(layer, here, made);
    const activation = className === "Activation" ? undefined : activationOf(config.activation);
    if (activation === null) this.#fail(layer, `activation "${config.activation}" is not known`);
    return { name, module: made.module, activation: activation ?? undefined, calls };
  }

  #keepStates(layer: LayerNode, here: string, { states = {} }: MadeLayer): void {
    for (const [state, { weight, axes, depthwise }] of Object.entries(states)) {
      const { shape, data } = this.#weight(layer, weight);
      if (!data) continue;
      if (axes && axes.length !== shape.length) {
        this.#fail(layer, `its ${weight} is ${formatShape(shape)}, expected ${axes.length} axes`);
      }
      const turned = axes
        ? permuteAxes(data, shape, axes, new Float32Array(data.length))
        : { shape, data };
      this.states.set(`${here}.${state}`, depthwise ? asGroups(turned) : turned);
    }
  }

  /** `layer/kernel`, or the one weight whose name ends so, as in models within models. */
  #weight(layer: LayerNode, weight: string): Weight {
    const end = `${layer.name}/${weight}`;
    const exact = this.#weights.has(end) ? [end] : [];
    const found =
      exact.length > 0 ? exact : [...this.#weights.keys()].filter((n) => n.endsWith(`/${end}`));
    if (found.length !== 1) {
      this.#fail(
        layer,
        found.length === 0 ? `its weight ${end} is not there` : `${end} is there twice`,
      );
    }
    this.#used.add(found[0]);
    return this.#weights.get(found[0]) as Weight;
  }

  #fail({ name, className }: LayerNode, fact: string): never {
    throw new ConvkitError(
      "layers-model",
      `${this.#file}: layer ${name} (${className}): ${fact} — save or convert the model again`,
    );
  }
}

/** I×m×kH×kW as the (I·m)×1×kH×kW of a convolution in I groups. */
function asGroups({ shape: [channels, multiplier, ...window], data }: TurnedWeight): TurnedWeight {
  return { shape: [channels * multiplier, 1, ...window], data };
}

interface TurnedWeight {
  readonly shape: Shape;
  readonly data: Float32Array;
}

function inputsOf(
  { layers, inputs }: Topology,
  reader: TopologyReader,
  given: Shape | undefined,
): ImportedInput[] {
  return inputs.map(({ layer: name }, i) => {
    const layer = layers.find((candidate) => candidate.name === name) as LayerNode;
    const stated = inputShapeOf(layer) ?? chainShape(layers, layer);
    const sizes = stated?.slice(1);
    const own = sizes?.length === 3 ? [sizes[2], sizes[0], sizes[1]] : sizes;
    const shape = i === 0 && given ? given : own;
    if (!shape?.every((size) => size !== null && Number.isInteger(size) && size > 0)) {
      return reader.fail(
        `the size of input ${name} is open${shape ? `: ${shape.map((s) => s ?? "?").join("×")}` : ""}; give inputShape`,
      );
    }
    return { name, shape: shape as Shape, dtype: "f32" };
  });
}

/** Sequential models within models tell their input in their first layer. */
function chainShape(layers: readonly LayerNode[], input: LayerNode) {
  const next = layers.find(({ calls }) => calls[0]?.[0]?.layer === input.name);
  return next && inputShapeOf(next);
}

/** One trace, in which all parameters come into being and what does not fit is told. */
function bringIntoBeing(
  net: Module<readonly Tensor[]>,
  inputs: readonly ImportedInput[],
  file: string,
): void {
  const builder = new Builder(table, 1);
  const tensors = inputs.map(({ name, shape, dtype }) =>
    builder.input(name, { shape: [1, ...shape], dtype, batched: true }),
  );
  const key = builder.input("key", { shape: [2], dtype: "i32", batched: false });
  try {
    net.call(...tensors, { training: true, key });
  } catch (cause) {
    const [fact] = (cause as Error).message.replace(/^\[[^\]]*\] /, "").split(" — ");
    throw new ConvkitError(
      "layers-model",
      `${file}: ${fact} — the file is damaged, or made for inputs of another size`,
      { cause },
    );
  }
}

/** Texts that stand beside the topology, such as the labels of Teachable Machine. */
function metadataOf(json: Readonly<Record<string, unknown>>): Record<string, string> {
  const { generatedBy, convertedBy, userDefinedMetadata } = json;
  const texts = { producer: generatedBy ?? convertedBy };
  const own = isRecord(userDefinedMetadata) ? userDefinedMetadata : {};
  return Object.fromEntries(
    Object.entries({ ...texts, ...own }).flatMap(([name, value]) => {
      if (value === undefined || value === null) return [];
      return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
    }),
  );
}
