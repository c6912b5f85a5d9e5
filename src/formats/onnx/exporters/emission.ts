/**
 * The ONNX graph while it is written: nodes named by the module that they belong to, constants by what they hold, states by
 * their own names. A value is named after the node that gives it.
 */
import type { DType } from "../../../core/dtype.ts";
import { ConvkitError } from "../../../core/error.ts";
import type { Shape } from "../../../core/shape.ts";
import type { StateRef } from "../../../graph/node.ts";
import type { Parameter } from "../../../tensor/parameter.ts";
import {
  type AttributeProto,
  type AttributeValue,
  DATA_TYPES,
  type NodeProto,
  type OnnxType,
  type TensorData,
} from "../proto.ts";

/** A tensor of the file whose values are read when they are written. */
export interface Initializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: Shape;
  readonly read: () => TensorData;
}

/** Element types that the graph computes in. */
const TYPES: Readonly<Partial<Record<DType, OnnxType>>> = {
  f32: "float",
  f64: "double",
  i32: "int32",
  bool: "bool",
};

export function onnxType(dtype: DType): OnnxType {
  const type = TYPES[dtype];
  if (type) return type;
  throw new ConvkitError("exportOnnx", `cannot write ${dtype} values — convert with .to("f32")`);
}

export const int = (value: number): AttributeValue => ({ type: "int", value });
export const float = (value: number): AttributeValue => ({ type: "float", value });
export const ints = (value: readonly number[]): AttributeValue => ({ type: "ints", value });
export const string = (value: string): AttributeValue => ({ type: "string", value });

/** Attributes by name; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export interface Surroundings {
  /** The input whose first axis tells how many examples there are. */
  readonly batched: string | undefined;
  /** Names that no node may get. */
  readonly taken: readonly string[];
  /** States that are saved with the network. */
  readonly saved: ReadonlySet<StateRef>;
}

export class Emission {
  readonly nodes: NodeProto[] = [];
  readonly initializers = new Map<string, Initializer>();
  readonly opset: number;
  readonly #names: Set<string>;
  readonly #batched: string | undefined;
  readonly #saved: ReadonlySet<StateRef>;
  readonly #constants = new Map<StateRef | string, string>();
  #batch: string | undefined;
  #scope = "";

  constructor(opset: number, { batched, taken, saved }: Surroundings) {
    this.opset = opset;
    this.#batched = batched;
    this.#names = new Set(taken);
    this.#saved = saved;
  }

  /** Runs `body` with nodes named as those of the module at `path`. */
  within<T>(path: string, body: () => T): T {
    const outer = this.#scope;
    this.#scope = path;
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  /** Adds a node of one result; returns the value's name, which is the node's. */
  emit(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.emitFor(1, opType, inputs, attributes)[0];
  }

  /** Adds a node of several results. */
  emitFor(
    count: number,
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): string[] {
    const name = this.#unique(this.#scope ? `${this.#scope}/${opType}` : opType);
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}:${i}`));
    const list: AttributeProto[] = [];
    for (const [key, value] of Object.entries(attributes)) {
      if (value) list.push({ name: key, ...value });
    }
    this.nodes.push({ opType, name, inputs, outputs, attributes: list });
    return outputs;
  }

  /** The values of a parameter or buffer; a table that is not saved is no initialiser, which readers would train. */
  state(ref: StateRef): string {
    const { name, shape: dims } = ref;
    const read = () => (ref as Parameter).read() as TensorData;
    const tensor = { name, type: onnxType(ref.dtype), dims, read };
    return this.#saved.has(ref) ? this.#initializer(tensor) : this.#constant(tensor, ref);
  }

  /** One number, a tensor of rank 0. */
  scalar(value: number, dtype: DType): string {
    const name = `${dtype}/${value}`;
    return this.#initializer({ name, ...valuesOf([value], [], dtype) });
  }

  /** As many times the same number. */
  filled(value: number, shape: Shape, dtype: DType): string {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = new Float64Array(size).fill(value);
    const name = `${dtype}/${value}/${shape.join("x")}`;
    return this.#constant({ name, ...valuesOf(values, shape, dtype) });
  }

  /** A table that the op is made with. */
  tensor(values: ArrayLike<number>, shape: Shape, dtype: DType): string {
    return this.#constant({ name: this.#unique("table"), ...valuesOf(values, shape, dtype) });
  }

  /** Sizes, axes or bounds: a list of int64. */
  ints(values: readonly number[]): string {
    return this.#initializer({
      name: `ints/${values.join(",")}`,
      type: "int64",
      dims: [values.length],
      read: () => BigInt64Array.from(values, BigInt),
    });
  }

  /** The number of examples of a run, as a list of one int64. */
  batchSize(): string {
    const input = this.#batched;
    if (input === undefined) {
      throw new ConvkitError("exportOnnx", "the graph depends on a batch that no input has");
    }
    if (this.#batch === undefined) {
      const attributes = { start: int(0), end: int(1) };
      this.#batch = this.within("batch", () => this.emit("Shape", [input], attributes));
    }
    return this.#batch;
  }

  /** The same as a float of rank 0. */
  count(): string {
    const count = this.emit("Cast", [this.batchSize()], { to: int(DATA_TYPES.float) });
    return this.emit("Squeeze", [count, this.ints([0])]);
  }

  /** A node that gives fixed values, one for each key. */
  #constant({ name, type, dims, read }: Initializer, key: StateRef | string = name): string {
    let value = this.#constants.get(key);
    if (value === undefined) {
      const tensor = { name, type, dims, data: read() };
      value = this.emit("Constant", [], { value: { type: "tensor", value: tensor } });
      this.#constants.set(key, value);
    }
    return value;
  }

  #initializer(initializer: Initializer): string {
    const { name } = initializer;
    if (!this.initializers.has(name)) this.initializers.set(name, initializer);
    return name;
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }
}

function valuesOf(values: ArrayLike<number>, dims: Shape, dtype: DType): Omit<Initializer, "name"> {
  const read = () => {
    if (dtype === "f64") return Float64Array.from(values);
    if (dtype === "i32") return Int32Array.from(values);
    return dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
  };
  return { type: onnxType(dtype), dims, read };
}
