/**
 * Ops whose elements depend on the elements at the same place. An op file states its mathematics on single
 * elements; this file adds shape rule, broadcasting, element types and the reading of inputs.
 */
import { type DType, isFloat } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { sizeOf } from "../core/shape.ts";
import type { Element, Lowering } from "../graph/lower.ts";
import type { Attrs, TensorType } from "../graph/node.ts";
import type { Tuple } from "../graph/op.ts";
import { broadcastType, readBroadcast } from "./broadcast.ts";
import type { None, Op } from "./op.ts";

export type UnaryOp = Op<None, 1>;
export type BinaryOp = Op<None, 2>;

/** What an op takes: `number` is any float or integer. */
export type Domain = "float" | "number" | "bool" | "any";

const accepts: Readonly<Record<Domain, (dtype: DType) => boolean>> = {
  float: isFloat,
  number: (dtype) => dtype !== "bool",
  bool: (dtype) => dtype === "bool",
  any: () => true,
};

export function checkDomain(where: string, domain: Domain, inputs: readonly TensorType[]): void {
  for (const { dtype } of inputs) {
    if (accepts[domain](dtype)) continue;
    const want = { float: "floats", number: "numbers", bool: "bools", any: "" }[domain];
    throw new ConvkitError(where, `takes ${want}, got ${dtype} — convert with .to(…)`);
  }
}

export function checkSameDType(where: string, inputs: readonly TensorType[]): void {
  const [first, ...others] = inputs;
  const other = others.find((x) => x.dtype !== first.dtype);
  if (other) {
    throw new ConvkitError(
      where,
      `${first.dtype} and ${other.dtype} do not mix — convert one with .to("${first.dtype}")`,
    );
  }
}

interface Rule<A extends Attrs, N extends number> {
  readonly name: string;
  /** Floats, if left out. */
  readonly domain?: Domain;
  /** Element type of the result; that of the inputs, if left out. */
  readonly result?: DType | ((attrs: A) => DType);
  readonly normalize?: Op<A, N>["normalize"];
  readonly vjp?: Op<A, N>["vjp"];
  /** Operations per element; 1, if left out. */
  readonly flops?: number;
}

interface UnaryRule<A extends Attrs> extends Rule<A, 1> {
  readonly lower: (e: Lowering, x: Element, attrs: A) => Element;
}

interface BinaryRule<A extends Attrs> extends Rule<A, 2> {
  readonly lower: (e: Lowering, a: Element, b: Element, attrs: A) => Element;
}

export function unary<A extends Attrs = None>(rule: UnaryRule<A>): Op<A, 1> {
  return {
    ...typed<A, 1>(rule),
    lower: (e, [x], attrs, index) => rule.lower(e, x.at(...index), attrs),
  };
}

export function binary<A extends Attrs = None>(rule: BinaryRule<A>): Op<A, 2> {
  return {
    ...typed<A, 2>(rule),
    lower: (e, [a, b], attrs, index) =>
      rule.lower(e, readBroadcast(e, a, index), readBroadcast(e, b, index), attrs),
  };
}

function typed<A extends Attrs, N extends number>(rule: Rule<A, N>) {
  const { name, domain = "float", result, flops = 1, normalize, vjp } = rule;
  return {
    name,
    ...(normalize && { normalize }),
    ...(vjp && { vjp }),
    infer(inputs: Tuple<N, TensorType>, attrs: A): TensorType {
      checkDomain(name, domain, inputs);
      checkSameDType(name, inputs);
      const dtype = typeof result === "function" ? result(attrs) : (result ?? inputs[0].dtype);
      return broadcastType(name, inputs, dtype);
    },
    pointwise: true,
    flops: (_inputs: Tuple<N, TensorType>, _attrs: A, out: TensorType) => flops * sizeOf(out.shape),
  };
}
