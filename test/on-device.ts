/** Runs a graph on a device with values given as doubles, and takes the results back as doubles. */
import type { Device, HostTensor, Program } from "../src/backends/backend.ts";
import { sizeOf } from "../src/core/shape.ts";
import type { Graph, TensorType } from "../src/graph/node.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Parameter } from "../src/tensor/parameter.ts";

export interface Runnable {
  run(inputs: readonly RefArray[], n?: number): Promise<RefArray[]>;
  /** Fills every lane, and all that is computed from it but states, with NaN and with integers out of any range. */
  spoil(): Promise<void>;
  dispose(): void;
}

export async function onDevice(device: Device, graph: Graph): Promise<Runnable> {
  const states = graph.states.map((ref) => (ref as Parameter).on(device));
  const program: Program = await device.compile(graph, states);
  return {
    async run(inputs, n) {
      const given = inputs.map((x, i) => hostTensor(x, graph.inputs[i]));
      const outputs = await program.run(given, graph.batch === undefined ? undefined : n);
      return outputs.map(({ shape, data }) => ({ shape, data: Float64Array.from(data) }));
    },
    async spoil() {
      const kept = states.map((state) => state.read());
      await program.run(graph.inputs.map(garbage), graph.batch);
      for (const [i, state] of states.entries()) state.write(kept[i]);
    },
    dispose: () => program.dispose(),
  };
}

const hostTensor = ({ shape, data }: RefArray, { dtype }: TensorType): HostTensor => ({
  shape,
  dtype,
  data: dtype === "f32" ? Float32Array.from(data) : Int32Array.from(data),
});

function garbage({ shape, dtype }: TensorType): HostTensor {
  const size = sizeOf(shape);
  const data =
    dtype === "f32"
      ? new Float32Array(size).fill(Number.NaN)
      : new Int32Array(size).fill(0x7fff_fff0);
  return { shape, dtype, data };
}
