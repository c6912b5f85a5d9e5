/** safetensors, read and written in memory or piece by piece. On disk: `safetensors-node.ts`. */
export * from "./read-safetensors.ts";
export type { SafeData, SafeDType, SafeTensor } from "./safe-tensor.ts";
export * from "./write-safetensors.ts";
