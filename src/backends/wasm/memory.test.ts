import { describe, expect, test } from "vitest";
import { Heap } from "./memory.ts";
import { RESERVED_BYTES } from "./reserved.ts";

const MiB = 2 ** 20;
const hasMemory64 = Number.parseInt(process.versions.node, 10) >= 24;

/** A small generator of its own, so that a failure can be repeated. */
function* integers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, 7.1
    yield state >>> 8;
  }
}

test("blocks are aligned, apart, and leave the reserved words alone", () => {
  const heap = new Heap({ shared: false });
  const [a, b, c] = [heap.allocate(1), heap.allocate(100), heap.allocate(10, 4096)];
  expect(a).toBeGreaterThanOrEqual(RESERVED_BYTES);
  expect([a % 64, b % 64, c % 4096]).toEqual([0, 0, 0]);
  expect(b - a).toBeGreaterThanOrEqual(64);
  expect(heap.stats.usedBytes).toBe(RESERVED_BYTES + 64 + 128 + 64);
});

test("what is freed joins its neighbours and is given again", () => {
  const heap = new Heap({ shared: false, initialBytes: MiB, maximumBytes: MiB });
  const room = MiB - RESERVED_BYTES;
  const blocks = Array.from({ length: 4 }, () => heap.allocate(room / 4 - 64));
  for (const i of [0, 2, 1, 3]) heap.free(blocks[i]);
  expect(heap.stats.usedBytes).toBe(RESERVED_BYTES);
  expect(heap.allocate(room)).toBe(RESERVED_BYTES);
  expect(heap.stats.peakBytes).toBe(MiB);
});

test("random traffic: no two blocks overlap, and in the end all is one block", () => {
  const heap = new Heap({ shared: false, maximumBytes: 16 * MiB });
  const live = new Map<number, number>();
  const random = integers(7);
  for (let i = 0; i < 3000; i++) {
    if (live.size > 0 && random.next().value % 5 < 2) {
      const address = [...live.keys()][random.next().value % live.size];
      live.delete(address);
      heap.free(address);
      continue;
    }
    const bytes = (random.next().value % 5000) + 1;
    const align = 64 << (random.next().value % 4);
    const address = heap.allocate(bytes, align);
    expect(address % align).toBe(0);
    for (const [other, size] of live) {
      expect(address + bytes <= other || other + size <= address).toBe(true);
    }
    if (live.size < 60) live.set(address, bytes);
    else heap.free(address);
  }
  for (const address of live.keys()) heap.free(address);
  expect(heap.stats.usedBytes).toBe(RESERVED_BYTES);
  expect(heap.allocate(heap.stats.capacityBytes - RESERVED_BYTES)).toBe(RESERVED_BYTES);
});

describe.each([{ shared: false }, { shared: true }])("growth, shared: $shared", ({ shared }) => {
  test("keeps what was written, and new views see all", () => {
    const heap = new Heap({ shared });
    const a = heap.allocate(16);
    heap.f32(a, 4).set([1, 2, 3, 4]);
    const before = heap.memory.buffer;
    const b = heap.allocate(8 * MiB);
    expect(heap.memory.buffer).not.toBe(before);
    expect([...heap.f32(a, 4)]).toEqual([1, 2, 3, 4]);
    heap.i32(b, 2 * MiB).fill(7);
    expect(heap.u8(b + 8 * MiB - 4, 4)[0]).toBe(7);
    expect(heap.stats.capacityBytes).toBeGreaterThanOrEqual(8 * MiB);
  });

  test("uses the free end of memory before it grows", () => {
    const heap = new Heap({ shared, initialBytes: MiB, maximumBytes: 2 * MiB });
    const room = 2 * MiB - RESERVED_BYTES;
    expect(heap.allocate(room)).toBe(RESERVED_BYTES);
  });
});

test("beyond the limit: how much is needed, what would fit, what to do", () => {
  const heap = new Heap({ shared: false });
  heap.allocate(MiB);
  expect(() => heap.allocate(5 * 2 ** 30)).toThrow(
    "[memory] 5.00 GiB are needed beside 1.00 MiB in use, and the limit of this 32-bit memory is " +
      "4.00 GiB: a block of 4.00 GiB would fit — take a smaller batch, image or model, or an engine " +
      "with 64-bit memory (Node 24, Chrome 133)",
  );
  const tight = new Heap({ shared: false, maximumBytes: 4 * MiB });
  const large = tight.allocate(3 * MiB);
  tight.allocate(512 * 1024);
  tight.free(large);
  expect(() => tight.allocate(3.5 * MiB)).toThrow("a block of 3.00 MiB would fit");
  expect(tight.allocate(3 * MiB)).toBe(large); // the refusal did no harm
});

test("freeing what is not allocated is refused", () => {
  const heap = new Heap({ shared: false });
  const a = heap.allocate(64);
  heap.free(a);
  expect(() => heap.free(a)).toThrow(`[memory] nothing is allocated at ${a}`);
});

test("a maximum that the engine refuses is halved until it is taken", () => {
  const Real = WebAssembly.Memory;
  const asked: number[] = [];
  class Stingy extends Real {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      asked.push(descriptor.maximum as number);
      if ((descriptor.maximum as number) > 10_000)
        throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  }
  WebAssembly.Memory = Stingy;
  try {
    expect(new Heap({ shared: false }).memoryImport.maximumPages).toBe(8192);
    expect(asked).toEqual([65_536, 32_768, 16_384, 8192]);
    expect(() => new Heap({ shared: false, initialBytes: 2 ** 30 })).toThrow(
      "[memory] the engine gives no 32-bit memory of 1.00 GiB",
    );
  } finally {
    WebAssembly.Memory = Real;
  }
});

describe.skipIf(!hasMemory64)("64-bit memory (needs Node 24)", () => {
  test.each([false, true])("addresses beyond 4 GiB, shared: %s", (shared) => {
    const heap = new Heap({ shared, is64: true });
    heap.allocate(2 ** 32); // never written, so it costs no memory of the machine
    const address = heap.allocate(64);
    expect(address).toBeGreaterThan(2 ** 32);
    heap.f32(address, 2).set([1.5, 2.5]);
    expect([...heap.f32(address, 2)]).toEqual([1.5, 2.5]);
    expect(() => heap.allocate(2 ** 44)).toThrow("the limit of this 64-bit memory is 16.0 GiB");
  });

  test.each([false, true])("a full 32-bit heap goes on in 64 bits, shared: %s", (shared) => {
    const narrow = new Heap({ shared, maximumBytes: 4 * MiB });
    const blocks = [1, 2, 3].map((mark) => {
      const address = narrow.allocate(MiB);
      narrow.u8(address, MiB).fill(mark);
      return address;
    });
    narrow.free(blocks[1]);
    expect(() => narrow.allocate(2 * MiB)).toThrow("would fit");

    const heap = narrow.widened(2 * MiB);
    expect(heap.memoryImport).toMatchObject({ shared, is64: true });
    expect(heap.stats.usedBytes).toBe(narrow.stats.usedBytes);
    expect(heap.allocate(2 * MiB)).toBeGreaterThan(blocks[2]);
    expect(heap.allocate(MiB)).toBe(blocks[1]); // the hole is known
    expect([heap.u8(blocks[0], MiB)[MiB - 1], heap.u8(blocks[2], MiB)[0]]).toEqual([1, 3]);
    heap.free(blocks[0]);
    expect(() => narrow.widened(2 ** 44)).toThrow("64-bit memory is 16.0 GiB");
  });
});
