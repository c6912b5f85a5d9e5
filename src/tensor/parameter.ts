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

  /** The present value, row-major. */
  read(): HostData {
    if (this.#bound) return this.#bound.buffer.read();
    const values = this.#initial();
    return this.dtype === "f32" ? Float32Array.from(values) : Int32Array.from(values);
  }

  write(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new ConvkitError(
        "parameter",
        `${this.name} is ${formatShape(this.shape)}, ${this.size} values, got ${values.length}`,
      );
    }
    if (this.#bound) this.#bound.buffer.write(values);
    else {
      const kept = Float64Array.from(values);
      this.#initial = () => kept;
    }
  }

  /** Its buffer on a device; the value moves along when it lived on another. */
  on(device: Device): StateBuffer {
    if (this.#bound?.device !== device) {
      const value = this.read();
      this.#bound?.buffer.dispose();
      this.#bound = { device, buffer: device.allocate(this, value) };
      this.#initial = () => {
        throw new ConvkitError("parameter", `${this.name} lives on a device`);
      };
    }
    return this.#bound.buffer;
  }

  /** Takes the value back to the host and frees the device's memory. */
  release(): void {
    if (!this.#bound) return;
    const value = this.read();
    this.#bound.buffer.dispose();
    this.#bound = undefined;
    this.#initial = () => value;
  }
}
