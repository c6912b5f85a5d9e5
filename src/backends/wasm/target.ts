/**
 * What every emitter of one program shares: the module being written, where tensors lie, the helpers that
 * hide whether memory is addressed with 32 or 64 bits.
 */
import type { TensorType } from "../../graph/node.ts";
import type { Layout } from "../../plan/layout.ts";
import type { Code, Fn, Local, ModuleWriter, PointerOps } from "./assembler.ts";
import type { MathLibrary } from "./math.ts";

/** A tensor with memory, as an emitter sees it. Its address is known only when the bytes are written. */
export interface Place {
  readonly layout: Layout;
  readonly type: TensorType;
  /** Axis 0 counts image blocks: partial sums. */
  readonly perBlock?: boolean;
}

export interface Target {
  readonly writer: ModuleWriter;
  readonly math: MathLibrary;
  readonly pointer: PointerOps;
  /** Fused multiply-add is there (relaxed SIMD). */
  readonly relaxed: boolean;
  /** v128 vectors that a contraction's tile is wide: 4 where V8 fuses pairs into 256 bits, else 2. */
  readonly tileVectors: 2 | 4;
  /** Threads that may run the program: how finely work is worth splitting. */
  readonly threads: number;
  /** Address of sixteen zero words that stand behind sixteen words of ones: masks for lanes with an image. */
  readonly maskEnd: Code;
  place(tensor: number): Place;
  /** The tensor's address plus a number of bytes, as a pointer constant. */
  address(tensor: number, bytes?: number): Code;
  /** Memory for a kernel's own use, as a tensor number. */
  temporary(place: Place): number;
}

/** A kernel function takes the chunk to do, the number of images, and the thread's scratch memory. */
export interface KernelFrame {
  readonly fn: Fn;
  readonly chunk: Local;
  readonly images: Local;
  readonly scratch: Local;
}

export interface KernelStep {
  readonly func: number;
  /**
   * `block`: chunk i is image block i; kernels chained over the same block need no barrier.
   * `single`: one chunk, always done by the first thread. `range`: any split, barriers on both sides.
   */
  readonly split: "block" | "single" | "range";
  readonly chunks: number;
  /** Scratch bytes that each thread needs. */
  readonly scratch?: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** For reports: what it computes. */
  readonly label: string;
}

/** Emits a function (chunk: i32, images: i32, scratch: pointer). */
export function kernelFunction(
  target: Target,
  body: (frame: KernelFrame) => Code,
  label?: string,
): number {
  const params = ["i32", "i32", target.pointer.type] as const;
  return target.writer.func(
    undefined,
    params,
    [],
    (fn) => body({ fn, chunk: fn.param(0), images: fn.param(1), scratch: fn.param(2) }),
    label,
  );
}
