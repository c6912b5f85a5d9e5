/**
 * The memory that a program of this graph takes, without making it: the arena as the plan lays it out, and the
 * states. No code is written, as kernels ask for their memory outside the bodies of their functions.
 */
import { sizeOf } from "../../core/shape.ts";
import type { Graph } from "../../graph/node.ts";
import { type MemoryImport, ModuleWriter } from "./assembler.ts";
import { compileProgram } from "./program.ts";

export interface PeakMemory {
  readonly arenaBytes: number;
  readonly stateBytes: number;
  readonly totalBytes: number;
}

/** Functions without bodies. */
class Unwritten extends ModuleWriter {
  override define(): void {}

  override bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array();
  }
}

/** 64-bit, since nothing runs and nothing shall be too large to describe. */
const memory: MemoryImport = { shared: false, is64: true, initialPages: 1, maximumPages: 2 ** 32 };

export function peakMemory(graph: Graph): PeakMemory {
  const { arenaBytes } = compileProgram(graph, {
    memory,
    writer: new Unwritten({ memory }),
    threads: 1,
    relaxed: true,
    tileVectors: 4,
    allocate: () => 1024,
    stateAddress: () => 0,
    emitBarrier: (writer) => writer.func(undefined, ["i32"], [], () => []),
  });
  const stateBytes = graph.states.reduce((sum, state) => sum + sizeOf(state.shape) * 4, 0);
  return { arenaBytes, stateBytes, totalBytes: arenaBytes + stateBytes };
}
