/**
 * ONNX files to the messages of proto.ts, field by field; the numbers are those of onnx.proto3. Every length is held
 * against the bytes that are there, and nothing that nests without end is descended into.
 */
import { PbfReader } from "pbf";
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import {
  ARRAYS,
  type AttributeProto,
  type AttributeValue,
  type ExternalData,
  type GraphProto,
  joinBytes,
  type ModelProto,
  type NodeProto,
  type OnnxType,
  type OperatorSetId,
  type TensorData,
  type TensorProto,
  typeOfCode,
  type ValueInfoProto,
  viewOf,
} from "./proto.ts";

/** @throws ConvkitError for bytes that are no ONNX model, in one line that names `file`. */
export function readModel(bytes: Uint8Array, file = "ONNX data"): ModelProto {
  return read(bytes, file, (pbf) => {
    const model = fields<FillingModel>(pbf, readModelField, {
      irVersion: 0,
      opsets: [],
      metadata: {},
    });
    const { graph } = model;
    if (!graph) throw new Error("there is no graph");
    return { ...model, graph };
  });
}

/** A tensor by itself, as the tests of ONNX keep their inputs and outputs: `input_0.pb`. */
export function readTensor(bytes: Uint8Array, file = "ONNX tensor"): TensorProto {
  return read(bytes, file, (pbf) => tensorOf(fields(pbf, readTensorField, emptyTensor())));
}

/** A message while it is read. */
type Filling<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] | undefined ? E[] : T[K];
};

type ReadField<T> = (tag: number, into: T, pbf: PbfReader) => void;

/** What is thrown about bytes that are no message becomes an error of ours. */
function read<T>(bytes: Uint8Array, file: string, body: (pbf: PbfReader) => T): T {
  const pbf = new PbfReader(bytes);
  try {
    return body(pbf);
  } catch (error) {
    const place = `${file}, byte ${Math.min(pbf.pos, bytes.length)} of ${bytes.length}`;
    const message = `${place}: ${(error as Error).message} — this is no ONNX model, or a damaged one; copy or save it again`;
    throw new ConvkitError("onnx", message, { cause: error });
  }
}

/** The fields up to `end`, where the last has to end, too. */
function fields<T>(pbf: PbfReader, readField: ReadField<T>, into: T, end = pbf.length): T {
  pbf.readFields(readField, into, end);
  if (pbf.pos !== end) throw new Error("a field reaches beyond its message");
  return into;
}

/** Where the text, the message, the bytes or the list ends that begins here. */
function endOf(pbf: PbfReader): number {
  if (pbf.type !== 2) throw new Error(`a field is of wire type ${pbf.type}, not 2`);
  const length = pbf.readVarint();
  const left = pbf.length - pbf.pos;
  if (length > left) throw new Error(`a field of ${length} bytes, where ${left} are left`);
  return pbf.pos + length;
}

const message = <T>(pbf: PbfReader, readField: ReadField<T>, into: T): T =>
  fields(pbf, readField, into, endOf(pbf));

function bytesOf(pbf: PbfReader): Uint8Array {
  const end = endOf(pbf);
  const bytes = pbf.buf.subarray(pbf.pos, end);
  pbf.pos = end;
  return bytes;
}

const textOf = (pbf: PbfReader): string => new TextDecoder().decode(bytesOf(pbf));

/** A repeated number, packed or by itself. */
function numbers<T>(pbf: PbfReader, list: T[], one: (pbf: PbfReader) => T): void {
  if (pbf.type !== 2) {
    list.push(one(pbf));
    return;
  }
  const end = endOf(pbf);
  while (pbf.pos < end) list.push(one(pbf));
  if (pbf.pos !== end) throw new Error("a number reaches beyond its list");
}

const intOf = (pbf: PbfReader): number => pbf.readVarint(true);
const floatOf = (pbf: PbfReader): number => pbf.readFloat();

/** All 64 bits, where pbf gives doubles. */
function bigintOf(pbf: PbfReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = pbf.buf[pbf.pos++];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw new Error("an integer that does not end");
}

type FillingModel = Filling<Omit<ModelProto, "graph" | "metadata">> & {
  graph?: GraphProto;
  metadata: Record<string, string>;
};

function readModelField(tag: number, into: FillingModel, pbf: PbfReader): void {
  if (tag === 1) into.irVersion = intOf(pbf);
  if (tag === 2) into.producerName = textOf(pbf);
  if (tag === 3) into.producerVersion = textOf(pbf);
  if (tag === 7) into.graph = message(pbf, readGraphField, emptyGraph());
  if (tag === 8) into.opsets.push(message(pbf, readOpsetField, { domain: "", version: 0 }));
  if (tag === 14) {
    const { key, value } = message(pbf, readEntryField, { key: "", value: "" });
    into.metadata[key] = value;
  }
}

function readOpsetField(tag: number, into: Filling<OperatorSetId>, pbf: PbfReader): void {
  if (tag === 1) into.domain = textOf(pbf);
  if (tag === 2) into.version = intOf(pbf);
}

/** StringStringEntryProto. */
function readEntryField(tag: number, into: { key: string; value: string }, pbf: PbfReader): void {
  if (tag === 1) into.key = textOf(pbf);
  if (tag === 2) into.value = textOf(pbf);
}

type FillingGraph = Required<Filling<GraphProto>>;

const emptyGraph = (): FillingGraph => ({
  name: "",
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  valueInfo: [],
});

function readGraphField(tag: number, into: FillingGraph, pbf: PbfReader): void {
  if (tag === 1) {
    const node = { opType: "", inputs: [], outputs: [], attributes: [] };
    into.nodes.push(message(pbf, readNodeField, node));
  }
  if (tag === 2) into.name = textOf(pbf);
  if (tag === 5) into.initializers.push(tensorOf(message(pbf, readTensorField, emptyTensor())));
  if (tag === 11) into.inputs.push(valueInfoOf(pbf));
  if (tag === 12) into.outputs.push(valueInfoOf(pbf));
  if (tag === 13) into.valueInfo.push(valueInfoOf(pbf));
}

function readNodeField(tag: number, into: Filling<NodeProto>, pbf: PbfReader): void {
  if (tag === 1) into.inputs.push(textOf(pbf));
  if (tag === 2) into.outputs.push(textOf(pbf));
  if (tag === 3) into.name = textOf(pbf);
  if (tag === 4) into.opType = textOf(pbf);
  if (tag === 5) into.attributes.push(attributeOf(pbf));
  if (tag === 7) into.domain = textOf(pbf);
}

/** Fields that are zero or empty need not be written; `type` tells which is meant. */
interface AttributeMessage {
  name: string;
  type: number;
  f: number;
  i: number;
  s: string;
  t: TensorProto | undefined;
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
}

function readAttributeField(tag: number, into: AttributeMessage, pbf: PbfReader): void {
  if (tag === 1) into.name = textOf(pbf);
  if (tag === 2) into.f = pbf.readFloat();
  if (tag === 3) into.i = intOf(pbf);
  if (tag === 4) into.s = textOf(pbf);
  if (tag === 5) into.t = tensorOf(message(pbf, readTensorField, emptyTensor()));
  if (tag === 7) numbers(pbf, into.floats, floatOf);
  if (tag === 8) numbers(pbf, into.ints, intOf);
  if (tag === 9) into.strings.push(textOf(pbf));
  if (tag === 20) into.type = intOf(pbf);
}

function attributeOf(pbf: PbfReader): AttributeProto {
  const filling = { name: "", type: 0, f: 0, i: 0, s: "", t: undefined };
  const read = message<AttributeMessage>(pbf, readAttributeField, {
    ...filling,
    floats: [],
    ints: [],
    strings: [],
  });
  return { name: read.name, ...contentOf(read) };
}

/** By AttributeProto.AttributeType. */
function contentOf({ type, f, i, s, t, floats, ints, strings }: AttributeMessage): AttributeValue {
  if (type === 1) return { type: "float", value: f };
  if (type === 2) return { type: "int", value: i };
  if (type === 3) return { type: "string", value: s };
  if (type === 4 && t) return { type: "tensor", value: t };
  if (type === 6) return { type: "floats", value: floats };
  if (type === 7) return { type: "ints", value: ints };
  if (type === 8) return { type: "strings", value: strings };
  return { type: "other", value: undefined };
}

function valueInfoOf(pbf: PbfReader): ValueInfoProto {
  return message<Filling<ValueInfoProto>>(pbf, readValueInfoField, { name: "" });
}

function readValueInfoField(tag: number, into: Filling<ValueInfoProto>, pbf: PbfReader): void {
  if (tag === 1) into.name = textOf(pbf);
  if (tag === 2) message(pbf, readTypeField, into);
}

/** TypeProto: only tensors are read. */
function readTypeField(tag: number, into: Filling<ValueInfoProto>, pbf: PbfReader): void {
  if (tag === 1) message(pbf, readTensorTypeField, into);
}

function readTensorTypeField(tag: number, into: Filling<ValueInfoProto>, pbf: PbfReader): void {
  if (tag === 1) into.type = typeOfCode(intOf(pbf));
  if (tag === 2) into.shape = message<(number | string)[]>(pbf, readShapeField, []);
}

function readShapeField(tag: number, into: (number | string)[], pbf: PbfReader): void {
  if (tag === 1) into.push(message(pbf, readDimensionField, { size: "" as number | string }).size);
}

function readDimensionField(tag: number, into: { size: number | string }, pbf: PbfReader): void {
  if (tag === 1) into.size = intOf(pbf);
  if (tag === 2) into.size = textOf(pbf);
}

interface TensorMessage {
  name: string;
  code: number;
  raw: Uint8Array | undefined;
  isExternal: boolean;
  readonly dims: number[];
  /** `float_data` and `double_data`, whose bytes are those of `raw_data`. */
  readonly pieces: Uint8Array[];
  readonly ints: number[];
  readonly bigints: bigint[];
  readonly entries: Record<string, string>;
}

const emptyTensor = (): TensorMessage => ({
  name: "",
  code: 0,
  raw: undefined,
  isExternal: false,
  dims: [],
  pieces: [],
  ints: [],
  bigints: [],
  entries: {},
});

function readTensorField(tag: number, into: TensorMessage, pbf: PbfReader): void {
  if (tag === 1) numbers(pbf, into.dims, intOf);
  if (tag === 2) into.code = intOf(pbf);
  if (tag === 4) into.pieces.push(numberBytes(pbf, 4));
  if (tag === 5) numbers(pbf, into.ints, intOf);
  if (tag === 7 || tag === 11) numbers(pbf, into.bigints, bigintOf);
  if (tag === 8) into.name = textOf(pbf);
  if (tag === 9) into.raw = bytesOf(pbf);
  if (tag === 10) into.pieces.push(numberBytes(pbf, 8));
  if (tag === 13) {
    const { key, value } = message(pbf, readEntryField, { key: "", value: "" });
    into.entries[key] = value;
  }
  if (tag === 14) into.isExternal = intOf(pbf) === 1;
}

/** Floating-point numbers, packed or one by itself, as they lie there. */
function numberBytes(pbf: PbfReader, width: number): Uint8Array {
  if (pbf.type === 2) return bytesOf(pbf);
  pbf.pos += width;
  return pbf.buf.subarray(pbf.pos - width, pbf.pos);
}

function tensorOf(read: TensorMessage): TensorProto {
  const { name, code, dims } = read;
  const label = `tensor "${name}"`;
  const type = typeOfCode(code);
  if (!type) throw new Error(`${label} has the data type ${code}, which convkit does not read`);
  const size = sizeOf(dims);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(size)) {
    throw new Error(`${label} has the sizes ${formatShape(dims)}`);
  }
  if (read.isExternal) return { name, dims, type, external: externalOf(read.entries, label) };
  const data = dataOf(read, type, size);
  if (!data) return { name, dims, type };
  if (data.length === size) return { name, dims, type, data };
  throw new Error(`${label} is ${formatShape(dims)}, which ${data.length} values do not fill`);
}

/** Values are bytes, or a list of integers. Where there are none, they are left out, or there are none to be. */
function dataOf(
  { raw, pieces, ints, bigints }: TensorMessage,
  type: OnnxType,
  size: number,
): TensorData | undefined {
  if (raw) return viewOf(raw, type);
  if (pieces.length > 0) return viewOf(joinBytes(pieces), type);
  if (bigints.length > 0) return fromBigints(bigints, type);
  if (ints.length === 0 && size > 0) return undefined;
  // An int64 of `int32_data` would be an error of the file; the array's own complaint says so.
  return (ARRAYS[type] as typeof Int32Array).from(ints);
}

/** `int64_data`, and `uint64_data` with its unsigned types; the arrays wrap to their own widths. */
function fromBigints(values: readonly bigint[], type: OnnxType): TensorData {
  if (type === "int64") return BigInt64Array.from(values);
  if (type === "uint64") return BigUint64Array.from(values);
  return (ARRAYS[type] as typeof Uint32Array).from(values, Number);
}

/** Where in which file; sizes as decimal text. */
function externalOf(entries: Readonly<Record<string, string>>, label: string): ExternalData {
  const { location, ...sizes } = entries;
  if (!location) throw new Error(`${label} lies in another file, of no name`);
  const sizeAt = (key: string) => {
    const text = sizes[key];
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new Error(`${label} has the ${key} "${text}" in "${location}"`);
  };
  const [offset, length] = [sizeAt("offset"), sizeAt("length")];
  return {
    location,
    ...(offset !== undefined && { offset }),
    ...(length !== undefined && { length }),
  };
}
