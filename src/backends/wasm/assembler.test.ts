import { describe, expect, test } from "vitest";
import {
  block,
  br,
  br_if,
  br_table,
  type Code,
  call,
  drop,
  type Fn,
  f32,
  f32x4,
  flatten,
  i32,
  i64,
  if_,
  Label,
  loop,
  type MemoryImport,
  ModuleWriter,
  nop,
  ptrOps,
  return_,
  select,
  unreachable,
  type ValType,
  v128,
} from "./assembler.ts";
import { sleb32, uleb } from "./instructions/code.ts";

const small: MemoryImport = { shared: false, is64: false, initialPages: 1, maximumPages: 1 };
const hasMemory64 = Number.parseInt(process.versions.node, 10) >= 24;

type Exported = (...args: (number | bigint)[]) => number | bigint;

function exportsOf(writer: ModuleWriter, imports: WebAssembly.ModuleImports = {}) {
  const { shared, is64, initialPages, maximumPages } = writer.memory;
  const descriptor = is64
    ? { address: "i64", initial: BigInt(initialPages), maximum: BigInt(maximumPages), shared }
    : { initial: initialPages, maximum: maximumPages, shared };
  const memory = new WebAssembly.Memory(descriptor as WebAssembly.MemoryDescriptor);
  const module = new WebAssembly.Module(writer.bytes());
  const instance = new WebAssembly.Instance(module, { env: { memory }, host: imports });
  return { memory, module, functions: instance.exports as Record<string, Exported> };
}

function compile(params: ValType[], results: ValType[], body: (f: Fn) => Code): Exported {
  const writer = new ModuleWriter({ memory: small });
  writer.func("f", params, results, body);
  return exportsOf(writer).functions.f;
}

describe("numbers", () => {
  const hex = (code: Code) => Buffer.from(flatten(code)).toString("hex");

  test("known encodings", () => {
    expect(hex(uleb(624485))).toBe("e58e26"); // the example of the DWARF standard
    expect(hex(sleb32(-123456))).toBe("c0bb78");
    expect([hex(sleb32(63)), hex(sleb32(64)), hex(sleb32(-64)), hex(sleb32(-65))]).toEqual([
      "3f",
      "c000",
      "40",
      "bf7f",
    ]);
  });

  test("constants of every size come back as they were", () => {
    const edges = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];
    for (const x of edges) expect(compile([], ["i32"], () => i32.const(x))()).toBe(x);
    const wide = [...edges, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1].map(BigInt);
    for (const x of [...wide, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(compile([], ["i64"], () => i64.const(x))()).toBe(x);
    }
    expect(compile([], ["i64"], () => i64.const(-(2 ** 40)))()).toBe(-(2n ** 40n));
    expect(compile([], ["i32"], () => i32.const(2 ** 32 - 4))()).toBe(-4); // an address, unsigned
    for (const x of [-0, Number.NaN, 1e-45, Number.NEGATIVE_INFINITY]) {
      expect(compile([], ["f32"], () => f32.const(x))()).toBe(Math.fround(x));
    }
  });

  test("what does not fit is refused", () => {
    expect(() => i32.const(2 ** 32)).toThrow("[wasm] 4294967296 is not a 32-bit integer");
    expect(() => i32.const(0.5)).toThrow("[wasm]");
    expect(() => i64.const(2n ** 64n)).toThrow("[wasm]");
    expect(() => i64.const(2 ** 60)).toThrow("give a bigint");
    expect(() => uleb(-1)).toThrow("[wasm]");
    expect(() => flatten([256])).toThrow("[wasm] 256 is not a byte");
  });
});

describe("control", () => {
  test("a loop with two exits", () => {
    // The first divisor of n from 2 on, or 0 when there is none below n.
    const divisor = compile(["i32"], ["i32"], (f) => {
      const [n, d] = [f.param(0), f.local("i32")];
      return [
        d.set(i32.const(2)),
        block((none) =>
          loop((next) => [
            br_if(none, i32.ge_u(d, n)),
            if_(i32.eqz(i32.rem_u(n, d)), return_(d)),
            d.set(i32.add(d, i32.const(1))),
            br(next),
          ]),
        ),
        i32.const(0),
      ];
    });
    expect([91, 97, 4].map((n) => divisor(n))).toEqual([7, 0, 2]);
  });

  test("branches name blocks through any nesting, also where code is built beforehand", () => {
    const pick = compile(["i32"], ["i32"], (f) => {
      const x = f.param(0);
      const result = f.local("i32");
      return [
        block((outer) => {
          const leave = [result.set(i32.const(1)), br(outer)]; // stands two levels deeper than here
          return [
            block((inner) => [
              if_(i32.eq(x, i32.const(1)), leave),
              if_(i32.eq(x, i32.const(2)), [result.set(i32.const(2)), br(inner)]),
              result.set(i32.const(3)),
              br(outer),
            ]),
            result.set(i32.mul(result, i32.const(10))),
          ];
        }),
        result,
      ];
    });
    expect([1, 2, 3].map((x) => pick(x))).toEqual([1, 20, 3]);
  });

  test("blocks and conditionals have results", () => {
    const f = compile(["i32"], ["f32"], (f) =>
      if_(f.param(0), f32.const(1.5), block(f32.const(2.5), "f32"), "f32"),
    );
    expect([f(1), f(0)]).toEqual([1.5, 2.5]);
  });

  test("select, drop, nop, br_table, unreachable", () => {
    const f = compile(["i32"], ["i32"], (f) => {
      const x = f.param(0);
      return [
        nop,
        drop(f32.const(1)),
        block((rest) => [
          block((one) => [
            block((zero) => br_table([zero, one], rest, x)),
            return_(select(i32.const(100), i32.const(-1), i32.eqz(x))),
          ]),
          return_(i32.const(101)),
        ]),
        unreachable,
      ];
    });
    expect([f(0), f(1)]).toEqual([100, 101]);
    expect(() => f(2)).toThrow(WebAssembly.RuntimeError);
  });

  test("select chooses vectors too", () => {
    const f = compile(["i32"], ["f32"], (f) =>
      f32x4.extract_lane(select(f32x4.const(1, 2, 3, 4), f32x4.const(5), f.param(0)), 1),
    );
    expect([f(1), f(0)]).toEqual([2, 5]);
  });

  test("a branch outside its block is an error of the emitter", () => {
    expect(() => compile([], [], () => br(new Label()))).toThrow("outside the block it names");
  });
});

describe("locals", () => {
  test("scopes give slots back, each type apart", () => {
    const writer = new ModuleWriter({ memory: small });
    const slots: number[] = [];
    writer.func("f", ["i32"], ["i32"], (f) => {
      const kept = f.local("i32");
      const parts = [1, 2, 3].map((n) =>
        f.scope(() => {
          const [x, v, y] = [f.local("i32"), f.local("v128"), f.local("i32")];
          slots.push(x.index, v.index, y.index);
          return [
            v.set(i32x4Of(f.param(0))),
            x.set(i32.const(n)),
            y.set(i32.mul(x.tee(i32.add(x, f.param(0))), i32.const(2))),
            kept.set(i32.add(kept, y)),
          ];
        }),
      );
      const after = f.local("f32");
      slots.push(after.index);
      return [parts, after.set(f32.const(1)), kept];
    });
    expect(slots).toEqual([2, 3, 4, 2, 3, 4, 2, 3, 4, 5]);
    expect(exportsOf(writer).functions.f(10)).toBe(2 * (11 + 12 + 13));

    function i32x4Of(x: Code): Code {
      return f32x4.splat(f32.convert_i32_s(x));
    }
  });

  test("a parameter that is not there", () => {
    expect(() => compile([], [], (f) => f.param(0).get())).toThrow(
      "parameter 0 of a function that has 0",
    );
  });
});

describe("modules", () => {
  test("imports, functions that call each other, globals, data, names", () => {
    const writer = new ModuleWriter({ memory: small });
    const log = writer.importFunction("host", "log", ["i32"], []);
    const calls = writer.global("i32", -3);
    const odd = writer.declare("odd", ["i32"], ["i32"]);
    const even = writer.func("even", ["i32"], ["i32"], (f) => [
      calls.set(i32.add(calls, i32.const(1))),
      if_(f.param(0), call(odd, i32.sub(f.param(0), i32.const(1))), i32.const(1), "i32"),
    ]);
    writer.define(odd, (f) => [
      call(log, f.param(0)),
      if_(f.param(0), call(even, i32.sub(f.param(0), i32.const(1))), i32.const(0), "i32"),
    ]);
    writer.func("calls", [], ["i32"], () => calls);
    writer.func(undefined, [], [], () => [], "hidden");
    writer.data(Uint8Array.of(1, 2, 3), 100);

    const logged: number[] = [];
    const { functions, memory, module } = exportsOf(writer, { log: (x: number) => logged.push(x) });
    expect(functions.even(5)).toBe(0);
    expect(logged).toEqual([4, 2, 0]);
    expect(functions.calls()).toBe(0);
    expect([...new Uint8Array(memory.buffer, 100, 3)]).toEqual([1, 2, 3]);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual([
      "odd",
      "even",
      "calls",
    ]);
    expect(WebAssembly.Module.imports(module).map(({ name }) => name)).toEqual(["log", "memory"]);
    const [names] = WebAssembly.Module.customSections(module, "name");
    expect(Buffer.from(names).toString("latin1")).toContain("hidden");
  });

  test("what is written twice gives the same bytes", () => {
    const make = () => {
      const writer = new ModuleWriter({ memory: small });
      for (let i = 0; i < 50; i++) writer.func(`f${i}`, ["i32", "f32"], ["f32"], (f) => f.param(1));
      return writer.bytes();
    };
    expect(make()).toEqual(make());
  });

  test("a body of a megabyte, nested and flat", () => {
    const deep = Array.from({ length: 2000 }).reduce<Code>(
      (sum) => i32.add(sum, i32.const(1)),
      i32.const(0),
    );
    const flat = Array.from({ length: 200_000 }, () => drop(i32.const(100_000)));
    expect(compile([], ["i32"], () => [flat, deep])()).toBe(2000);
  });

  test("mistakes are named", () => {
    const writer = new ModuleWriter({ memory: small });
    const index = writer.declare("late", [], []);
    expect(() => writer.bytes()).toThrow("function 0 is declared, never defined");
    expect(() => writer.importFunction("host", "log", [], [])).toThrow("import first");
    writer.define(index, () => []);
    expect(() => writer.define(index, () => [])).toThrow("[wasm] function 0");
  });

  test("shared memory", () => {
    const writer = new ModuleWriter({ memory: { ...small, shared: true } });
    writer.func("next", [], ["i32"], () => i32.atomic.add(i32.const(0), i32.const(1)));
    const { functions, memory } = exportsOf(writer);
    expect([functions.next(), functions.next()]).toEqual([0, 1]);
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test.skipIf(!hasMemory64)(
    "one kernel for both address sizes (64-bit memory needs Node 24)",
    () => {
      for (const is64 of [false, true]) {
        for (const shared of [false, true]) {
          const writer = new ModuleWriter({
            memory: { shared, is64, initialPages: 1, maximumPages: 2 },
          });
          const p = ptrOps(is64);
          // Doubles the n floats at an address.
          writer.func("double", [p.type, "i32"], [], (f) => {
            const [at, end] = [f.param(0), f.local(p.type)];
            return [
              end.set(p.add(at, p.shl(p.from32(f.param(1)), p.const(2)))),
              loop((again) => [
                v128.store(at, f32x4.mul(v128.load(at, 16, 4), f32x4.const(2)), 16, 4),
                br_if(again, p.lt_u(at.tee(p.add(at, p.const(16))), end)),
              ]),
            ];
          });
          const { functions, memory } = exportsOf(writer);
          const data = new Float32Array(memory.buffer, 48, 8);
          data.set([1, 2, 3, 4, 5, 6, 7, 8]);
          functions.double(is64 ? 32n : 32, 8);
          expect([...data]).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
        }
      }
    },
  );

  test.skipIf(!hasMemory64)("offsets beyond 4 GiB (64-bit memory needs Node 24)", () => {
    const pages = 65_536 + 2;
    const is64: MemoryImport = {
      shared: false,
      is64: true,
      initialPages: pages,
      maximumPages: pages,
    };
    const writer = new ModuleWriter({ memory: is64 });
    writer.data(Uint8Array.of(42), 2 ** 32 + 5);
    writer.func("at", ["i64"], ["i32"], (f) => i32.load8_u(f.param(0), 2 ** 32 + 3));
    expect(exportsOf(writer).functions.at(2n)).toBe(42);
  });
});
