/** Networks as .onnx files on disk, with large values in `<file>.data` beside them. */
import { basename } from "node:path";
import type { Tensor } from "../../graph/tensor.ts";
import type { Module } from "../../nn/module.ts";
import { writeFileAtomic } from "../atomic-write-node.ts";
import type { ExportOptions } from "./export.ts";

/** Writes `net` to `path`; returns the paths of the files written. See `exportOnnx` for the options. */
export async function writeOnnx(
  path: string,
  net: Module<readonly Tensor[]>,
  options: Omit<ExportOptions, "location">,
): Promise<string[]> {
  // Only whoever writes such a file loads what writes it.
  const { exportOnnx } = await import("./export.ts");
  const location = `${basename(path)}.data`;
  const { model, external } = exportOnnx(net, { ...options, location });
  if (!external) {
    await writeFileAtomic(path, model);
    return [path];
  }
  // The model last: while it is there, so is what it names.
  const beside = `${path}.data`;
  await writeFileAtomic(beside, external.pieces());
  await writeFileAtomic(path, model);
  return [path, beside];
}
