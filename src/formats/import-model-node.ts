/** Model files with what lies beside them: `.onnx` with external data, `model.json` of TensorFlow.js with its files of weights. */
import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { ConvkitError } from "../core/error.ts";
import type { Shape } from "../core/shape.ts";
import type { ImportedModel } from "./imported-model.ts";
import { readBytes } from "./read-file-node.ts";

export interface ImportModelOptions {
  /** C×H×W of one image, where the file leaves sizes open. */
  readonly inputShape?: Shape;
  /** Gives the last layer with weights so many outputs and initial values. */
  readonly classes?: number;
  /** Leaves a final softmax out; false by default. */
  readonly logits?: boolean;
}

/** Whether the name is one of a model file of others. */
export const isModelFile = (file: string): boolean => /\.(onnx|json)$/i.test(file);

/** The network of an .onnx file or a model.json with the values beside it; throws where these lie outside the model's folder. */
export async function importModel(
  file: string,
  options: ImportModelOptions = {},
): Promise<ImportedModel> {
  const bytes = await readBytes(file);
  const beside = async (location: string) => readBytes(await pathBeside(file, location));
  if (/\.json$/i.test(file)) {
    const { importLayersModel } = await import("./layers-model/index.ts");
    return importLayersModel(bytes, { file, shard: beside, ...options });
  }
  const { importOnnx } = await import("./onnx/index.ts");
  return importOnnx(bytes, { file, external: beside, ...options });
}

/**
 * A file that a model names, which must lie in the model's folder. Links are followed: what a link leads to must lie there, or
 * beside what the model itself is a link to, as in stores that keep every file of a model as one.
 */
async function pathBeside(file: string, location: string): Promise<string> {
  const path = join(dirname(resolve(file)), location);
  const real = (of: string) => realpath(of).catch(() => of);
  const [folder, home, target] = await Promise.all([
    real(dirname(resolve(file))),
    real(resolve(file)).then(dirname),
    real(path),
  ]);
  if (
    isInside(dirname(resolve(file)), path) &&
    (isInside(folder, target) || isInside(home, target))
  )
    return path;
  throw new ConvkitError(
    "model",
    `${file}: names the file ${location}, which is not in its folder — move it there, or save the model anew`,
  );
}

function isInside(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== "" && !steps.startsWith("..") && !isAbsolute(steps);
}
