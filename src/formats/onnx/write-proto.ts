/**
 * The messages of proto.ts as ONNX files; the field numbers are those of onnx.proto3. A file is a list of pieces of
 * which the tensors' values are views of what was given, so that a model's weights lie in memory no more often than
 * needed: `modelPieces` for writing piece by piece, `encodeModel` for all in one array.
 */
import { PbfWriter } from "pbf";
import {
  type AttributeProto,
  DATA_TYPES,
  type ExternalData,
  type GraphProto,
  joinBytes,
  type ModelProto,
  type NodeProto,
  type OperatorSetId,
  type TensorProto,
  type ValueInfoProto,
} from "./proto.ts";

/** A model file. Equal models give equal bytes. */
export const encodeModel = (model: ModelProto): Uint8Array => joinBytes(modelPieces(model));

/** A tensor by itself: `input_0.pb`. */
export const encodeTensor = (tensor: TensorProto): Uint8Array => joinBytes(tensorPieces(tensor));

/** A model file in pieces, in order. */
export function modelPieces(model: ModelProto): Uint8Array[] {
  const head = fields((pbf) => {
    pbf.writeVarintField(1, model.irVersion);
    text(pbf, 2, model.producerName);
    text(pbf, 3, model.producerVersion);
  });
  const tail = fields((pbf) => {
    for (const opset of model.opsets) pbf.writeMessage(8, writeOpset, opset);
    for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry);
  });
  return [head, ...nested(7, graphPieces(model.graph)), tail];
}

function graphPieces(graph: GraphProto): Uint8Array[] {
  const { name, nodes, initializers, inputs, outputs, valueInfo = [] } = graph;
  const head = fields((pbf) => {
    for (const node of nodes) pbf.writeMessage(1, writeNode, node);
    text(pbf, 2, name);
  });
  const tensors = initializers.flatMap((tensor) => nested(5, tensorPieces(tensor)));
  const tail = fields((pbf) => {
    for (const info of inputs) pbf.writeMessage(11, writeValueInfo, info);
    for (const info of outputs) pbf.writeMessage(12, writeValueInfo, info);
    for (const info of valueInfo) pbf.writeMessage(13, writeValueInfo, info);
  });
  return [head, ...tensors, tail];
}

function tensorPieces({ name, dims, type, data, external }: TensorProto): Uint8Array[] {
  const head = fields((pbf) => {
    pbf.writePackedVarint(1, [...dims]);
    pbf.writeVarintField(2, DATA_TYPES[type]);
    text(pbf, 8, name);
    if (external) writeExternal(external, pbf);
  });
  if (!data || external) return [head];
  return [head, ...nested(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])];
}

function writeExternal({ location, offset, length }: ExternalData, pbf: PbfWriter): void {
  const entries = Object.entries({ location, offset, length });
  for (const [key, value] of entries) {
    if (value !== undefined) pbf.writeMessage(13, writeEntry, [key, String(value)]);
  }
  pbf.writeVarintField(14, 1);
}

/** Fields that are small enough to be copied. */
function fields(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}

/** A message, or bytes, under a field number. */
function nested(tag: number, pieces: readonly Uint8Array[]): Uint8Array[] {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = fields((pbf) => {
    pbf.writeTag(tag, 2);
    pbf.writeVarint(length);
  });
  return [head, ...pieces];
}

function text(pbf: PbfWriter, tag: number, value: string | undefined): void {
  if (value) pbf.writeStringField(tag, value);
}

function writeOpset({ domain, version }: OperatorSetId, pbf: PbfWriter): void {
  text(pbf, 1, domain);
  pbf.writeVarintField(2, version);
}

/** StringStringEntryProto. */
function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeNode(node: NodeProto, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  text(pbf, 3, node.name);
  pbf.writeStringField(4, node.opType);
  for (const attribute of node.attributes) pbf.writeMessage(5, writeAttribute, attribute);
  text(pbf, 7, node.domain);
}

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

function writeAttribute(attribute: AttributeProto, pbf: PbfWriter): void {
  if (attribute.type === "other") return;
  pbf.writeStringField(1, attribute.name);
  if (attribute.type === "float") pbf.writeFloatField(2, attribute.value);
  if (attribute.type === "int") pbf.writeVarintField(3, int64(attribute.value));
  if (attribute.type === "string") pbf.writeStringField(4, attribute.value);
  if (attribute.type === "tensor") pbf.writeBytesField(5, encodeTensor(attribute.value));
  if (attribute.type === "floats") pbf.writePackedFloat(7, [...attribute.value]);
  if (attribute.type === "ints") pbf.writePackedVarint(8, attribute.value.map(int64));
  if (attribute.type === "strings") {
    for (const value of attribute.value) pbf.writeStringField(9, value);
  }
  pbf.writeVarintField(20, ATTRIBUTE_TYPES[attribute.type]);
}

/** "To the end" is 2⁶³ − 1, which as a double is 2⁶³ and would be written as −2⁶³. */
const int64 = (value: number): number => Math.min(value, 2 ** 63 - 1024);

function writeValueInfo({ name, type, shape }: ValueInfoProto, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (type) pbf.writeMessage(2, writeType, { type, shape });
}

type TensorType = Required<Pick<ValueInfoProto, "type">> & Pick<ValueInfoProto, "shape">;

/** TypeProto of a tensor. */
function writeType(of: TensorType, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, of);
}

function writeTensorType({ type, shape }: TensorType, pbf: PbfWriter): void {
  pbf.writeVarintField(1, DATA_TYPES[type]);
  if (shape) pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly (number | string)[], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeDimension, size);
}

function writeDimension(size: number | string, pbf: PbfWriter): void {
  if (typeof size === "number") pbf.writeVarintField(1, size);
  else text(pbf, 2, size);
}
