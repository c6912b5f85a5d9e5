/** Every ONNX operator that convkit can express, by ONNX's name. */
import type { Operator } from "../call.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { reduction } from "./reduction.ts";
import { resizing } from "./resize.ts";
import { shape } from "./shape.ts";

export const operators: Readonly<Record<string, Operator>> = {
  ...convolution,
  ...pooling,
  ...normalization,
  ...elementwise,
  ...reduction,
  ...shape,
  ...resizing,
};
