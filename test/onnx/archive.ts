/** The operator tests of ONNX out of their archive: each a model of one or a few nodes, its inputs and its outputs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseTar } from "nanotar";
import type { ModelProto, TensorProto } from "../../src/formats/onnx/proto.ts";
import { readModel, readTensor } from "../../src/formats/onnx/read-proto.ts";

const archive = join(import.meta.dirname, "../../../shared/data/onnx-node-tests.tar.gz");

export interface OnnxTest {
  /** `node/test_relu`. */
  readonly name: string;
  /** Of the .onnx file. */
  readonly bytes: Uint8Array;
  readonly model: ModelProto;
  readonly inputs: readonly TensorProto[];
  readonly outputs: readonly TensorProto[];
}

/** The tests by name; undefined where the archive is not there. */
export function loadOnnxTests(): OnnxTest[] | undefined {
  if (!existsSync(archive)) return undefined;
  const files = new Map(
    parseTar(gunzipSync(readFileSync(archive))).map(({ name, data }) => [name, data]),
  );
  const tensors = (folder: string, kind: "input" | "output") => {
    const found: TensorProto[] = [];
    for (;;) {
      const bytes = files.get(`${folder}/test_data_set_0/${kind}_${found.length}.pb`);
      if (!bytes) return found;
      found.push(readTensor(bytes));
    }
  };
  return [...files].flatMap(([path, bytes]) => {
    const folder = path.replace(/\/model\.onnx$/, "");
    if (folder === path || !bytes) return [];
    const [inputs, outputs] = [tensors(folder, "input"), tensors(folder, "output")];
    return [{ name: folder, bytes, model: readModel(bytes, path), inputs, outputs }];
  });
}
