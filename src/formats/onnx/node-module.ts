/** A node of an ONNX graph as a module, which owns the weights that it is the first to use. */
import { ConvkitError } from "../../core/error.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Init } from "../../nn/init/initializer.ts";
import { AnyModule, type Mode, type OwnState } from "../../nn/module.ts";
import type { Parameter } from "../../tensor/parameter.ts";
import { nodeTitle } from "./arguments.ts";
import { Call } from "./call.ts";
import { operators } from "./operators/table.ts";
import type { NodeProto } from "./proto.ts";
import type { Tracing } from "./tracing.ts";
import { toValue } from "./value.ts";

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
