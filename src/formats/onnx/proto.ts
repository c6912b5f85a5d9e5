/**
 * The messages of ONNX files as plain objects: ModelProto and what it holds, of onnx.proto3 (github.com/onnx/onnx; the
 * format's documentation is docs/IR.md there). `readModel(bytes)` in read-proto.ts and `encodeModel(model)` in
 * write-proto.ts go between these and bytes:
 *
 *     const model: ModelProto = readModel(bytes);
 *     const bytes = encodeModel({ irVersion: 8, opsets: [{ domain: "", version: 18 }], graph, metadata: {} });
 *
 * Fields that a writer may leave out are optional; what a reader does not know (subgraphs, sequences, sparse tensors) it
 * leaves out. Numbers of tensors are typed arrays, of the file's bytes wherever these are aligned.
 */
export interface ModelProto {
  readonly irVersion: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly opsets: readonly OperatorSetId[];
  readonly graph: GraphProto;
  /** `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OperatorSetId {
  /** "" is ONNX's own. */
  readonly domain: string;
  readonly version: number;
}

export interface GraphProto {
  readonly name: string;
  /** Each after those that it takes values of, by the standard. */
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  /** Types of values in between. */
  readonly valueInfo?: readonly ValueInfoProto[];
}

export interface NodeProto {
  readonly opType: string;
  readonly name?: string;
  readonly domain?: string;
  /** Names of values; "" for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeProto[];
}

export type AttributeProto = { readonly name: string } & AttributeValue;

export type AttributeValue =
  | { readonly type: "float" | "int"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: TensorProto }
  | { readonly type: "floats" | "ints"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  /** A graph, a sparse tensor, a list of tensors or a type: not read, and not written. */
  | { readonly type: "other"; readonly value: undefined };

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: OnnxType;
  /** Row-major. 16-bit floats are their bits, truth values bytes. Undefined where it is external, or left out. */
  readonly data?: TensorData;
  readonly external?: ExternalData;
}

/** Where in another file the values lie (little-endian, as in `raw_data`). */
export interface ExternalData {
  /** A path relative to the model's folder. */
  readonly location: string;
  /** In bytes; 0 by default. */
  readonly offset?: number;
  /** In bytes; to the end of the file by default. */
  readonly length?: number;
}

export interface ValueInfoProto {
  readonly name: string;
  /** Undefined where it is no tensor, or its element type none that is known. */
  readonly type?: OnnxType;
  /** Sizes, or their names (`dim_param`, "" where there is none); undefined where not even the rank is told. */
  readonly shape?: readonly (number | string)[];
}

/** TensorProto.DataType, of the types that are read. */
export const DATA_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

export type OnnxType = keyof typeof DATA_TYPES;

export const typeOfCode = (code: number): OnnxType | undefined =>
  (Object.keys(DATA_TYPES) as OnnxType[]).find((type) => DATA_TYPES[type] === code);

/** What holds the values of each type. */
export const ARRAYS = {
  float: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  double: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bfloat16: Uint16Array,
} as const;

export type TensorData = InstanceType<(typeof ARRAYS)[OnnxType]>;

/**
 * The bytes of `raw_data` or of an external file as values: a view where they are aligned, else a copy.
 * @throws Error when they end within a value
 */
export function viewOf(bytes: Uint8Array, type: OnnxType): TensorData {
  const array = ARRAYS[type];
  const width = array.BYTES_PER_ELEMENT;
  if (bytes.length % width !== 0) throw new Error(`${bytes.length} bytes of ${type}`);
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  return new array(buffer as ArrayBuffer, byteOffset, bytes.length / width);
}

/** One array of all; a single piece is not copied. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
