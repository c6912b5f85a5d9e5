/** Every ONNX operator that convkit can express, by ONNX's name. */
import type { Operator } from "../call.ts";
import { convolution } from "./convolution.ts";
import { einsum } from "./einsum.ts";
import { elementwise } from "./elementwise.ts";
import { movement } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { products } from "./product.ts";
import { reductions } from "./reduction.ts";
import { resizing } from "./resize.ts";

export const operators: Readonly<Record<string, Operator>> = {
  ...convolution,
  ...pooling,
  ...normalization,
  ...products,
  Einsum: einsum,
  ...elementwise,
  ...reductions,
  ...movement,
  ...resizing,
};
