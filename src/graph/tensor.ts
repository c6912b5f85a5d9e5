/**
 * A symbolic tensor: a node of the graph being traced, with the arithmetic that makes rules and layers
 * read like mathematics. It holds no numbers.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Builder } from "./builder.ts";
import type { Attrs, Node } from "./node.ts";

export class Tensor {
  readonly builder: Builder;
  readonly node: Node;

  constructor(builder: Builder, node: Node) {
    this.builder = builder;
    this.node = node;
  }

  get shape(): Shape {
    return this.node.shape;
  }
  get dtype(): DType {
    return this.node.dtype;
  }
  get batched(): boolean {
    return this.node.batched;
  }
  get rank(): number {
    return this.node.shape.length;
  }
  get size(): number {
    return this.node.shape.reduce((size, dim) => size * dim, 1);
  }

  #apply(op: string, others: readonly (Tensor | number)[], attrs: Attrs = {}): Tensor {
    const { builder } = this;
    const inputs = others.map((other) =>
      typeof other === "number" ? builder.constant(other, this.dtype) : other,
    );
    return builder.apply(op, [this, ...inputs], attrs);
  }

  add(b: Tensor | number): Tensor {
    return this.#apply("add", [b]);
  }
  sub(b: Tensor | number): Tensor {
    return this.#apply("sub", [b]);
  }
  mul(b: Tensor | number): Tensor {
    return this.#apply("mul", [b]);
  }
  div(b: Tensor | number): Tensor {
    return this.#apply("div", [b]);
  }
  /** b − this. */
  rsub(b: number): Tensor {
    return this.builder.constant(b, this.dtype).sub(this);
  }
  pow(b: Tensor | number): Tensor {
    return this.#apply("pow", [b]);
  }
  maximum(b: Tensor | number): Tensor {
    return this.#apply("max", [b]);
  }
  minimum(b: Tensor | number): Tensor {
    return this.#apply("min", [b]);
  }
  lt(b: Tensor | number): Tensor {
    return this.#apply("lt", [b]);
  }
  le(b: Tensor | number): Tensor {
    return this.#apply("le", [b]);
  }
  gt(b: Tensor | number): Tensor {
    return this.#apply("gt", [b]);
  }
  ge(b: Tensor | number): Tensor {
    return this.#apply("ge", [b]);
  }
  eq(b: Tensor | number): Tensor {
    return this.#apply("eq", [b]);
  }
  ne(b: Tensor | number): Tensor {
    return this.#apply("ne", [b]);
  }
  /** this where it holds, else: `cond.where(a, b)`. */
  where(a: Tensor | number, b: Tensor | number): Tensor {
    const other = typeof a === "number" ? (typeof b === "number" ? "f32" : b.dtype) : a.dtype;
    const lift = (x: Tensor | number) =>
      typeof x === "number" ? this.builder.constant(x, other) : x;
    return this.builder.apply("where", [this, lift(a), lift(b)], {});
  }
  neg(): Tensor {
    return this.#apply("neg", []);
  }
  abs(): Tensor {
    return this.#apply("abs", []);
  }
  exp(): Tensor {
    return this.#apply("exp", []);
  }
  log(): Tensor {
    return this.#apply("log", []);
  }
  sqrt(): Tensor {
    return this.#apply("sqrt", []);
  }
  square(): Tensor {
    return this.mul(this);
  }
  /** The same values as another dtype. */
  to(dtype: DType): Tensor {
    return dtype === this.dtype ? this : this.#apply("cast", [], { dtype });
  }

  matmul(b: Tensor, attrs: { transposeA?: boolean; transposeB?: boolean } = {}): Tensor {
    return this.#apply("matmul", [b], attrs);
  }

  sum(axes?: readonly number[] | number, keepDims = false): Tensor {
    return this.#reduce("sum", axes, keepDims);
  }
  mean(axes?: readonly number[] | number, keepDims = false): Tensor {
    return this.#reduce("mean", axes, keepDims);
  }
  /** Largest element over the axes. */
  amax(axes?: readonly number[] | number, keepDims = false): Tensor {
    return this.#reduce("reduceMax", axes, keepDims);
  }
  /** Biased variance over the axes (PyTorch's `unbiased=False`). */
  var(axes?: readonly number[] | number, keepDims = false): Tensor {
    return this.#reduce("var", axes, keepDims);
  }
  #reduce(op: string, axes: readonly number[] | number | undefined, keepDims: boolean): Tensor {
    const list = axes === undefined ? this.shape.map((_, i) => i) : [axes].flat();
    return this.#apply(op, [], { axes: list, keepDims });
  }
  argmax(axis = -1): Tensor {
    return this.#apply("argmax", [], { axis });
  }

  /** One size may be −1. */
  reshape(...shape: number[]): Tensor {
    return this.#apply("reshape", [], { shape });
  }
  /** All axes from `start` on become one, as in PyTorch. */
  flatten(start = 1): Tensor {
    return this.reshape(...this.shape.slice(0, start), -1);
  }
  /** Axis i of the result is axis `axes[i]` of this. */
  transpose(...axes: number[]): Tensor {
    return this.#apply("transpose", [], { axes });
  }
  /** Elements start ≤ i < end of one axis, every `step`-th. */
  slice(axis: number, start: number, end?: number, step = 1): Tensor {
    const at = axis < 0 ? axis + this.rank : axis;
    const begins = this.shape.map((_, i) => (i === at ? start : 0));
    const ends = this.shape.map((dim, i) => (i === at ? (end ?? dim) : dim));
    const steps = this.shape.map((_, i) => (i === at ? step : 1));
    return this.#apply("slice", [], { begins, ends, steps });
  }
}
