/**
 * PyTorch's files of weights (`.pth`, `.pt`, `.th`, `.bin`), both forms that torch.save ever wrote, read without Python and
 * without running anything that the file says. Tensors are read from their storages when they are asked for.
 */
import { ConvkitError } from "../../core/error.ts";
import type { ByteSource } from "../byte-source.ts";
import type { StoredTensor, StoredTensors } from "../stored-tensors.ts";
import { isZip } from "../zip/open-zip.ts";
import { isLegacyForm, readLegacyForm } from "./read-legacy-form.ts";
import { readZipForm } from "./read-zip-form.ts";
import { readTensor } from "./tensor-values.ts";
import { findTensors } from "./unwrap.ts";

/**
 * The tensors of the state dict that the file holds, under their names there. Throws for files of anything else, and for pickles
 * that name what no state dict needs.
 */
export async function openPytorch(source: ByteSource): Promise<StoredTensors> {
  const { name: file } = source;
  const { value, storage } = await readForm(source);
  const { tensors: found, notes } = findTensors(value, file);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of found) {
    const { shape, storage: stored } = tensor;
    const read = async () => readTensor(tensor, await storage(stored), `${file}: ${name}`);
    tensors.set(name, { type: stored.type, shape, read });
  }
  return { file, format: "pytorch", tensors, metadata: {}, notes };
}

async function readForm(source: ByteSource) {
  const head = await source.read(0, Math.min(16, source.size));
  if (isZip(head)) return readZipForm(source);
  if (isLegacyForm(head)) return readLegacyForm(source);
  throw new ConvkitError(
    "pytorch",
    `${source.name}: is no file of torch.save (${source.size} bytes) — ` +
      "in Python, torch.save(model.state_dict(), file)",
  );
}
