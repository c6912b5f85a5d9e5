/**
 * The topology of a Keras model as TensorFlow.js saves it in model.json: layers by name, and for each of their calls where
 * the inputs come from. Sequential and functional models of Keras 1 to 3, nested in each other or not.
 */
import { ConvkitError } from "../../core/error.ts";

export type Config = Readonly<Record<string, unknown>>;

/** An output of a layer's call. */
export interface Source {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

export interface LayerNode {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  /** Inputs of each call; a layer that is called twice shares its weights. */
  readonly calls: readonly (readonly Source[])[];
  /** Of a layer that is a model itself. */
  readonly inner: Topology | undefined;
}

export interface Topology {
  readonly name: string;
  readonly layers: readonly LayerNode[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
}

const MODELS = ["Sequential", "Model", "Functional"];
/** Models within models, beyond which a file is a mistake or an attack. */
const DEEPEST = 16;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export class TopologyReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fail(fact: string): never {
    throw new ConvkitError(
      "layers-model",
      `${this.#file}: ${fact} — save the model again with tfjs.converters.save_keras_model or model.save`,
    );
  }

  /** `{ class_name, config }`, perhaps within `model_config`. */
  read(value: unknown, depth = 0): Topology {
    const model = isRecord(value) && "model_config" in value ? value.model_config : value;
    if (!isRecord(model) || typeof model.class_name !== "string") {
      return this.fail("its topology has no class_name, so it is no layers model");
    }
    const { class_name: className, config } = model;
    if (!MODELS.includes(className)) this.fail(`its topology is a ${className}, no model`);
    if (depth > DEEPEST) this.fail(`models stand within models more than ${DEEPEST} deep`);
    const layers = isRecord(config) ? config.layers : config;
    if (!Array.isArray(layers) || layers.length === 0)
      return this.fail("its topology has no layers");
    const name = isRecord(config) && typeof config.name === "string" ? config.name : "model";
    const records = layers.map((layer: unknown, i) => this.#layer(layer, i, depth));
    this.#refuseTwins(records);
    return className === "Sequential"
      ? sequentialTopology(name, records)
      : this.#functional(name, records, config as Config);
  }

  #layer(value: unknown, place: number, depth: number): LayerNode {
    if (!isRecord(value) || typeof value.class_name !== "string") {
      return this.fail("a layer of its topology has no class_name");
    }
    const { class_name: className } = value;
    const config = isRecord(value.config) ? value.config : {};
    const inner = MODELS.includes(className) ? this.read(value, depth + 1) : undefined;
    const given = [value.name, config.name].find((text) => typeof text === "string");
    // Models within models need no name.
    const name = typeof given === "string" ? given : `${className.toLowerCase()}_${place + 1}`;
    const nodes = Array.isArray(value.inbound_nodes) ? value.inbound_nodes : [];
    const calls = nodes.map((node: unknown) => this.#call(node, name));
    return { name, className, config, calls, inner };
  }

  /** Keras 2: [[layer, call, output, kwargs], …]; Keras 3: { args: […tensors with keras_history…] }. */
  #call(node: unknown, name: string): Source[] {
    if (Array.isArray(node)) {
      const flat = typeof node[0] === "string" ? [node] : node;
      return flat.map((entry: unknown) => this.#source(entry, name));
    }
    const found: Source[] = [];
    const visit = (value: unknown, depth: number) => {
      if (depth > DEEPEST) return;
      if (Array.isArray(value)) for (const part of value) visit(part, depth + 1);
      else if (isRecord(value) && value.class_name === "__keras_tensor__") {
        const config = isRecord(value.config) ? value.config : {};
        found.push(this.#source(config.keras_history, name));
      }
    };
    visit(isRecord(node) ? node.args : undefined, 0);
    return found.length > 0 ? found : this.fail(`the inputs of layer ${name} are not to be read`);
  }

  #source(entry: unknown, where: string): Source {
    if (!Array.isArray(entry) || typeof entry[0] !== "string") {
      return this.fail(`${where} has an input that names no layer`);
    }
    const [layer, call = 0, output = 0] = entry;
    if (!Number.isInteger(call) || !Number.isInteger(output)) {
      return this.fail(`${where} has an input from "${layer}" that is not to be read`);
    }
    return { layer, call, output };
  }

  #functional(name: string, layers: readonly LayerNode[], config: Config): Topology {
    const sources = (value: unknown, what: string): Source[] => {
      if (!Array.isArray(value)) return this.fail(`model ${name} has no ${what}`);
      const list = typeof value[0] === "string" ? [value] : value;
      return list.map((entry: unknown) => this.#source(entry, `model ${name}`));
    };
    const inputs = sources(config.input_layers, "input_layers");
    const outputs = sources(config.output_layers, "output_layers");
    const byName = new Map(layers.map((layer) => [layer.name, layer]));
    const used = [...inputs, ...outputs, ...layers.flatMap(({ calls }) => calls.flat())];
    const lost = used.find(({ layer }) => !byName.has(layer));
    if (lost)
      this.fail(`"${lost.layer}" is an input of a layer, and there is no layer of that name`);
    // A model has been called once when it is made; files that count this call name those of the file from 1 on.
    const counted = new Set(
      used.flatMap(({ layer, call }) => {
        const { inner, calls } = byName.get(layer) as LayerNode;
        return inner && call >= calls.length ? [layer] : [];
      }),
    );
    const fromZero = (source: Source): Source =>
      counted.has(source.layer) ? { ...source, call: source.call - 1 } : source;
    return {
      name,
      layers: layers.map((layer) => ({
        ...layer,
        calls: layer.calls.map((sources) => sources.map(fromZero)),
      })),
      inputs,
      outputs: outputs.map(fromZero),
    };
  }

  #refuseTwins(layers: readonly LayerNode[]): void {
    const names = layers.map(({ name }) => name);
    const twin = names.find((name, i) => names.indexOf(name) !== i);
    if (twin !== undefined) this.fail(`two layers are called ${twin}`);
  }
}

/** Layers one after the other; the first tells the shape of the input. */
function sequentialTopology(name: string, given: readonly LayerNode[]): Topology {
  const [first] = given;
  const hasInput = first.className === "InputLayer";
  const shape = inputShapeOf(first);
  const input: LayerNode = hasInput
    ? first
    : {
        name: `${first.name}_input`,
        className: "InputLayer",
        config: { batch_input_shape: shape },
        calls: [],
        inner: undefined,
      };
  const chain = hasInput ? given.slice(1) : given;
  const layers = chain.map((layer, i): LayerNode => {
    const before = i === 0 ? input : chain[i - 1];
    return { ...layer, calls: [[{ layer: before.name, call: 0, output: 0 }]] };
  });
  const source = (layer: string): Source => ({ layer, call: 0, output: 0 });
  const last = layers.at(-1) ?? input;
  return {
    name,
    layers: [input, ...layers],
    inputs: [source(input.name)],
    outputs: [source(last.name)],
  };
}

/** `batch_input_shape` of Keras 2 and `batch_shape` of Keras 3; of a model, that of its own input. */
export function inputShapeOf({ config, inner }: LayerNode): readonly (number | null)[] | undefined {
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (Array.isArray(shape)) return shape;
  if (!inner) return undefined;
  const input = inner.layers.find(({ name }) => name === inner.inputs[0].layer);
  return input && inputShapeOf(input);
}
