/** `convkit/onnx`: ONNX files, in and out. Apart from the rest as it needs a reader of protocol buffers. */
export {
  type ExportedModel,
  type ExportInput,
  type ExportOptions,
  exportOnnx,
} from "./export.ts";
export { importOnnx, type OnnxImportOptions } from "./import.ts";
export * from "./proto.ts";
export { readModel, readTensor } from "./read-proto.ts";
export type { ExternalFile } from "./write-external.ts";
export { encodeModel, encodeTensor, modelPieces } from "./write-proto.ts";
