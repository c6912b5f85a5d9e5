/**
 * Brings a network's parameters into being: one trace tells their shapes, nothing is run or allocated. Every
 * value is a function of the seed and the parameter's path, drawn when it is first read.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { table } from "../ops/table.ts";
import type { AnyModule, Mode, Module } from "./module.ts";
import { namedModules } from "./parameters.ts";

export interface TraceOptions {
  /** Images to a batch; 1 by default. */
  readonly batch?: number;
  /** False by default. */
  readonly training?: boolean;
  /** "f32" by default. */
  readonly dtype?: DType;
}

/** One of a network's inputs: the shape of one example, without the batch axis. */
export interface NetworkInput {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The shape of the one input that most networks have, or several inputs in order. */
export type NetworkInputs = Shape | readonly NetworkInput[];

export interface Trace {
  readonly builder: Builder;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

/** Traces `net` on an input of the given shape, of one example without the batch axis; or on several inputs. */
export function traceNetwork(
  net: AnyModule,
  inputs: NetworkInputs,
  { batch = 1, training = false, dtype = "f32" }: TraceOptions = {},
): Trace {
  const builder = new Builder(table, batch);
  const tensors = listInputs(inputs, dtype).map(({ name, shape, dtype: own }) =>
    builder.input(name, { shape: [batch, ...shape], dtype: own, batched: true }),
  );
  const key = { shape: [2], dtype: "i32", batched: false } as const;
  const mode: Mode = training ? { training, key: builder.input("key", key) } : { training };
  const output = (net as Module<readonly Tensor[]>).call(...tensors, mode);
  return { builder, inputs: tensors, output };
}

/** The inputs of a network one by one. */
export function listInputs(inputs: NetworkInputs, dtype: DType = "f32"): readonly NetworkInput[] {
  const isShape = (given: NetworkInputs): given is Shape => typeof given[0] !== "object";
  return isShape(inputs) ? [{ name: "input", shape: inputs, dtype }] : inputs;
}

/** Returns the network, so that `const net = initialize(sequential(…), [3, 32, 32])` reads well. */
export function initialize<M extends AnyModule>(
  net: M,
  inputs: NetworkInputs,
  { seed = 0, dtype = "f32" }: { seed?: number; dtype?: DType } = {},
): M {
  for (const [, module] of namedModules(net)) module.reseed(seed);
  // Training mode: some layers, such as auxiliary heads, exist only there.
  traceNetwork(net, inputs, { training: true, dtype });
  return net;
}
