import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { platform } from "#platform";
import {
  br_if,
  type Code,
  call,
  drop,
  type Fn,
  f32,
  i32,
  if_,
  loop,
  ModuleWriter,
  ptrOps,
  unreachable,
} from "./assembler.ts";
import { Heap } from "./memory.ts";
import { type Crew, createCrew } from "./threads.ts";
import { emitBarrier } from "./threads-barrier.ts";
import { DONE } from "./threads-worker.ts";

const nodeMajor = Number.parseInt(process.versions.node, 10);
const crews: Crew[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(crews.splice(0).map((crew) => crew.dispose()));
});

function crewOf(threads: number, heap = new Heap({ shared: true }), inline = false) {
  const crew = createCrew({ heap, threads, inline });
  crews.push(crew);
  return { heap, crew };
}

/** A module whose `run(thread, threads, x)` has the body. */
function moduleOf(heap: Heap, body: (f: Fn, barrier: number) => Code): Promise<WebAssembly.Module> {
  const writer = new ModuleWriter({ memory: heap.memoryImport });
  const barrier = emitBarrier(writer);
  writer.func("run", ["i32", "i32", "i32"], [], (f) => body(f, barrier));
  return WebAssembly.compile(writer.bytes());
}

/** For i from `from` up to `to`, step `step`. */
const times = (i: Code, set: (v: Code) => Code, to: Code, step: Code, body: Code): Code =>
  if_(
    i32.lt_u(i, to),
    loop((again) => [body, set(i32.add(i, step)), br_if(again, i32.lt_u(i, to))]),
  );

/**
 * Eight partial sums, block by block, whichever thread has the block; then thread 0 adds them in their order.
 * The result lies behind the partial sums.
 */
async function sumModule(heap: Heap, data: number, partial: number, perBlock: number) {
  const p = ptrOps(heap.memoryImport.is64);
  const place = (base: number, index: Code) =>
    p.add(p.const(base), p.from32(i32.shl(index, i32.const(2))));
  return moduleOf(heap, (f, barrier) => {
    const [block, i, sum] = [f.local("i32"), f.local("i32"), f.local("f32")];
    const eight = i32.const(8);
    const one = i32.const(1);
    const inner = [
      i.set(i32.mul(block, i32.const(perBlock))),
      sum.set(f32.const(0)),
      times(
        i,
        (v) => i.set(v),
        i32.mul(i32.add(block, one), i32.const(perBlock)),
        one,
        sum.set(f32.add(sum, f32.load(place(data, i)))),
      ),
      f32.store(place(partial, block), sum),
    ];
    return [
      block.set(f.param(0)),
      times(block, (v) => block.set(v), eight, f.param(1), inner),
      call(barrier, f.param(1)),
      if_(i32.eqz(f.param(0)), [
        sum.set(f32.const(0)),
        block.set(i32.const(0)),
        times(
          block,
          (v) => block.set(v),
          eight,
          one,
          sum.set(f32.add(sum, f32.load(place(partial, block)))),
        ),
        f32.store(p.const(partial + 32), sum),
      ]),
    ];
  });
}

test("a run whose wake-up is lost ends all the same", async () => {
  const { spawn } = platform;
  vi.spyOn(platform, "spawn").mockImplementation((script, ...others) => {
    const silent = script.replace(`Atomics.notify(control, ${DONE})`, "0");
    expect(silent).not.toBe(script);
    return spawn(silent, ...others);
  });
  const { heap, crew } = crewOf(2);
  const word = heap.allocate(4);
  // The caller waits before the last thread is done: it is held up for a while.
  const module = await moduleOf(heap, (f) => {
    const i = f.local("i32");
    return [
      times(i.get(), (v) => i.set(v), i32.const(30_000_000), i32.const(1), []),
      if_(i32.eqz(f.param(0).get()), i32.store(i32.const(word), i32.const(7))),
    ];
  });
  await crew.run(await crew.load(module), [0]);
  expect(heap.i32(word, 1)[0]).toBe(7);
});

describe("sums in a fixed order have the same bits on any number of threads", () => {
  const perBlock = 1000;
  const numbers = Float32Array.from(
    { length: 8 * perBlock },
    (_, i) => Math.sin(i * 12.9898) * 43.7,
  );

  async function sum(threads: number, options: { is64?: boolean; shared?: boolean } = {}) {
    const { is64 = false, shared = true } = options;
    const { heap, crew } = crewOf(threads, new Heap({ shared, is64 }), !shared);
    const data = heap.allocate(numbers.byteLength);
    const partial = heap.allocate(36);
    heap.f32(data, numbers.length).set(numbers);
    const handle = await crew.load(await sumModule(heap, data, partial, perBlock));
    await crew.run(handle, [0]);
    return heap.f32(partial + 32, 1)[0];
  }

  const blocks = Array.from({ length: 8 }, (_, b) =>
    numbers.subarray(b * perBlock, (b + 1) * perBlock).reduce((s, x) => Math.fround(s + x), 0),
  );
  const expected = blocks.reduce((s, x) => Math.fround(s + x), 0);

  test.each([1, 2, 3, 8])("%i", async (threads) => {
    expect(await sum(threads)).toBe(expected);
  });

  test("the caller's own thread, memory not shared", async () => {
    expect(await sum(1, { shared: false })).toBe(expected);
  });

  test.skipIf(nodeMajor < 24)("64-bit memory (needs Node 24)", async () => {
    expect(await sum(2, { is64: true })).toBe(expected);
  });
});

/**
 * In round r each thread writes r to its own word, meets the others, and looks whether all words are r; a second
 * meeting keeps the fast from going on. What does not agree is counted at word 0 of `base`.
 */
const rounds = (heap: Heap, base: number) =>
  moduleOf(heap, (f, barrier) => {
    const [thread, threads, last] = [f.param(0), f.param(1), f.param(2)];
    const [round, other] = [f.local("i32"), f.local("i32")];
    const word = (index: Code) => i32.add(i32.const(base + 64), i32.shl(index, i32.const(2)));
    return [
      times(round, (v) => round.set(v), last, i32.const(1), [
        i32.store(word(thread), round),
        call(barrier, threads),
        other.set(i32.const(0)),
        times(
          other,
          (v) => other.set(v),
          threads,
          i32.const(1),
          if_(
            i32.ne(i32.load(word(other)), round),
            drop(i32.atomic.add(i32.const(base), i32.const(1))),
          ),
        ),
        call(barrier, threads),
      ]),
    ];
  });

test.each([
  [2, 10_000],
  [8, 2000],
])("%i threads meet at a barrier twice in each of %i rounds", async (threads, count) => {
  const { heap, crew } = crewOf(threads);
  const base = heap.allocate(128);
  heap.i32(base, 32).fill(0);
  const handle = await crew.load(await rounds(heap, base));
  await crew.run(handle, [count]);
  expect([...heap.i32(base, 17 + threads)].slice(16, 16 + threads)).toEqual(
    new Array(threads).fill(count - 1),
  );
  expect(heap.i32(base, 1)[0]).toBe(0);
});

/** Adds x to word `address`, by each thread. */
const adder = (heap: Heap, address: number) =>
  moduleOf(heap, (f) => drop(i32.atomic.add(i32.const(address), f.param(2))));

/** Thread 1 stops at once; the others wait for it at the barrier. */
const trap = (heap: Heap) =>
  moduleOf(heap, (f, barrier) => [
    if_(i32.eq(f.param(0), f.param(2)), unreachable),
    call(barrier, f.param(1)),
  ]);

describe("jobs", () => {
  test("runs that overlap are done in turn, modules come and go", async () => {
    const { heap, crew } = crewOf(2);
    const word = heap.allocate(4);
    const first = await crew.load(await adder(heap, word));
    const runs = Array.from({ length: 300 }, (_, i) => crew.run(first, [i]));
    const second = crew.load(await adder(heap, word));
    await Promise.all([...runs, second.then((handle) => crew.run(handle, [1]))]);
    expect(heap.i32(word, 1)[0]).toBe(2 * ((299 * 300) / 2) + 2);
    await crew.unload(first);
    await expect(crew.run(first, [1])).rejects.toThrow(`[threads] no module ${first} is loaded`);
    await crew.run(await second, [1]);
  });

  test("threads see memory that grew after they started", async () => {
    const { heap, crew } = crewOf(2);
    await crew.ready();
    const far = heap.allocate(2 ** 26) + 2 ** 26 - 64;
    await crew.run(await crew.load(await adder(heap, far)), [21]);
    expect(heap.i32(far, 1)[0]).toBe(42);
  });

  test("an engine without Atomics.waitAsync is told by a message", async () => {
    const { waitAsync } = Atomics;
    (Atomics as { waitAsync?: typeof waitAsync }).waitAsync = undefined;
    try {
      const { heap, crew } = crewOf(2);
      const word = heap.allocate(4);
      const handle = await crew.load(await adder(heap, word));
      for (let i = 0; i < 100; i++) await crew.run(handle, [1]);
      expect(heap.i32(word, 1)[0]).toBe(200);
    } finally {
      Atomics.waitAsync = waitAsync;
    }
  });

  test("what cannot be asked for", async () => {
    const plain = new Heap({ shared: false });
    expect(() => createCrew({ heap: plain, threads: 2 })).toThrow("threads need shared memory");
    expect(() => crewOf(0)).toThrow("[threads] 0 threads were asked for");
    const { heap, crew } = crewOf(1);
    const handle = await crew.load(await adder(heap, heap.allocate(4)));
    await expect(crew.run(handle, new Array(15).fill(0))).rejects.toThrow("at most 14");
    await expect(crew.run(99, [])).rejects.toThrow("no module 99 is loaded");
  });
});

describe("when something ends", () => {
  test.each([0, 1])("a trap in thread %i while the other waits", async (thread) => {
    const { heap, crew } = crewOf(2);
    const word = heap.allocate(4);
    const good = await crew.load(await adder(heap, word));
    const bad = await crew.load(await trap(heap));
    await expect(crew.run(bad, [thread])).rejects.toThrow(
      `[threads] thread ${thread + 1} of 2 ended: RuntimeError: unreachable`,
    );
    await crew.run(good, [5]); // a new crew, the old handles
    expect(heap.i32(word, 1)[0]).toBe(10);
    await crew.run(bad, [7]); // no thread traps, and the barrier starts afresh
  });

  test("a trap in the caller's own thread", async () => {
    const { heap, crew } = crewOf(1, new Heap({ shared: false }), true);
    const bad = await crew.load(await trap(heap));
    await expect(crew.run(bad, [0])).rejects.toThrow("[threads] the run stopped: RuntimeError");
    await crew.run(bad, [1]);
  });

  test("process.exit in a worker, in the middle of a run", async () => {
    const { spawn } = platform;
    vi.spyOn(platform, "spawn").mockImplementationOnce((script, name, events) => {
      const call = "runs.get(handle)(";
      expect(script).toContain(call);
      return spawn(script.replace(call, `process.exit(3), ${call}`), name, events);
    });
    const { heap, crew } = crewOf(2);
    const handle = await crew.load(await trap(heap));
    await expect(crew.run(handle, [7])).rejects.toThrow(
      "thread 1 of 2 ended: it exited with code 3",
    );
    await crew.run(handle, [7]);
  });

  test("a worker that is terminated from outside, busy and idle", async () => {
    const spawned = vi.spyOn(platform, "spawn");
    const { heap, crew } = crewOf(2);
    const worker = (i: number) =>
      spawned.mock.results[i].value as ReturnType<typeof platform.spawn>;
    const stuck = await crew.load(
      await moduleOf(heap, (f, barrier) => [
        if_(
          i32.eq(f.param(0), f.param(2)),
          loop((again) => br_if(again, i32.const(1))),
        ),
        call(barrier, f.param(1)),
      ]),
    );
    const run = crew.run(stuck, [0]);
    setTimeout(() => void worker(1).terminate(), 30);
    await expect(run).rejects.toThrow("thread 2 of 2 ended");
    await crew.run(stuck, [7]);
    await worker(2).terminate();
    await crew.run(stuck, [7]);
    expect(spawned).toHaveBeenCalledTimes(6);
  });

  test("workers that cannot be had", async () => {
    vi.spyOn(platform, "spawn").mockImplementationOnce(() => {
      throw new Error("too many threads");
    });
    const { crew } = crewOf(2);
    await expect(crew.ready()).rejects.toThrow("[threads] Error: too many threads");
    await crew.ready();
  });

  test("dispose ends a run that would last for ever", async () => {
    const { heap, crew } = crewOf(2);
    const endless = await crew.load(
      await moduleOf(heap, () => loop((again) => br_if(again, i32.const(1)))),
    );
    const run = crew.run(endless, [0]);
    const rejected = expect(run).rejects.toThrow("[threads] the device was disposed");
    const queued = expect(crew.load(await trap(heap))).rejects.toThrow("make a new one");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await crew.dispose();
    await Promise.all([rejected, queued]);
    await expect(crew.run(endless, [0])).rejects.toThrow("make a new one");
  });
});

describe.skipIf(nodeMajor < 24)("the process (needs a Node that runs TypeScript)", () => {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const program = (end: string) => `
    import { drop, i32, loop, br_if, ModuleWriter } from ${at("./assembler.ts")};
    import { Heap } from ${at("./memory.ts")};
    import { createCrew } from ${at("./threads.ts")};
    const heap = new Heap({ shared: true });
    const crew = createCrew({ heap, threads: 2 });
    const writer = new ModuleWriter({ memory: heap.memoryImport });
    writer.func("run", ["i32", "i32", "i32"], [], (f) => loop((again) =>
      br_if(again, f.param(2).tee(i32.sub(f.param(2), i32.const(1))))));
    const handle = await crew.load(await WebAssembly.compile(writer.bytes()));
    await crew.run(handle, [1]);
    ${end}`;
  const run = async (end: string) => {
    const args = ["--input-type=module", "--eval", program(end)];
    return (await promisify(execFile)(process.execPath, args, { timeout: 20_000 })).stdout;
  };

  test("ends by itself while the crew is idle", async () => {
    expect(await run(`console.log("idle");`)).toBe("idle\n");
  });

  test("stays for a run that is pending", async () => {
    const pending = `void crew.run(handle, [300_000_000]).then(() => console.log("done"));`;
    expect(await run(pending)).toBe("done\n");
  });

  test("exits at once in the middle of a run", async () => {
    expect(await run(`void crew.run(handle, [-1]); setTimeout(() => process.exit(0), 50);`)).toBe(
      "",
    );
  });
});
