/**
 * The heap: one WebAssembly memory that all programs and threads of a device share, and first-fit allocation
 * in it. Blocks are whole multiples of 64 bytes at multiples of 64; free neighbours are joined. Memory grows
 * when nothing fits, and pages never written cost no memory of the machine. Blocks are not cleared.
 */
import { ConvkitError } from "../../core/error.ts";
import type { MemoryImport } from "./assembler.ts";
import { RESERVED_BYTES } from "./reserved.ts";

const PAGE = 65_536;
const UNIT = 64;
/** 4 GiB; V8 and SpiderMonkey allow 16 GiB of 64-bit memory. */
const MOST_PAGES = { 32: 65_536, 64: 262_144 };

export interface HeapOptions {
  /** For threads; needs SharedArrayBuffer. */
  readonly shared: boolean;
  readonly is64?: boolean;
  readonly initialBytes?: number;
  readonly maximumBytes?: number;
}

export interface HeapStats {
  readonly usedBytes: number;
  readonly peakBytes: number;
  readonly capacityBytes: number;
  readonly maximumBytes: number;
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
    const most = MOST_PAGES[is64 ? 64 : 32];
    const asked = Math.ceil((options.maximumBytes ?? Number.POSITIVE_INFINITY) / PAGE);
    const initialPages = Math.max(1, Math.ceil(initialBytes / PAGE));
    const [memory, maximumPages] = reserve(shared, is64, initialPages, Math.min(most, asked));
    this.memory = memory;
    this.memoryImport = { shared, is64, initialPages, maximumPages };
    this.#free = [{ start: RESERVED_BYTES, end: initialPages * PAGE }];
  }

  get stats(): HeapStats {
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
    if (missing > room || !(this.#growBy(generous) || this.#growBy(missing))) {
      throw this.#tooMuch(size, Math.max(0, room * PAGE + capacity - start), missing > room);
    }
    this.#give({ start: capacity, end: this.memory.buffer.byteLength });
  }

  #growBy(pages: number): boolean {
    try {
      this.memory.grow((this.memoryImport.is64 ? BigInt(pages) : pages) as number);
      return true;
    } catch {
      return false;
    }
  }

  #tooMuch(size: number, fits: number, overLimit: boolean): ConvkitError {
    const { is64, maximumPages } = this.memoryImport;
    const limit = overLimit
      ? `the limit of this ${is64 ? 64 : 32}-bit memory is ${inBytes(maximumPages * PAGE)}`
      : "the system gives no more";
    return new ConvkitError(
      "memory",
      `${inBytes(size)} are needed beside ${inBytes(this.#used)} in use, and ${limit}; ` +
        `${overLimit ? `a block of ${inBytes(fits)} would fit — take` : "take"} a smaller batch, image or model` +
        `${is64 || !overLimit ? "" : ", or an engine with 64-bit memory (Node 24, Chrome 133)"}`,
    );
  }
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Bytes as people read them. */
function inBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** Some engines refuse to reserve a large maximum (phones, 32-bit systems): then half, and half again. */
function reserve(
  shared: boolean,
  is64: boolean,
  initial: number,
  most: number,
): [WebAssembly.Memory, number] {
  for (let maximum = most; ; maximum = Math.floor(maximum / 2)) {
    const descriptor = is64
      ? { address: "i64", initial: BigInt(initial), maximum: BigInt(maximum), shared }
      : { initial, maximum, shared };
    try {
      return [new WebAssembly.Memory(descriptor as WebAssembly.MemoryDescriptor), maximum];
    } catch (cause) {
      if (maximum > 2 * initial) continue;
      throw new ConvkitError(
        "memory",
        `the engine gives no ${shared ? "shared " : ""}${is64 ? "64" : "32"}-bit memory of ` +
          `${inBytes(initial * PAGE)} — close other programs, or take a smaller batch or model`,
        { cause },
      );
    }
  }
}
