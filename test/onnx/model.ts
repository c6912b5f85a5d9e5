/**
 * Reads ONNX models and tensors, as far as the operator tests use them: the messages ModelProto, GraphProto, NodeProto,
 * AttributeProto and TensorProto of onnx.proto3 (github.com/onnx/onnx), field by field.
 */
import { PbfReader } from "pbf";
import { sizeOf } from "../../src/core/shape.ts";
import { decodeF16 } from "../../src/formats/half.ts";
import type { RefArray } from "../../src/graph/op.ts";

/** TensorProto.DataType. */
const dataTypes = {
  1: "float",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "double",
} as const;

export type OnnxType = (typeof dataTypes)[keyof typeof dataTypes];

/** Every element type as doubles; an int64 beyond 2⁵³ loses digits, which only bounds such as "the end" have. */
export interface OnnxTensor extends RefArray {
  readonly name: string;
  readonly type: OnnxType;
}

export type Attribute = number | string | readonly number[] | OnnxTensor;

export interface OnnxNode {
  readonly opType: string;
  /** Names of values; "" for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxModel {
  /** Version of the standard's operator set. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export function readModel(bytes: Uint8Array): OnnxModel {
  const model = { opset: 0, nodes: [], constants: [], inputs: [], outputs: [] };
  return new PbfReader(bytes).readFields<Filling<OnnxModel>>((tag, into, pbf) => {
    if (tag === 7) pbf.readMessage(readGraphField, into);
    if (tag === 8) {
      const { domain, version } = pbf.readMessage(readOpsetField, { domain: "", version: 0 });
      if (domain === "" || domain === "ai.onnx") into.opset = version;
    }
  }, model);
}

export function readTensor(bytes: Uint8Array): OnnxTensor {
  return tensorOf(new PbfReader(bytes).readFields(readTensorField, emptyTensor()));
}

/** A message while it is read. */
type Filling<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K];
};

function readOpsetField(
  tag: number,
  into: { domain: string; version: number },
  pbf: PbfReader,
): void {
  if (tag === 1) into.domain = pbf.readString();
  if (tag === 2) into.version = pbf.readVarint(true);
}

function readNameField(tag: number, into: { name: string }, pbf: PbfReader): void {
  if (tag === 1) into.name = pbf.readString();
}

function readGraphField(tag: number, into: Filling<OnnxModel>, pbf: PbfReader): void {
  const name = () => pbf.readMessage(readNameField, { name: "" }).name;
  if (tag === 1) {
    const node = { opType: "", inputs: [], outputs: [], attributes: {} };
    into.nodes.push(pbf.readMessage(readNodeField, node));
  }
  if (tag === 5) into.constants.push(tensorOf(pbf.readMessage(readTensorField, emptyTensor())));
  if (tag === 11) into.inputs.push(name());
  if (tag === 12) into.outputs.push(name());
}

type FillingNode = Filling<Omit<OnnxNode, "attributes">> & {
  attributes: Record<string, Attribute>;
};

function readNodeField(tag: number, into: FillingNode, pbf: PbfReader): void {
  if (tag === 1) into.inputs.push(pbf.readString());
  if (tag === 2) into.outputs.push(pbf.readString());
  if (tag === 4) into.opType = pbf.readString();
  if (tag === 5) {
    const { name, value } = pbf.readMessage(readAttributeField, { name: "", value: 0 });
    into.attributes[name] = value;
  }
}

/** Only the field of the attribute's own type is there; repeated ones gather. */
function readAttributeField(
  tag: number,
  into: { name: string; value: Attribute },
  pbf: PbfReader,
): void {
  const list = () => (Array.isArray(into.value) ? (into.value as number[]) : []);
  if (tag === 1) into.name = pbf.readString();
  if (tag === 2) into.value = pbf.readFloat();
  if (tag === 3) into.value = pbf.readVarint(true);
  if (tag === 4) into.value = pbf.readString();
  if (tag === 5) into.value = tensorOf(pbf.readMessage(readTensorField, emptyTensor()));
  if (tag === 7) into.value = pbf.readPackedFloat(list());
  if (tag === 8) into.value = pbf.readPackedVarint(list(), true);
}

interface TensorMessage {
  name: string;
  dims: number[];
  dataType: number;
  values: number[];
  raw: Uint8Array | undefined;
}

const emptyTensor = (): TensorMessage => ({
  name: "",
  dims: [],
  dataType: 0,
  values: [],
  raw: undefined,
});

function readTensorField(tag: number, into: TensorMessage, pbf: PbfReader): void {
  if (tag === 1) pbf.readPackedVarint(into.dims, true);
  if (tag === 2) into.dataType = pbf.readVarint();
  if (tag === 4) pbf.readPackedFloat(into.values);
  if (tag === 5 || tag === 7) pbf.readPackedVarint(into.values, true);
  if (tag === 8) into.name = pbf.readString();
  if (tag === 9) into.raw = pbf.readBytes();
  if (tag === 10) pbf.readPackedDouble(into.values);
}

function tensorOf({ name, dims, dataType, values, raw }: TensorMessage): OnnxTensor {
  const type = dataTypes[dataType as keyof typeof dataTypes];
  if (type === undefined) throw new Error(`tensor "${name}" has the data type ${dataType}`);
  const bits = () => (type === "float16" ? decodeF16(Uint16Array.from(values)) : values);
  const data = Float64Array.from(raw ? rawValues(raw, type) : bits());
  if (data.length !== sizeOf(dims)) {
    throw new Error(`tensor "${name}" has ${data.length} values, its shape ${dims} others`);
  }
  return { name, type, shape: dims, data };
}

/** `raw_data`: little-endian, whatever the machine. */
function rawValues(raw: Uint8Array, type: OnnxType): ArrayLike<number> {
  // Copied, as the bytes need not be aligned where they lie.
  const { buffer } = raw.slice();
  if (type === "float") return new Float32Array(buffer);
  if (type === "double") return new Float64Array(buffer);
  if (type === "int32") return new Int32Array(buffer);
  if (type === "int64") return Array.from(new BigInt64Array(buffer), Number);
  if (type === "float16") return decodeF16(new Uint16Array(buffer));
  return type === "int8" ? new Int8Array(buffer) : new Uint8Array(buffer);
}
