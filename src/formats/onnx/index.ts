/** `convkit/onnx`: ONNX files, in and out. Apart from the rest as it needs a reader of protocol buffers. */
export * from "./proto.ts";
export { readModel, readTensor } from "./read-proto.ts";
export { encodeModel, encodeTensor, modelPieces } from "./write-proto.ts";
