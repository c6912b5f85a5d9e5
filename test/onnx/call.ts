/** One node of an ONNX model while it is traced into a graph: its inputs, as tensors or as numbers, and its attributes. */
import { sizeOf } from "../../src/core/shape.ts";
import { Builder } from "../../src/graph/builder.ts";
import { callsOf } from "../../src/graph/calls.ts";
import type { Calls, RefArray } from "../../src/graph/op.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { DType } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { allOps } from "../../src/ops/library.ts";
import type { OnnxTest } from "./archive.ts";
import type { OnnxNode, OnnxTensor, OnnxType } from "./model.ts";

/** An ONNX operator in terms of convkit's layers and ops. */
export type Operator = (call: Call) => Tensor | readonly Tensor[];

/** 64-bit integers are sizes and positions here, which fit into 32 bits. */
const dtypes: Readonly<Record<OnnxType, DType>> = {
  float: "f32",
  float16: "f16",
  double: "f64",
  uint8: "i32",
  int8: "i32",
  int32: "i32",
  int64: "i32",
  bool: "bool",
};

export interface TracedTest {
  readonly builder: Builder;
  readonly outputs: readonly Tensor[];
  /** Values of the graph's inputs. */
  readonly inputs: readonly RefArray[];
}

export function traceTest(
  { model, inputs }: OnnxTest,
  operators: Readonly<Record<string, Operator>>,
): TracedTest {
  const given = model.inputs.map((name, i): [string, OnnxTensor] => [name, inputs[i]]);
  const constants = model.constants.map((tensor): [string, OnnxTensor] => [tensor.name, tensor]);
  const values = new Values(new Map([...given, ...constants]));
  for (const node of model.nodes) {
    if (node.opType === "Constant") {
      values.known.set(node.outputs[0], node.attributes.value as OnnxTensor);
      continue;
    }
    const operator = operators[node.opType];
    if (!operator) throw new Error(`no operator ${node.opType}`);
    const results = [operator(new Call(node, model.opset, values))].flat();
    node.outputs.forEach((name, i) => {
      values.tensors.set(name, results[i]);
    });
  }
  const outputs = model.outputs.map((name) => values.tensor(name));
  return { builder: values.builder, outputs, inputs: values.inputs };
}

/** What stands under the names of a model. */
class Values {
  readonly builder = new Builder(allOps);
  readonly tensors = new Map<string, Tensor>();
  /** Numbers that are known before anything runs. */
  readonly known: Map<string, OnnxTensor>;
  readonly inputs: RefArray[] = [];

  constructor(known: Map<string, OnnxTensor>) {
    this.known = known;
  }

  /** Known numbers become an input of the graph when they are first asked for as a tensor. */
  tensor(name: string): Tensor {
    let tensor = this.tensors.get(name);
    if (!tensor) {
      const value = this.known.get(name);
      if (!value) throw new Error(`nothing is called ${name}`);
      const { shape, type } = value;
      tensor = this.builder.input(name, { shape, dtype: dtypes[type], batched: false });
      this.tensors.set(name, tensor);
      this.inputs.push(value);
    }
    return tensor;
  }
}

export class Call {
  readonly opset: number;
  /** How many results are asked for. */
  readonly results: number;
  readonly g: Calls<typeof allOps>;
  readonly #node: OnnxNode;
  readonly #values: Values;

  constructor(node: OnnxNode, opset: number, values: Values) {
    this.opset = opset;
    this.results = node.outputs.length;
    this.g = callsOf(values.builder, allOps);
    this.#node = node;
    this.#values = values;
  }

  has(input: number): boolean {
    return (this.#node.inputs[input] ?? "") !== "";
  }

  tensor(input: number): Tensor {
    return this.#values.tensor(this.#node.inputs[input]);
  }

  /** Every input. */
  tensors(): Tensor[] {
    return this.#node.inputs.map((_, i) => this.tensor(i));
  }

  /** An input whose numbers are known before anything runs: a weight, a shape. */
  known(input: number): OnnxTensor {
    const value = this.#values.known.get(this.#node.inputs[input]);
    if (!value) throw new Error(`${this.#node.opType}: input ${input} is not known while tracing`);
    return value;
  }

  /** The numbers of an optional input; undefined where it is left out. */
  numbers(input: number): number[] | undefined {
    return this.has(input) ? [...this.known(input).data] : undefined;
  }

  number(attribute: string, otherwise: number): number {
    return (this.#node.attributes[attribute] as number | undefined) ?? otherwise;
  }

  list(attribute: string): readonly number[] | undefined {
    return this.#node.attributes[attribute] as readonly number[] | undefined;
  }

  text(attribute: string, otherwise: string): string {
    return (this.#node.attributes[attribute] as string | undefined) ?? otherwise;
  }

  /** A table that follows from shapes and attributes, as a tensor. */
  table(shape: readonly number[], values: readonly number[], dtype: DType = "f32"): Tensor {
    const name = `table${this.#values.inputs.length}`;
    if (values.length !== sizeOf(shape)) throw new Error(`${values.length} values for ${shape}`);
    this.#values.inputs.push({ shape, data: Float64Array.from(values) });
    return this.#values.builder.input(name, { shape, dtype, batched: false });
  }

  /** Applies a layer in evaluation, its states given. */
  layer(layer: nn.Module, x: Tensor, states: Readonly<Record<string, nn.StateValue>> = {}): Tensor {
    const y = layer.call(x, { training: false });
    nn.loadStateDict(layer, new Map(Object.entries(states)));
    return y;
  }
}
