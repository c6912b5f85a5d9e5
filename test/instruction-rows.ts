/**
 * A harness for instructions: each row is code and the value that it leaves. Operands lie in memory at DATA,
 * bytes 1, 2, 3 … with 0x80 added to each second one, so that signed and unsigned reads differ.
 */
import { expect, test } from "vitest";
import {
  type Code,
  i32,
  ModuleWriter,
  type ValType,
  v128,
} from "../src/backends/wasm/assembler.ts";

export type Value = number | bigint | readonly (number | bigint)[];
export type Row = readonly [name: string, code: Code, expected: Value];

const DATA = 64;
export const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i + 1) | (i % 2 ? 0x80 : 0));
export const view = new DataView(bytes.buffer);
/** Address of the bytes, and of room to write. */
export const at = i32.const(DATA);
export const scratch = i32.const(512);

export const all = (n: number, f: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => f(i));

/** The bytes are segment 0, written to DATA, and segment 1, passive. */
export function evaluate(type: ValType, code: Code): number | bigint | DataView {
  const shape = { shared: true, is64: false, initialPages: 1, maximumPages: 2 };
  const writer = new ModuleWriter({ memory: shape });
  writer.data(bytes, DATA);
  writer.data(bytes);
  if (type === "v128") writer.func("f", [], [], () => v128.store(i32.const(0), code));
  else writer.func("f", [], [type], () => code);
  const imported = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(writer.bytes()), {
    env: { memory: imported },
  });
  const result = (instance.exports.f as () => number | bigint)();
  return type === "v128" ? new DataView(imported.buffer, 0, 16) : result;
}

const lanesOf: Record<string, (v: DataView) => (number | bigint)[]> = {
  i8x16: (v) => Array.from({ length: 16 }, (_, i) => v.getInt8(i)),
  i16x8: (v) => Array.from({ length: 8 }, (_, i) => v.getInt16(2 * i, true)),
  i32x4: (v) => Array.from({ length: 4 }, (_, i) => v.getInt32(4 * i, true)),
  i64x2: (v) => Array.from({ length: 2 }, (_, i) => v.getBigInt64(8 * i, true)),
  f32x4: (v) => Array.from({ length: 4 }, (_, i) => v.getFloat32(4 * i, true)),
  f64x2: (v) => Array.from({ length: 2 }, (_, i) => v.getFloat64(8 * i, true)),
};

/** Runs tables of rows and remembers which instructions had one; a row's name may end in a "(remark)". */
export function rowRunner() {
  const covered = new Set<string>();
  return {
    /** Runs the rows; vectors are read in the lanes named, scalars as they are. */
    run(type: ValType | keyof typeof lanesOf, rows: readonly Row[]): void {
      test.each(rows)("%s", (_, code, expected) => {
        const lanes = lanesOf[type];
        if (lanes === undefined) expect(evaluate(type as ValType, code)).toBe(expected);
        else expect(lanes(evaluate("v128", code) as DataView)).toEqual(expected);
      });
      for (const [name] of rows) covered.add(name.replace(/ .*/, ""));
    },
    /** A new instruction without a row fails. */
    expectEvery(families: Readonly<Record<string, object>>): void {
      const names = Object.entries(families).flatMap(([family, ops]) =>
        Object.entries(ops).flatMap(([op, value]) =>
          typeof value === "function"
            ? [`${family}.${op}`]
            : Object.keys(value).map((inner) => `${family}.${op}.${inner}`),
        ),
      );
      expect(names.filter((name) => !covered.has(name))).toEqual([]);
    },
  };
}
