/** File formats: bytes in, values out, nothing of Node. Reading and writing files: `node.ts`. */
export * from "./byte-source.ts";
export * from "./cifar.ts";
export * from "./gzip.ts";
export * from "./half.ts";
export * from "./idx.ts";
export * from "./npy.ts";
export * from "./safetensors/index.ts";
export * from "./stored-tensors.ts";
