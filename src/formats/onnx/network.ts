/** An ONNX graph as a module: a child for each node, which owns the weights that it is the first to use. */

import { ConvkitError } from "../../core/error.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../../nn/init/initializer.ts";
import { AnyModule, type Mode, Module, type OwnState } from "../../nn/module.ts";
import { recordOutput } from "../../nn/named-outputs.ts";
import type { Parameter } from "../../tensor/parameter.ts";
import { withoutSoftmax } from "../without-softmax.ts";
import { nodeTitle } from "./arguments.ts";
import { Call } from "./call.ts";
import { type Known, type KnownType, numbersOf } from "./known.ts";
import { operators } from "./operators/index.ts";
import type { NodeProto, TensorProto } from "./proto.ts";
import { Tracing } from "./tracing.ts";
import { toValue } from "./value.ts";

/** An initialiser of the graph, or a constant of a node. */
export interface Initial {
  readonly tensor: TensorProto;
  readonly dtype: KnownType;
  readonly shape: Shape;
  /** Floats that may be trained, wherever they enter a computation. */
  readonly isWeight: boolean;
  /** Initial values, where they are not the file's. */
  readonly fresh?: Init;
}

export interface ModelInput {
  readonly name: string;
  /** The file wants images as N×H×W×C; we feed all as N×C×H×W. */
  readonly channelsLast: boolean;
}

type Settings = Omit<Model, "owners" | "read" | "readNumbers" | "initOf">;

/** What does not change from trace to trace. */
export class Model {
  readonly opset: number;
  /** The number of examples that the file was made for; 1 where it leaves it open. */
  readonly fixedBatch: number;
  readonly batchIsOpen: boolean;
  readonly initials: ReadonlyMap<string, Initial>;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly string[];
  /** Values that nodes or the outputs take. */
  readonly needed: ReadonlySet<string>;
  /** The values of weights come from elsewhere; here they are zeros. */
  readonly isStructure: boolean;
  /** Whether a final softmax is left out. */
  readonly logits: boolean;
  /** Which node has an initialiser as its state. */
  readonly owners = new Map<string, OnnxNode>();
  /** Initialisers whose numbers steer the trace. */
  readonly read = new Map<string, Known>();

  constructor(of: Settings) {
    this.opset = of.opset;
    this.fixedBatch = of.fixedBatch;
    this.batchIsOpen = of.batchIsOpen;
    this.initials = of.initials;
    this.inputs = of.inputs;
    this.outputs = of.outputs;
    this.needed = of.needed;
    this.isStructure = of.isStructure;
    this.logits = of.logits;
  }

  readNumbers({ tensor, dtype, shape }: Initial): Known {
    let known = this.read.get(tensor.name);
    if (!known) {
      known = { dtype, shape, data: numbersOf(tensor) };
      this.read.set(tensor.name, known);
    }
    return known;
  }

  /** The values that a state begins with. */
  initOf({ tensor, fresh }: Initial): Init {
    if (fresh) return fresh;
    if (this.isStructure && !tensor.data) return (shape) => new Float32Array(sizeOf(shape));
    return () => numbersOf(tensor);
  }
}

export class OnnxNode extends AnyModule {
  readonly node: NodeProto;
  /** Its own among the nodes. */
  readonly name: string;
  #tables = 0;

  constructor(node: NodeProto, name: string) {
    super();
    this.node = node;
    this.name = name;
  }

  override get kind(): string {
    return this.node.opType;
  }

  /** States bear the names of the file, which say nothing of nodes. */
  override stateName(path: string, name: string): string {
    return path.slice(0, path.length - this.name.length) + name;
  }

  trace(tracing: Tracing, mode: Mode, given: Tensor): void {
    const { node } = this;
    try {
      if (tracing.evaluated(node)) return;
      const inputs = node.inputs.flatMap((name) => tracing.tensorOf(name) ?? []);
      this.#tables = 0;
      this.traceCall(inputs.length > 0 ? inputs : [given], mode, () => {
        const call = new Call(this, tracing, mode);
        const operator = operators[node.opType];
        if (!operator) call.fail("its inputs have to be known before the network runs");
        const results = [operator(call)].flat().map(toValue);
        tracing.produced(node, results);
        return results[0].tensor;
      });
    } catch (error) {
      throw named(error as Error, node);
    }
  }

  /** A value that no node computes, as a tensor: an output of the model may be one. */
  give(name: string, tracing: Tracing, mode: Mode, given: Tensor): Tensor {
    return this.traceCall([given], mode, () => tracing.valueOf(name, this).tensor);
  }

  state(kind: OwnState["kind"], name: string, shape: Shape, init: Init): Tensor {
    return kind === "parameter" ? this.param(name, shape, init) : this.buffer(name, shape, init);
  }

  stateOf(name: string): Parameter {
    const state = this.ownStates.get(name);
    if (state) return state.parameter;
    throw new ConvkitError("onnx", `${nodeTitle(this.node)} has no weight "${name}"`);
  }

  follow(name: string, value: Tensor): void {
    if (this.ownStates.get(name)?.kind === "buffer") this.updateBuffer(name, value);
  }

  /** A table that is not saved, as it follows from the file. */
  table(
    name: string | undefined,
    shape: Shape,
    values: ArrayLike<number>,
    dtype: "f32" | "i32",
  ): Tensor {
    const own = `${name ?? this.#tables++} (${shape.join("×")})`;
    return this.buffer(own, shape, () => values, { dtype, persistent: false });
  }
}

/** With the node where it happened. */
function named(error: Error, node: NodeProto): Error {
  const message = error.message.replace(/^\[onnx\] /, "");
  if (message.includes(nodeTitle(node))) return error;
  return new ConvkitError("onnx", `${nodeTitle(node)}: ${message}`, { cause: error });
}

export class OnnxNetwork extends Module<readonly Tensor[]> {
  readonly model: Model;
  readonly #nodes: readonly OnnxNode[];
  /** Owns what outputs are that no node computes. */
  readonly #ends = new OnnxNode(
    { opType: "Output", inputs: [], outputs: [], attributes: [] },
    "outputs",
  );

  constructor(model: Model, nodes: readonly OnnxNode[]) {
    super();
    this.model = model;
    this.#nodes = nodes;
  }

  override get kind(): string {
    return "onnx";
  }

  override namedChildren(): [string, AnyModule][] {
    return [...this.#nodes, this.#ends].map((node) => [node.name, node]);
  }

  forward(...args: [...inputs: Tensor[], mode: Mode]): Tensor {
    const mode = args.at(-1) as Mode;
    const given = args.slice(0, -1) as Tensor[];
    const { inputs, outputs, logits } = this.model;
    if (given.length !== inputs.length) {
      const names = inputs.map(({ name }) => name).join(", ");
      throw new ConvkitError(
        "onnx",
        `takes ${inputs.length} inputs (${names}), got ${given.length}`,
      );
    }
    const tracing = new Tracing(this.model, given[0].builder);
    for (const [i, { name, channelsLast }] of inputs.entries()) {
      const tensor = channelsLast ? given[i].transpose(0, 2, 3, 1) : given[i];
      tracing.set(name, { tensor, inner: false });
    }
    for (const node of this.#nodes) node.trace(tracing, mode, given[0]);
    const [first, ...others] = outputs.map(
      (name) => tracing.tensorOf(name) ?? this.#ends.give(name, tracing, mode, given[0]),
    );
    for (const [i, tensor] of others.entries()) recordOutput({ name: outputs[i + 1], tensor });
    return logits ? withoutSoftmax(first) : first;
  }
}
