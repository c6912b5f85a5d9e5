/**
 * A WebAssembly assembler: functions are written as TypeScript expressions over the instruction families
 * below, and a module comes out as bytes (core specification, 5.5). Every module imports one memory,
 * `env.memory`, since all threads and all programs of a device share it.
 *
 *     const w = new ModuleWriter({ memory });
 *     w.func("twice", ["i32"], ["i32"], (f) => i32.shl(f.param(0).get(), i32.const(1)));
 *     const module = await WebAssembly.compile(w.bytes());
 */
import { ConvkitError } from "../../core/error.ts";
import {
  type Code,
  flatten,
  nameBytes,
  sleb32,
  sleb64,
  uleb,
  type ValType,
  valTypeByte,
  vec,
} from "./instructions/code.ts";
import { Fn, Global } from "./variable.ts";

export { type Code, flatten, Label, type ValType } from "./instructions/code.ts";
export {
  type Body,
  block,
  br,
  br_if,
  br_table,
  call,
  drop,
  if_,
  loop,
  nop,
  return_,
  select,
  unreachable,
} from "./instructions/control.ts";
export { dataDrop, memory } from "./instructions/memory.ts";
export { type PointerOps, ptrOps } from "./instructions/pointer.ts";
export { f32, f64, i32, i64 } from "./instructions/scalar.ts";
export { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, v128 } from "./instructions/simd.ts";
export { Fn, Global, Local } from "./variable.ts";

export interface MemoryImport {
  readonly shared: boolean;
  /** 64-bit addresses: every address and size in the code is then an i64. */
  readonly is64: boolean;
  /** In pages of 64 KiB; the memory given at instantiation has at least so many, and this maximum or less. */
  readonly initialPages: number;
  readonly maximumPages: number;
}

interface FunctionEntry {
  readonly type: number;
  readonly results: readonly ValType[];
  readonly params: readonly ValType[];
  body: Code | undefined;
}

const section = (id: number, content: Code): Code => {
  const bytes = flatten(content);
  return [id, uleb(bytes.length), bytes];
};

const optionalSection = (id: number, items: readonly Code[]): Code =>
  items.length === 0 ? [] : section(id, vec(items));

export class ModuleWriter {
  readonly memory: MemoryImport;
  readonly #types: Code[] = [];
  readonly #typeIndex = new Map<string, number>();
  readonly #imports: Code[] = [];
  readonly #functions: FunctionEntry[] = [];
  readonly #globals: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #segments: Code[] = [];
  readonly #names: Code[] = [];

  constructor(options: { readonly memory: MemoryImport }) {
    this.memory = options.memory;
  }

  /** Imports come before the first function, since both share one row of indices. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValType[],
    results: readonly ValType[],
  ): number {
    if (this.#functions.length > 0) {
      throw new ConvkitError(
        "wasm",
        `import ${module}.${name} comes after a function — import first`,
      );
    }
    const index = this.#imports.length;
    this.#imports.push([nameBytes(module), nameBytes(name), 0, uleb(this.#type(params, results))]);
    return index;
  }

  /** A function, exported under `name` when there is one; `label` names it in profiles and traces. */
  func(
    name: string | undefined,
    params: readonly ValType[],
    results: readonly ValType[],
    body: (f: Fn) => Code,
    label?: string,
  ): number {
    const index = this.declare(name, params, results, label);
    this.define(index, body);
    return index;
  }

  /** A function whose body follows later through `define`, for functions that call each other. */
  declare(
    name: string | undefined,
    params: readonly ValType[],
    results: readonly ValType[],
    label: string | undefined = name,
  ): number {
    const index = this.#imports.length + this.#functions.length;
    this.#functions.push({ type: this.#type(params, results), params, results, body: undefined });
    if (name !== undefined) this.#exports.push([nameBytes(name), 0, uleb(index)]);
    if (label !== undefined) this.#names.push([uleb(index), nameBytes(label)]);
    return index;
  }

  define(index: number, body: (f: Fn) => Code): void {
    const entry = this.#functions[index - this.#imports.length];
    if (entry === undefined || entry.body !== undefined) {
      throw new ConvkitError("wasm", `function ${index} is not declared, or is defined twice`);
    }
    const f = new Fn(entry.params);
    const code = body(f);
    entry.body = [f.declarations(), code, 0x0b];
  }

  /** A variable of the instance: each thread has its own. */
  global(type: "i32" | "i64", initial = 0): Global {
    const value = type === "i32" ? [0x41, sleb32(initial)] : [0x42, sleb64(initial)];
    this.#globals.push([valTypeByte[type], 1, value, 0x0b]);
    return new Global(this.#globals.length - 1, type);
  }

  /**
   * A data segment. With an address it is written at instantiation (by every thread anew), without one
   * `memory.init` writes it. The result is its index.
   */
  data(bytes: Uint8Array, address?: number): number {
    const at = (value: number) =>
      this.memory.is64 ? [0x42, sleb64(value)] : [0x41, sleb32(value)];
    const mode = address === undefined ? 1 : [0, at(address), 0x0b];
    this.#segments.push([mode, uleb(bytes.length), bytes]);
    return this.#segments.length - 1;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const { shared, is64, initialPages, maximumPages } = this.memory;
    const limits = [1 | (shared ? 2 : 0) | (is64 ? 4 : 0), uleb(initialPages), uleb(maximumPages)];
    const memoryImport = [nameBytes("env"), nameBytes("memory"), 2, limits];
    const bodies = this.#functions.map(({ body }, i) => {
      if (body === undefined) {
        throw new ConvkitError(
          "wasm",
          `function ${this.#imports.length + i} is declared, never defined`,
        );
      }
      const bytes = flatten(body);
      return [uleb(bytes.length), bytes];
    });
    const functionNames = flatten(vec(this.#names));
    return flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
      optionalSection(1, this.#types),
      section(2, vec([...this.#imports, memoryImport])),
      optionalSection(
        3,
        this.#functions.map((entry) => uleb(entry.type)),
      ),
      optionalSection(6, this.#globals),
      optionalSection(7, this.#exports),
      this.#segments.length === 0 ? [] : section(12, uleb(this.#segments.length)),
      optionalSection(10, bodies),
      optionalSection(11, this.#segments),
      section(0, [nameBytes("name"), 1, uleb(functionNames.length), functionNames]),
    ]);
  }

  #type(params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${params}>${results}`;
    const known = this.#typeIndex.get(key);
    if (known !== undefined) return known;
    const byte = (type: ValType) => valTypeByte[type];
    this.#types.push([0x60, vec(params.map(byte)), vec(results.map(byte))]);
    this.#typeIndex.set(key, this.#types.length - 1);
    return this.#types.length - 1;
  }
}
