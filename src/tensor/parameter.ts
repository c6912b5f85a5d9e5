/**
 * A value that outlives programs: a weight, a running statistic, a moment of an optimiser. It belongs to the
 * module or optimiser that made it; every program that touches it reads and writes the same buffer.
 */
import type { Device, HostData, StateBuffer } from "../backends/backend.ts";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { StateRef } from "../graph/node.ts";

export class Parameter implements StateRef {
  /** Its path in the tree of modules, `layer1.0.conv1.weight`. */
  name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Optimisers update it; false for running statistics, counters and frozen weights. */
  trainable: boolean;
  #initial: () => ArrayLike<number>;
  /** The value while it is on the host and no longer the initial one. */
  #host: Float32Array | Int32Array | undefined;
  #bound: { device: Device; buffer: StateBuffer } | undefined;

  constructor(
    name: string,
    shape: Shape,
    initial: () => ArrayLike<number>,
    options: { dtype?: DType; trainable?: boolean } = {},
  ) {
    this.name = name;
    this.shape = shape;
    this.dtype = options.dtype ?? "f32";
    this.trainable = options.trainable ?? true;
    this.#initial = initial;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The present value, row-major, as an array of the caller's own. */
  read(): HostData {
    if (this.#bound) return this.#bound.buffer.read();
    return this.#host?.slice() ?? this.#copy(this.#initial());
  }

  /** Takes a copy of the values, rounded to the parameter's type. */
  write(values: ArrayLike<number>): void {
    this.#check(values);
    if (this.#bound) this.#bound.buffer.write(values);
    else this.#host = this.#copy(values);
  }

  /** Begins anew with another initial value, which is drawn when it is next read. */
  reset(initial: () => ArrayLike<number>): void {
    this.#initial = initial;
    this.#host = undefined;
    this.#bound?.buffer.write(initial());
  }

  /**
   * Takes the array itself, where it has the parameter's type, so that a large network is in memory once. It is the
   * parameter's from then on: nobody else may use it, and it is emptied when the value moves to a device.
   */
  adopt(values: ArrayLike<number>): void {
    const fits = this.dtype === "f32" ? Float32Array : Int32Array;
    if (this.#bound || !(values instanceof fits)) this.write(values);
    else {
      this.#check(values);
      this.#host = values;
    }
  }

  /** Its buffer on a device; the value moves along when it lived on another. */
  on(device: Device): StateBuffer {
    if (this.#bound?.device !== device) {
      const value = this.#bound?.buffer.read() ?? this.#host ?? this.#copy(this.#initial());
      this.#bound?.buffer.dispose();
      this.#bound = { device, buffer: device.allocate(this, value) };
      if (this.#host) empty(this.#host);
      this.#host = undefined;
    }
    return this.#bound.buffer;
  }

  /** Takes the value back to the host and frees the device's memory. */
  release(): void {
    if (!this.#bound) return;
    this.#host = this.#copy(this.#bound.buffer.read());
    this.#bound.buffer.dispose();
    this.#bound = undefined;
  }

  #check(values: ArrayLike<number>): void {
    if (values.length === this.size) return;
    throw new ConvkitError(
      "parameter",
      `${this.name} is ${formatShape(this.shape)}, ${this.size} values, got ${values.length}`,
    );
  }

  #copy(values: ArrayLike<number>): Float32Array | Int32Array {
    return this.dtype === "f32" ? new Float32Array(values) : new Int32Array(values);
  }
}

/** Frees the memory at once, where nothing else lies in it: the garbage collector may take its time with large arrays. */
function empty({ buffer, byteLength }: Float32Array | Int32Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer?.(0);
}
