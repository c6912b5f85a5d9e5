/**
 * What a backend is: it keeps states, turns a graph into a program, and runs it. Everything that can take
 * time is asynchronous. Host values are row-major, in the logical shape; layouts are the backend's own.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Graph, StateRef } from "../graph/node.ts";

export type HostData = Float32Array | Float64Array | Int32Array;

export interface HostTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: HostData;
}

/** The value of one state on one device. */
export interface StateBuffer {
  read(): HostData;
  write(data: ArrayLike<number>): void;
  dispose(): void;
}

export interface ProgramReport {
  /** Bytes of the arena that all intermediate tensors share. */
  readonly arenaBytes: number;
  /** Bytes of the emitted code. */
  readonly codeBytes: number;
  readonly kernels: number;
}

export interface Program {
  readonly report: ProgramReport;
  /** Inputs in the graph's order; batched ones have n images, n ≤ capacity. Outputs are cut to n. */
  run(inputs: readonly HostTensor[], n?: number): Promise<HostTensor[]>;
  dispose(): void;
}

export interface Device {
  readonly name: "reference" | "wasm" | "webgpu";
  /** Threads that share the work of a program. */
  readonly threads: number;
  /** The device's buffer of a state; it is made at first use and filled with the given value. */
  allocate(ref: StateRef, initial: ArrayLike<number>): StateBuffer;
  /** `buffers` holds one per slot of `graph.states`. */
  compile(graph: Graph, buffers: readonly StateBuffer[]): Promise<Program>;
  /** Frees the memory and ends the threads. */
  dispose(): Promise<void>;
}
