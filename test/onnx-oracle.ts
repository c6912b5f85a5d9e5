/** ONNX Runtime (test/oracle, an install of its own), which exported files are run in. Undefined where it is not installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { DType } from "../src/core/dtype.ts";
import type { RefArray } from "../src/graph/op.ts";

const folder = join(import.meta.dirname, "oracle");

export const isOracleInstalled = existsSync(join(folder, "node_modules/onnxruntime-node"));
/** For names of tests that are skipped without it. */
export const missingOracle = isOracleInstalled
  ? ""
  : " — skipped, test/oracle/node_modules is missing: npm ci --ignore-scripts there";

type Values = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Values;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

interface Ort {
  readonly Tensor: new (type: string, data: Values, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: string | Uint8Array, options?: object): Promise<Session>;
  };
}

export interface Feed extends RefArray {
  readonly dtype?: DType;
}

/** A model in the runtime; `path` where values lie in a file beside it. Throws what the runtime says against it. */
export async function openOnnx(model: Uint8Array | string) {
  const ort = createRequire(join(folder, "package.json"))("onnxruntime-node") as Ort;
  // Errors only; on one thread, as the suite runs on all.
  const options = { logSeverityLevel: 3, intraOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(model, options);
  const tensorOf = ({ shape, data, dtype = "f32" }: Feed): OrtTensor => {
    if (dtype === "i32") return new ort.Tensor("int32", Int32Array.from(data), shape);
    if (dtype === "bool") return new ort.Tensor("bool", Uint8Array.from(data), shape);
    return new ort.Tensor("float32", Float32Array.from(data), shape);
  };
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    /** All outputs, of the inputs in order. */
    async run(...inputs: readonly Feed[]): Promise<RefArray[]> {
      const feeds = session.inputNames.map((name, i) => [name, tensorOf(inputs[i])] as const);
      const results = await session.run(Object.fromEntries(feeds));
      return session.outputNames.map((name) => {
        const { dims, data } = results[name];
        return { shape: dims, data: Float64Array.from(data, Number) };
      });
    },
    dispose: () => session.release(),
  };
}
