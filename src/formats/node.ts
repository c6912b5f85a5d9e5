/** The part of `formats` that touches files. */
export { makeFolder, removeLeftovers, writeFileAtomic } from "./atomic-write-node.ts";
export { readError, writeError } from "./file-error-node.ts";
export { fileSource } from "./file-source-node.ts";
export { type ImportModelOptions, importModel } from "./import-model-node.ts";
export { writeOnnx } from "./onnx/write-onnx-node.ts";
export { readBytes, readFolder, readUnpacked } from "./read-file-node.ts";
export { readSafetensors, writeSafetensors } from "./safetensors-node.ts";
export {
  copyStateDict,
  readStateDict,
  type WriteStateDictOptions,
  writeStateDict,
} from "./state-dict-node.ts";
export { EventFile, removeEventFiles } from "./tensorboard/event-file-node.ts";
