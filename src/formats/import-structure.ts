/** An imported network made again from its file without weights, which come from a state dict. Readers are loaded when needed. */
import type { Shape } from "../core/shape.ts";
import type { ImportedModel, ModelStructure } from "./imported-model.ts";

export interface ImportStructureOptions {
  readonly file?: string;
  readonly inputShape?: Shape;
  /** Leaves a final softmax out; false by default. */
  readonly logits?: boolean;
}

/** A network with zeros or initial values as its weights. */
export async function importStructure(
  { format, bytes }: ModelStructure,
  options: ImportStructureOptions = {},
): Promise<ImportedModel> {
  if (format === "onnx") {
    const { importOnnx } = await import("./onnx/index.ts");
    return importOnnx(bytes, options);
  }
  const { importLayersModel } = await import("./layers-model/index.ts");
  return importLayersModel(bytes, options);
}
