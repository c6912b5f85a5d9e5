/**
 * Builds a graph while ordinary TypeScript functions run over symbolic tensors. Equal nodes are made once
 * (hash-consing), so common subexpressions, such as a mean used by a loss and by a running statistic, are
 * shared from the start.
 */
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import type { Attrs, Graph, Node, StateRef, TensorType, Update } from "./node.ts";
import type { AnyOp, OpTable } from "./op.ts";
import { Tensor } from "./tensor.ts";
import { userLine } from "./user-line.ts";

/** A module was called: what `summary` lists. */
export interface ModuleCall {
  readonly path: string;
  readonly kind: string;
  readonly module: object;
  readonly inputs: readonly Tensor[];
  /** The call that this one is made within. */
  readonly parent: ModuleCall | undefined;
  /** Undefined until the call is done. */
  output: Tensor | undefined;
}

/** A gradient that the user gave: the cotangents of `inputs` from that of the result `y`. */
export type GradientRule = (
  ct: Tensor,
  inputs: readonly Tensor[],
  y: Tensor,
) => readonly (Tensor | null)[];

export class Builder {
  #ops: OpTable;
  readonly batch: number | undefined;
  readonly calls: ModuleCall[] = [];
  /** The call that is being traced. */
  innermost: ModuleCall | undefined;
  /** Rules of the `customGradient` nodes, which carry a place in this list. */
  readonly rules: GradientRule[] = [];
  readonly #nodes: Node[] = [];
  readonly #known = new Map<string, Node>();
  readonly #inputs: Node[] = [];
  readonly #states: StateRef[] = [];
  /** What a state reads as now: its leaf, or the value of its latest update. */
  readonly #bound = new Map<StateRef, { slot: number; value: Node; updated: boolean }>();
  #scope = "";

  constructor(ops: OpTable, batch?: number) {
    this.#ops = ops;
    this.batch = batch;
  }

  /** The table that the builder was given, and the ops that were applied by their definition. */
  get ops(): OpTable {
    return this.#ops;
  }

  /**
   * Traces one op: a name of the table, or a definition, so that a bundle holds the op only where it is used.
   * Errors carry the op, the shapes and the line of the caller outside convkit.
   */
  apply(which: string | AnyOp, inputs: readonly Tensor[], given: Attrs = {}): Tensor {
    const op = this.find(which);
    const { name } = op;
    const nodes = inputs.map((input) => this.#own(name, input));
    try {
      const attrs: Attrs = op.normalize ? op.normalize(given, nodes) : given;
      return this.wrap(this.#make(name, nodes, attrs, op.infer(nodes, attrs)));
    } catch (error) {
      throw error instanceof ConvkitError ? atUserLine(error) : error;
    }
  }

  /** The definition of an op; one that is new becomes part of this builder's ops. */
  protected find(which: string | AnyOp): AnyOp {
    const name = typeof which === "string" ? which : which.name;
    const known = this.#ops[name];
    if (typeof which === "string" || known === which) {
      if (known) return known;
      throw new ConvkitError(name, "there is no op of this name");
    }
    if (known) throw new ConvkitError(name, "is the name of another op already — rename yours");
    this.#ops = { ...this.#ops, [name]: which };
    return which;
  }

  input(name: string, type: TensorType): Tensor {
    if (!type.shape.every((size) => size > 0)) {
      throw new ConvkitError("input", `${name} is [${type.shape}] — sizes are 1 or more`);
    }
    const node = this.#push("input", [], { index: this.#inputs.length, name }, type);
    this.#inputs.push(node);
    return this.wrap(node);
  }

  /** A scalar known now. */
  constant(value: number, dtype: DType = "f32"): Tensor {
    // JSON has no −0, NaN or infinities; the attribute keeps them as text.
    const kept = Number.isFinite(value) && !Object.is(value, -0) ? value : String(value);
    return this.wrap(
      this.#make("constant", [], { value: kept }, { shape: [], dtype, batched: false }),
    );
  }

  /** The number of images in this run: n for a batched program. */
  count(): Tensor {
    return this.wrap(this.#make("count", [], {}, { shape: [], dtype: "f32", batched: false }));
  }

  /** The present value of a state; after `update`, the new one. */
  state(ref: StateRef): Tensor {
    return this.wrap(this.#bind(ref).value);
  }

  update(ref: StateRef, value: Tensor): void {
    const node = this.#own("update", value);
    if (node.dtype !== ref.dtype || node.shape.join() !== ref.shape.join() || node.batched) {
      throw atUserLine(
        new ConvkitError(
          "update",
          `${ref.name} is ${ref.dtype}[${ref.shape}], its new value ${node.dtype}[${node.shape}]`,
        ),
      );
    }
    const bound = this.#bind(ref);
    bound.value = node;
    bound.updated = true;
  }

  /** Runs `body` with nodes labelled as made by the module at `path`. */
  within<T>(path: string, body: () => T): T {
    const outer = this.#scope;
    this.#scope = path;
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  get scope(): string {
    return this.#scope;
  }

  /** All that were made so far, each at the place of its id. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  wrap(node: Node): Tensor {
    return new Tensor(this, node);
  }

  build(outputs: readonly Tensor[]): Graph {
    const updates: Update[] = [];
    for (const { slot, value, updated } of this.#bound.values()) {
      if (updated) updates.push({ slot, value });
    }
    return {
      ops: this.#ops,
      nodes: [...this.#nodes],
      inputs: [...this.#inputs],
      outputs: outputs.map((output) => this.#own("output", output)),
      states: [...this.#states],
      updates,
      batch: this.batch,
    };
  }

  #bind(ref: StateRef) {
    let bound = this.#bound.get(ref);
    if (!bound) {
      const slot = this.#states.push(ref) - 1;
      const type = { shape: ref.shape, dtype: ref.dtype, batched: false };
      const value = this.#push("state", [], { slot, name: ref.name }, type);
      bound = { slot, value, updated: false };
      this.#bound.set(ref, bound);
    }
    return bound;
  }

  #own(where: string, tensor: Tensor): Node {
    if (!(tensor instanceof Tensor)) {
      throw atUserLine(new ConvkitError(where, `expected a tensor, got ${typeof tensor}`));
    }
    if (tensor.builder !== this) {
      throw atUserLine(
        new ConvkitError(
          where,
          "a tensor of another trace was used — pass it as an input, or keep it as a parameter",
        ),
      );
    }
    return tensor.node;
  }

  #make(op: string, inputs: readonly Node[], attrs: Attrs, type: TensorType): Node {
    const key = `${op}(${inputs.map((input) => input.id)})${type.dtype}${JSON.stringify(attrs)}`;
    let node = this.#known.get(key);
    if (!node) {
      node = this.#push(op, inputs, attrs, type);
      this.#known.set(key, node);
    }
    return node;
  }

  #push(op: string, inputs: readonly Node[], attrs: Attrs, type: TensorType): Node {
    const { shape, dtype, batched } = type;
    const id = this.#nodes.length;
    const node: Node = { id, op, inputs, attrs, shape, dtype, batched, scope: this.#scope };
    this.#nodes.push(node);
    return node;
  }
}

/** Adds the caller's line, once. */
function atUserLine(error: ConvkitError): ConvkitError {
  const line = userLine(error.stack ?? "");
  if (line && !error.message.includes(" (at ")) error.message += ` (at ${line})`;
  return error;
}
