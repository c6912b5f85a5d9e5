/**
 * Code is a rope of bytes: instructions are small arrays that hold their operands' arrays, so expressions
 * compose as they read (`i32.add(a, b)` is `[a, b, 0x6a]`), and the bytes are written once, at the end.
 * What depends on where it stands (a branch counts the blocks it leaves) is a CodeNode, which writes itself.
 *
 * Integers are LEB128 (WebAssembly core specification, 5.2.2), seven bits a byte, low bits first.
 */
import { ConvkitError } from "../../../core/error.ts";

export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A number is one byte. */
export type Code = number | Uint8Array | CodeNode | readonly Code[];

export interface CodeNode {
  encode(sink: ByteSink): void;
}

/** Stands for a block; a branch to it is good anywhere inside. */
export class Label {
  readonly kind = "label";
}

export const valTypeByte: Readonly<Record<ValType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

const badNumber = (what: string, value: number | bigint) =>
  new ConvkitError("wasm", `${value} is not ${what} — the code that emits it has a bug`);

/** Unsigned LEB128 of an integer up to 2⁵³: sizes, indices, and the offsets of 64-bit memory. */
export function uleb(value: number): Code {
  if (!Number.isSafeInteger(value) || value < 0) throw badNumber("an unsigned integer", value);
  if (value < 128) return value;
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit constant; addresses from 2³¹ to 2³² − 1 may come unsigned. */
export function sleb32(value: number): Code {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw badNumber("a 32-bit integer", value);
  }
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** Signed LEB128 of a 64-bit constant. */
export function sleb64(value: number | bigint): Code {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      throw badNumber("a 64-bit integer (beyond 2⁵³ give a bigint)", value);
    if (value >= -(2 ** 31) && value < 2 ** 31) return sleb32(value);
  }
  let rest = BigInt(value);
  if (rest < -(2n ** 63n) || rest >= 2n ** 64n) throw badNumber("a 64-bit integer", value);
  rest = BigInt.asIntN(64, rest);
  const bytes: number[] = [];
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest & 0x7fn));
  return bytes;
}

/** A length-prefixed UTF-8 name. */
export function nameBytes(text: string): Code {
  const bytes = new TextEncoder().encode(text);
  return [uleb(bytes.length), bytes];
}

/** A vector of the specification: the count, then the items. */
export const vec = (items: readonly Code[]): Code => [uleb(items.length), items];

/** Grows as it is written, and knows the blocks that are open. */
export class ByteSink {
  #bytes = new Uint8Array(1024);
  #length = 0;
  readonly #open: Label[] = [];

  write(code: Code): void {
    if (typeof code === "number") {
      if (!(code >= 0 && code <= 255)) throw badNumber("a byte", code);
      this.#reserve(1);
      this.#bytes[this.#length++] = code;
    } else if (code instanceof Uint8Array) {
      this.#reserve(code.length);
      this.#bytes.set(code, this.#length);
      this.#length += code.length;
    } else if ("encode" in code) {
      code.encode(this);
    } else {
      for (let i = 0; i < code.length; i++) this.write(code[i]);
    }
  }

  /** Writes what stands inside the block that `label` names. */
  writeInside(label: Label, code: Code): void {
    this.#open.push(label);
    this.write(code);
    this.#open.pop();
  }

  /** How many blocks a branch to `label` leaves, the innermost counting 0. */
  depthOf(label: Label): number {
    const at = this.#open.lastIndexOf(label);
    if (at < 0)
      throw new ConvkitError("wasm", "a branch stands outside the block it names — move it inside");
    return this.#open.length - 1 - at;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

export function flatten(code: Code): Uint8Array<ArrayBuffer> {
  const sink = new ByteSink();
  sink.write(code);
  return sink.finish();
}
