/** safetensors on disk, tensor by tensor in both directions: neither takes more memory than the largest tensor. */
import { writeFileAtomic } from "./atomic-write-node.ts";
import { fileSource } from "./file-source-node.ts";
import { openSafetensors } from "./safetensors/read-safetensors.ts";
import { type SafeEntry, safetensorsPieces } from "./safetensors/write-safetensors.ts";
import type { StoredTensors } from "./stored-tensors.ts";

/** The file's header; each tensor is read from the file when it is asked for. */
export const readSafetensors = async (file: string): Promise<StoredTensors> =>
  openSafetensors(await fileSource(file));

/** Writes the tensors in the order given; the file is whole or it is not there. */
export const writeSafetensors = (
  file: string,
  entries: readonly SafeEntry[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> => writeFileAtomic(file, safetensorsPieces(entries, metadata));
