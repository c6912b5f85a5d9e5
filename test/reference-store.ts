/** Runs graphs on the reference backend with states kept in doubles: several programs may share one store. */
import { evaluate } from "../src/backends/reference/evaluate.ts";
import { sizeOf } from "../src/core/shape.ts";
import type { Builder } from "../src/graph/builder.ts";
import type { StateRef } from "../src/graph/node.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { oracles } from "../src/ops/oracles.ts";
import type { Parameter } from "../src/tensor/parameter.ts";

export const array = (shape: readonly number[], values: ArrayLike<number>): RefArray => {
  const data = Float64Array.from(values);
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} values for ${shape}`);
  return { shape, data };
};

/** Values that differ from each other without a pattern that a mistake could hide behind. */
export const wave = (shape: readonly number[], phase = 0): RefArray =>
  array(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.7 * i * i + 0.3 * i + phase)),
  );

export class ReferenceStore {
  readonly values = new Map<StateRef, Float64Array>();

  get(ref: StateRef): Float64Array {
    let value = this.values.get(ref);
    if (!value) {
      value = Float64Array.from((ref as Parameter).read());
      this.values.set(ref, value);
    }
    return value;
  }

  set(ref: StateRef, values: ArrayLike<number>): void {
    this.values.set(ref, Float64Array.from(values));
  }

  /** Runs the graph of `outputs` once, updates included. */
  run(
    builder: Builder,
    outputs: readonly Tensor[],
    inputs: readonly RefArray[],
    n?: number,
  ): Float64Array[] {
    const graph = builder.build(outputs);
    const states = graph.states.map((ref) => ({ shape: ref.shape, data: this.get(ref) }));
    const result = evaluate(graph, oracles, inputs, states, n);
    for (const [slot, { data }] of result.updates) this.set(graph.states[slot], data);
    return result.outputs.map((output) => output.data);
  }
}

/** max|a − b| / max|b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    const distance = Math.abs(a[i] - b[i]);
    if (!(distance <= error)) error = distance;
    scale = Math.max(scale, Math.abs(b[i]));
  }
  return scale === 0 ? error : error / scale;
}
