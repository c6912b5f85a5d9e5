/**
 * Python's pickles (Lib/pickletools.py lists the operations), protocols 2 to 5, as far as PyTorch's files need them: a
 * stack machine that makes data and calls nothing. Its time and memory are bounded by the length of the pickle, and by a
 * number of values that no file of weights comes near.
 */
import { ConvkitError } from "../../core/error.ts";
import type { StoredType } from "../stored-tensors.ts";
import { callGlobal, findGlobal, findStorage } from "./pickle-globals.ts";
import { type PickleValue, PyDict, PyTuple } from "./pickle-values.ts";

export interface Unpickled {
  readonly value: PickleValue;
  /** Of the storages that it refers to, by key. */
  readonly types: ReadonlyMap<string, StoredType>;
  /** Where the pickle ends. */
  readonly end: number;
}

/** The bytes end inside the pickle: more of the file may hold the rest. */
export class PickleEnds extends Error {}

const MAX_VALUES = 2 ** 21;

export function readPickle(bytes: Uint8Array, start: number, file: string): Unpickled {
  const machine = new Machine(bytes, start, file);
  while (!machine.step());
  return { value: machine.pop(), types: machine.types, end: machine.at };
}

class Machine {
  at: number;
  readonly types = new Map<string, StoredType>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #values = 0;

  constructor(bytes: Uint8Array, start: number, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#file = file;
    this.at = start;
  }

  readonly fail = (message: string): never => {
    throw new ConvkitError("pytorch", `${this.#file}: its pickle ${message}`);
  };

  pop(): PickleValue {
    const value = this.#stack.pop();
    return value === undefined ? this.#damaged("takes a value where there is none") : value;
  }

  /** One operation; true at the end of the pickle. */
  step(): boolean {
    const op = String.fromCharCode(this.#byte());
    switch (op) {
      case "\x80": // PROTO
        if (this.#byte() > 5) this.fail("is of a protocol above 5 — save it with torch.save");
        return false;
      case "\x95": // FRAME
        this.#take(8);
        return false;
      case ".": // STOP
        return true;
      case "N":
        return this.#push(null);
      case "\x88":
        return this.#push(true);
      case "\x89":
        return this.#push(false);
      case "K": // BININT1
        return this.#push(this.#byte());
      case "M": // BININT2
        return this.#push(this.#view.getUint16(this.#take(2), true));
      case "J": // BININT
        return this.#push(this.#view.getInt32(this.#take(4), true));
      case "\x8a": // LONG1
        return this.#push(this.#long(this.#byte()));
      case "G": // BINFLOAT
        return this.#push(this.#view.getFloat64(this.#take(8)));
      case "X": // BINUNICODE
        return this.#push(this.#text(this.#size32()));
      case "\x8c": // SHORT_BINUNICODE
        return this.#push(this.#text(this.#byte()));
      case "U": // SHORT_BINSTRING, from Python 2
        return this.#push(this.#text(this.#byte()));
      case "T": // BINSTRING
        return this.#push(this.#text(this.#size32()));
      case "B": // BINBYTES
        return this.#push(this.#slice(this.#size32()));
      case "C": // SHORT_BINBYTES
        return this.#push(this.#slice(this.#byte()));
      case "]":
        return this.#push([]);
      case "}":
        return this.#push(new PyDict());
      case ")":
        return this.#push(new PyTuple([]));
      case "(": // MARK
        this.#count();
        this.#marks.push(this.#stack.length);
        return false;
      case "l": // LIST
        return this.#push(this.#sinceMark());
      case "t": // TUPLE
        return this.#push(new PyTuple(this.#sinceMark()));
      case "\x85":
      case "\x86":
      case "\x87": // TUPLE1 to TUPLE3
        return this.#push(new PyTuple(this.#top(op.charCodeAt(0) - 0x84)));
      case "a": // APPEND
        return this.#append([this.pop()]);
      case "e": // APPENDS
        return this.#append(this.#sinceMark());
      case "s": // SETITEM
        return this.#setItems(this.#top(2));
      case "u": // SETITEMS
        return this.#setItems(this.#sinceMark());
      case "d": {
        const items = this.#sinceMark(); // DICT
        this.#push(new PyDict());
        return this.#setItems(items);
      }
      case "0": // POP
        this.pop();
        return false;
      case "2": // DUP
        return this.#push(this.#peek());
      case "q": // BINPUT
        return this.#remember(this.#byte());
      case "r": // LONG_BINPUT
        return this.#remember(this.#size32());
      case "\x94": // MEMOIZE
        return this.#remember(this.#memo.size);
      case "h": // BINGET
        return this.#recall(this.#byte());
      case "j": // LONG_BINGET
        return this.#recall(this.#size32());
      case "c": // GLOBAL
        return this.#push(findGlobal(`${this.#line()}.${this.#line()}`, this.fail));
      case "\x93": // STACK_GLOBAL
        return this.#push(findGlobal(this.#top(2).map(String).join("."), this.fail));
      case "Q": // BINPERSID
        return this.#storage();
      case "R": // REDUCE
      case "\x81": {
        const [callee, args] = this.#top(2); // NEWOBJ
        return this.#push(callGlobal(callee, args, this.fail));
      }
      case "b": // BUILD: attributes of an object, such as the `_metadata` of a state dict
        this.pop();
        return false;
      default:
        return this.#damaged(`has operation 0x${op.charCodeAt(0).toString(16)}`);
    }
  }

  #storage(): false {
    const storage = findStorage(this.pop(), this.fail);
    const known = this.types.get(storage.key) ?? storage.type;
    if (known !== storage.type) this.fail(`gives storage ${storage.key} two types`);
    this.types.set(storage.key, storage.type);
    return this.#push(storage);
  }

  #damaged(fact: string): never {
    return this.fail(
      `${fact} (byte ${this.at}) — the file is damaged, or not of PyTorch; save it again`,
    );
  }

  #count(): void {
    if (++this.#values > MAX_VALUES) this.fail(`makes more than ${MAX_VALUES} values`);
  }

  #push(value: PickleValue): false {
    this.#count();
    this.#stack.push(value);
    return false;
  }

  #peek(): PickleValue {
    const value = this.#stack.at(-1);
    return value === undefined ? this.#damaged("takes a value where there is none") : value;
  }

  #top(count: number): PickleValue[] {
    if (this.#stack.length < count) this.#damaged("takes values where there are none");
    return this.#stack.splice(this.#stack.length - count);
  }

  #sinceMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined || height > this.#stack.length) return this.#damaged("lacks a mark");
    return this.#stack.splice(height);
  }

  #append(values: readonly PickleValue[]): false {
    const list = this.#peek();
    if (!Array.isArray(list)) return this.#damaged("appends to what is no list");
    for (const value of values) list.push(value);
    return false;
  }

  #setItems(items: readonly PickleValue[]): false {
    const dict = this.#peek();
    if (!(dict instanceof PyDict) || items.length % 2 !== 0) {
      return this.#damaged("sets items of what is no dictionary");
    }
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i], items[i + 1]);
    return false;
  }

  #remember(key: number): false {
    this.#count();
    this.#memo.set(key, this.#peek());
    return false;
  }

  #recall(key: number): false {
    const value = this.#memo.get(key);
    return this.#push(value === undefined ? this.#damaged(`recalls no value ${key}`) : value);
  }

  /** Moves on by so many bytes; where they begin. */
  #take(count: number): number {
    const from = this.at;
    if (from + count > this.#bytes.length) throw new PickleEnds();
    this.at += count;
    return from;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)];
  }

  #size32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  #slice(length: number): Uint8Array {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#slice(length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleEnds();
    const text = this.#text(end - this.at);
    this.at++;
    return text;
  }

  /** Two's complement, little-endian; a number where it is exact. */
  #long(length: number): number | bigint {
    let value = 0n;
    for (const [i, byte] of this.#slice(length).entries()) value |= BigInt(byte) << BigInt(8 * i);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }
}
