import { describeExports } from "./onnx-models.ts";

describeExports(true);
