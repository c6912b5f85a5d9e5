/** The operator tests of ONNX out of their archive: each a model of one or a few nodes, its inputs and its outputs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseTar } from "nanotar";
import { type OnnxModel, type OnnxTensor, readModel, readTensor } from "./model.ts";

const archive = join(import.meta.dirname, "../../../shared/data/onnx-node-tests.tar.gz");

export interface OnnxTest {
  /** `node/test_relu`. */
  readonly name: string;
  readonly model: OnnxModel;
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
}

/** The tests by name; undefined where the archive is not there. */
export function loadOnnxTests(): OnnxTest[] | undefined {
  if (!existsSync(archive)) return undefined;
  const files = new Map(
    parseTar(gunzipSync(readFileSync(archive))).map(({ name, data }) => [name, data]),
  );
  const tensors = (folder: string, kind: "input" | "output") => {
    const found: OnnxTensor[] = [];
    for (;;) {
      const bytes = files.get(`${folder}/test_data_set_0/${kind}_${found.length}.pb`);
      if (!bytes) return found;
      found.push(readTensor(bytes));
    }
  };
  return [...files].flatMap(([path, bytes]) => {
    const folder = path.replace(/\/model\.onnx$/, "");
    if (folder === path || !bytes) return [];
    const model = readModel(bytes);
    const [inputs, outputs] = [tensors(folder, "input"), tensors(folder, "output")];
    return [{ name: folder, model, inputs, outputs }];
  });
}
