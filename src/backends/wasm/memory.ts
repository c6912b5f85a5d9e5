/**
 * The heap: one WebAssembly memory that all programs and threads of a device share, and first-fit allocation
 * in it. Blocks are whole multiples of 64 bytes at multiples of 64; free neighbours are joined. Memory grows
 * when nothing fits, and pages never written cost no memory of the machine. Blocks are not cleared.
 */
import { ConvkitError } from "../../core/error.ts";
import type { MemoryImport } from "./assembler.ts";
import { growMemory, outOfMemory, PAGE, reserveMemory } from "./memory-limit.ts";
import { RESERVED_BYTES } from "./reserved.ts";

const UNIT = 64;

export interface HeapOptions {
  /** For threads; needs SharedArrayBuffer. */
  readonly shared: boolean;
  readonly is64?: boolean;
  readonly initialBytes?: number;
  readonly maximumBytes?: number;
}

interface Block {
  readonly start: number;
  readonly end: number;
}

export class Heap {
  readonly memory: WebAssembly.Memory;
  /** What a module that imports this memory declares. */
  readonly memoryImport: MemoryImport;
  /** Ascending, no two touching. */
  #free: Block[];
  readonly #sizes = new Map<number, number>();
  #used = RESERVED_BYTES;
  #peak = RESERVED_BYTES;

  constructor(options: HeapOptions) {
    const { shared, is64 = false, initialBytes = PAGE } = options;
    const asked = Math.ceil((options.maximumBytes ?? Number.POSITIVE_INFINITY) / PAGE);
    const initialPages = Math.max(1, Math.ceil(initialBytes / PAGE));
    const [memory, maximumPages] = reserveMemory(shared, is64, initialPages, asked);
    this.memory = memory;
    this.memoryImport = { shared, is64, initialPages, maximumPages };
    this.#free = [{ start: RESERVED_BYTES, end: initialPages * PAGE }];
  }

  get stats() {
    return {
      usedBytes: this.#used,
      peakBytes: this.#peak,
      capacityBytes: this.memory.buffer.byteLength,
      maximumBytes: this.memoryImport.maximumPages * PAGE,
    };
  }

  /** The address of a block of so many bytes, at a multiple of `align`, a power of two. */
  allocate(bytes: number, align = UNIT): number {
    const size = Math.max(UNIT, roundUp(bytes, UNIT));
    const step = Math.max(UNIT, align);
    let at = this.#free.findIndex((block) => roundUp(block.start, step) + size <= block.end);
    if (at < 0) {
      this.#grow(size, step);
      at = this.#free.length - 1;
    }
    const { start: from, end } = this.#free[at];
    const address = roundUp(from, step);
    const rest = [
      { start: from, end: address },
      { start: address + size, end },
    ].filter((block) => block.start < block.end);
    this.#free.splice(at, 1, ...rest);
    this.#sizes.set(address, size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return address;
  }

  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new ConvkitError("memory", `nothing is allocated at ${address}`);
    this.#sizes.delete(address);
    this.#used -= size;
    this.#give({ start: address, end: address + size });
  }

  /** Views are made anew for each use: growth detaches the older ones of a memory that is not shared. */
  f32 = (address: number, length: number) => new Float32Array(this.memory.buffer, address, length);
  i32 = (address: number, length: number) => new Int32Array(this.memory.buffer, address, length);
  u8 = (address: number, length: number) => new Uint8Array(this.memory.buffer, address, length);

  /**
   * The same blocks, at the same addresses with the same contents, in a 64-bit memory with room for a block of
   * `bytes` more; it is refused before anything is copied. This heap is to be let go then. Only blocks are
   * copied, so that pages never written stay without memory of the machine.
   */
  widened(bytes: number): Heap {
    const { shared } = this.memoryImport;
    const heap = new Heap({ shared, is64: true, initialBytes: this.memory.buffer.byteLength });
    heap.#free = [...this.#free];
    heap.#used = this.#used;
    heap.#peak = this.#peak;
    for (const [address, size] of this.#sizes) heap.#sizes.set(address, size);
    heap.free(heap.allocate(bytes));
    for (const [address, size] of this.#sizes) heap.u8(address, size).set(this.u8(address, size));
    return heap;
  }

  #give(block: Block): void {
    const after = this.#free.findIndex(({ start }) => start > block.start);
    const at = after < 0 ? this.#free.length : after;
    const before = this.#free[at - 1];
    const next = this.#free[at];
    const joinsBefore = before?.end === block.start;
    const joinsNext = next?.start === block.end;
    const joined = {
      start: joinsBefore ? before.start : block.start,
      end: joinsNext ? next.end : block.end,
    };
    this.#free.splice(at - (joinsBefore ? 1 : 0), Number(joinsBefore) + Number(joinsNext), joined);
  }

  /** Makes the last free block large enough; by a quarter of all there is if that is more. */
  #grow(size: number, step: number): void {
    const capacity = this.memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const start = roundUp(last?.end === capacity ? last.start : capacity, step);
    const missing = Math.ceil((start + size - capacity) / PAGE);
    const room = this.memoryImport.maximumPages - capacity / PAGE;
    const generous = Math.min(room, Math.max(missing, Math.ceil(capacity / PAGE / 4)));
    if (missing > room) {
      const holes = this.#free.map((block) => block.end - block.start);
      const fits = Math.max(0, room * PAGE + capacity - start, ...holes);
      throw outOfMemory(this.memoryImport, size, this.#used, fits);
    }
    const { is64 } = this.memoryImport;
    if (!growMemory(this.memory, is64, generous) && !growMemory(this.memory, is64, missing)) {
      throw outOfMemory(this.memoryImport, size, this.#used, undefined);
    }
    this.#give({ start: capacity, end: this.memory.buffer.byteLength });
  }
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
