/** Losses: functions of symbolic tensors that give a scalar to differentiate. */
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { mse } from "./mse.ts";
export type { Reduction } from "./reduction.ts";
export { squaredError } from "./squared-error.ts";
