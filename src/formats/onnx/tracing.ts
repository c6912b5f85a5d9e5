/** What stands under the names of a model during one trace. */

import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Builder } from "../../graph/builder.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { OwnState } from "../../nn/module.ts";
import { evaluators, KnownArguments } from "./evaluate.ts";
import type { Known } from "./known.ts";
import { initOf, type Model, readNumbers } from "./model.ts";
import type { OnnxNode } from "./node-module.ts";
import type { NodeProto } from "./proto.ts";
import { shapeOf, type Value } from "./value.ts";

/** The longest chain of nodes that is followed for the numbers of an input. */
const CHAIN = 1000;

/** The most numbers that all constants of a trace are evaluated to; Swin-T's, with masks for its windows, are 2,346,233. */
const BUDGET = 2 ** 25;

export class Tracing {
  readonly model: Model;
  readonly builder: Builder;
  readonly #values = new Map<string, Value>();
  readonly #known = new Map<string, Known>();
  readonly #producers = new Map<string, NodeProto>();
  #evaluated = 0;

  constructor(model: Model, builder: Builder) {
    this.model = model;
    this.builder = builder;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /** Works the node out here, if its inputs are numbers; weights are none, they change in training. */
  evaluated(node: NodeProto): boolean {
    const inputs = node.opType === "Shape" || node.opType === "Size" ? [] : node.inputs;
    if (!inputs.every((name) => name === "" || this.#isNumbers(name))) return false;
    const results = this.#evaluate(node, 0);
    if (!results) return false;
    for (const [i, name] of node.outputs.entries()) this.#known.set(name, results[i]);
    return true;
  }

  /** What a traced node gave; its numbers can still be worked out, if someone asks. */
  produced(node: NodeProto, values: readonly Value[]): void {
    for (const [i, name] of node.outputs.entries()) {
      if (name && values[i]) this.#values.set(name, values[i]);
      this.#producers.set(name, node);
    }
  }

  /** Whether a tensor stands there, which depends on what is fed or on weights. */
  tensorOf(name: string): Tensor | undefined {
    return this.#values.get(name)?.tensor;
  }

  numbersOf(name: string, depth = 0): Known | undefined {
    const known = this.#known.get(name);
    if (known) return known;
    const initial = this.model.initials.get(name);
    if (initial) return readNumbers(this.model, initial);
    const producer = this.#producers.get(name);
    if (!producer || depth > CHAIN) return undefined;
    const results = this.#evaluate(producer, depth + 1);
    const result = results?.[producer.outputs.indexOf(name)];
    if (result) this.#known.set(name, result);
    return result;
  }

  /** As a tensor: weights as parameters, other numbers as constants and tables. */
  valueOf(name: string, asker: OnnxNode): Value {
    const there = this.#values.get(name);
    if (there) return there;
    const initial = this.model.initials.get(name);
    if (initial?.isWeight) {
      return { tensor: this.stateOf(name, asker, "parameter"), inner: false };
    }
    const known = this.numbersOf(name);
    if (!known) throw new ConvkitError("onnx", `nothing is called "${name}" — the file is damaged`);
    const fixed = initial ? name : `${name} of ${this.builder.batch}`;
    const value = { tensor: this.table(known, asker, fixed), inner: false };
    this.#values.set(name, value);
    return value;
  }

  stateOf(name: string, asker: OnnxNode, kind: OwnState["kind"]): Tensor {
    const initial = this.model.initials.get(name);
    if (initial?.dtype !== "f32") return this.valueOf(name, asker).tensor;
    const owner = this.model.owners.get(name);
    if (owner && owner !== asker) return this.builder.state(owner.stateOf(name));
    this.model.owners.set(name, asker);
    return asker.state(kind, name, initial.shape, initOf(this.model, initial));
  }

  table(known: Known, asker: OnnxNode, name?: string): Tensor {
    const { dtype, shape, data } = known;
    if (sizeOf(shape) === 0) {
      throw new ConvkitError(
        "onnx",
        `"${name}" has no elements — tensors without any are not supported`,
      );
    }
    const first = within(Number(data[0]), dtype);
    if (Array.prototype.every.call(data, (v) => v === data[0])) {
      const scalar = this.builder.constant(first, dtype);
      if (sizeOf(shape) > 1) return this.builder.apply("broadcastTo", [scalar], { shape });
      return shape.length === 0 ? scalar : scalar.reshape(...shape);
    }
    const numbers = dtype === "f32" ? data : Array.from(data, (v) => within(v, dtype));
    const table = asker.table(name, shape, numbers, dtype === "f32" ? "f32" : "i32");
    return dtype === "bool" ? table.ne(0) : table;
  }

  #isNumbers(name: string): boolean {
    if (this.#known.has(name)) return true;
    const initial = this.model.initials.get(name);
    return initial !== undefined && !initial.isWeight;
  }

  #evaluate(node: NodeProto, depth: number): readonly Known[] | undefined {
    if (node.opType === "Shape" || node.opType === "Size") return this.#sizes(node);
    const evaluate = evaluators[node.opType];
    if (!evaluate) return undefined;
    const inputs = node.inputs.map((name) => (name ? this.numbersOf(name, depth) : undefined));
    if (node.inputs.some((name, i) => name && !inputs[i])) return undefined;
    const results = [evaluate(new KnownArguments(node, this.model.opset, inputs))].flat();
    this.#evaluated += results.reduce((sum, { data }) => sum + data.length, 0);
    if (this.#evaluated <= BUDGET) return results;
    throw new ConvkitError(
      "onnx",
      "its constants are too many to be worked out — the file is damaged",
    );
  }

  /** Sizes are known even of tensors that are not; `start` and `end` cut the list. */
  #sizes(node: NodeProto): readonly Known[] | undefined {
    const [name] = node.inputs;
    const value = this.#values.get(name);
    const shape = value
      ? shapeOf(value)
      : (this.#known.get(name)?.shape ?? this.model.initials.get(name)?.shape);
    if (!shape) return undefined;
    if (node.opType === "Size") return [{ dtype: "i32", shape: [], data: [sizeOf(shape)] }];
    const args = new KnownArguments(node, this.model.opset, []);
    const sizes = shape.slice(args.number("start", 0), args.number("end", shape.length));
    return [{ dtype: "i32", shape: [sizes.length], data: sizes }];
  }
}

/** As the engine has it: integers of 32 bits, where "to the end" is 2⁶³ − 1 in files. */
function within(value: number, dtype: Known["dtype"]): number {
  if (dtype === "f32") return value;
  return dtype === "bool"
    ? Number(value !== 0)
    : Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1);
}
