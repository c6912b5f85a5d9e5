/**
 * The reference backend as a device: programs are interpreted in doubles. Slow, and right.
 */
import { sizeOf } from "../../core/shape.ts";
import type { Graph, StateRef } from "../../graph/node.ts";
import type { RefArray } from "../../graph/op.ts";
import { oracles } from "../../ops/oracles.ts";
import type { Device, HostData, HostTensor, Program, StateBuffer } from "../backend.ts";
import { evaluate } from "./evaluate.ts";

class ReferenceState implements StateBuffer {
  readonly ref: StateRef;
  value: Float64Array;

  constructor(ref: StateRef, initial: ArrayLike<number>) {
    this.ref = ref;
    this.value = Float64Array.from(initial);
  }
  /** Floats in full: a checkpoint of rounded ones would not resume to the same bits. */
  read(): HostData {
    return typed(this.value, this.ref.dtype === "f32" ? "f64" : this.ref.dtype);
  }
  write(data: ArrayLike<number>): void {
    this.value = Float64Array.from(data);
  }
  dispose(): void {}
}

const typed = (data: Float64Array, dtype: string): HostData =>
  dtype === "f64"
    ? data.slice()
    : dtype === "f32"
      ? Float32Array.from(data)
      : Int32Array.from(data);

export function referenceDevice(): Device {
  return {
    name: "reference",
    threads: 1,
    allocate: (ref, initial) => new ReferenceState(ref, initial),
    compile: async (graph, buffers) => interpreted(graph, buffers as readonly ReferenceState[]),
    dispose: async () => {},
  };
}

function interpreted(graph: Graph, states: readonly ReferenceState[]): Program {
  return {
    report: { arenaBytes: 0, codeBytes: 0, kernels: graph.nodes.length },
    async run(inputs: readonly HostTensor[], n = graph.batch ?? 1): Promise<HostTensor[]> {
      const host = inputs.map(
        ({ shape, data }): RefArray => ({ shape, data: Float64Array.from(data) }),
      );
      const kept = states.map(({ ref, value }): RefArray => ({ shape: ref.shape, data: value }));
      const { outputs, updates } = evaluate(graph, oracles, host, kept, n);
      for (const [slot, { data }] of updates) states[slot].value = data.slice();
      return outputs.map(({ shape, data }, i) => {
        const { dtype } = graph.outputs[i];
        if (data.length !== sizeOf(shape)) throw new Error("a reference value of the wrong size");
        return { shape, dtype, data: typed(data, dtype) };
      });
    },
    dispose() {},
  };
}
