/**
 * Locals and globals. A Local or Global stands for its value wherever code is wanted: `i32.add(x, y)` reads
 * both. Locals are slots: `scope` gives those taken inside it back, so that a long function that unrolls many
 * tiles needs no more than the widest of them, and the engine's register allocator has less to do.
 */
import { ConvkitError } from "../../core/error.ts";
import {
  type ByteSink,
  type Code,
  type CodeNode,
  uleb,
  type ValType,
  valTypeByte,
  vec,
} from "./instructions/code.ts";

class Variable implements CodeNode {
  readonly index: number;
  readonly type: ValType;
  readonly #read: Code;
  readonly #written: Code;

  constructor(index: number, type: ValType, readOpcode: number) {
    this.index = index;
    this.type = type;
    this.#read = [readOpcode, uleb(index)];
    this.#written = [readOpcode + 1, uleb(index)];
  }

  get(): Code {
    return this.#read;
  }

  set(value: Code): Code {
    return [value, this.#written];
  }

  encode(sink: ByteSink): void {
    sink.write(this.#read);
  }
}

/** A local starts at zero when the function does, but a slot that was used before holds what it held. */
export class Local extends Variable {
  constructor(index: number, type: ValType) {
    super(index, type, 0x20);
  }

  /** Sets it and leaves the value. */
  tee(value: Code): Code {
    return [value, 0x22, uleb(this.index)];
  }
}

export class Global extends Variable {
  constructor(index: number, type: ValType) {
    super(index, type, 0x23);
  }
}

/** One function's parameters and locals. */
export class Fn {
  readonly #params: readonly Local[];
  readonly #types: ValType[] = [];
  readonly #free = new Map<ValType, Local[]>();
  readonly #taken: Local[][] = [];

  constructor(params: readonly ValType[]) {
    this.#params = params.map((type, i) => new Local(i, type));
  }

  param(i: number): Local {
    const found = this.#params[i];
    if (found === undefined) {
      throw new ConvkitError(
        "wasm",
        `parameter ${i} of a function that has ${this.#params.length}`,
      );
    }
    return found;
  }

  local(type: ValType): Local {
    const local = this.#free.get(type)?.pop() ?? this.#fresh(type);
    this.#taken.at(-1)?.push(local);
    return local;
  }

  /** So many at once, as a register tile wants them. */
  locals(type: ValType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** Locals taken inside are free again after it; code made inside must stand before code made after. */
  scope<T>(body: () => T): T {
    this.#taken.push([]);
    const result = body();
    for (const local of (this.#taken.pop() ?? []).reverse()) {
      const list = this.#free.get(local.type);
      if (list) list.push(local);
      else this.#free.set(local.type, [local]);
    }
    return result;
  }

  /** The vector of locals in the order of their indices, runs of one type together. */
  declarations(): Code {
    const runs: { type: ValType; count: number }[] = [];
    for (const type of this.#types) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    return vec(runs.map(({ type, count }) => [uleb(count), valTypeByte[type]]));
  }

  #fresh(type: ValType): Local {
    this.#types.push(type);
    return new Local(this.#params.length + this.#types.length - 1, type);
  }
}
