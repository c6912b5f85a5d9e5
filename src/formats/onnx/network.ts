/** An ONNX graph as a module whose children are its nodes. */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AnyModule, type Mode, Module } from "../../nn/module.ts";
import { recordOutput } from "../../nn/named-outputs.ts";
import { withoutSoftmax } from "../without-softmax.ts";
import type { Model } from "./model.ts";
import { OnnxNode } from "./node-module.ts";
import { Tracing } from "./tracing.ts";

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
