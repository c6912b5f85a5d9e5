/** Opens what `parseSource` named: the data set to train on and the one to test with. */
import { ConvkitError } from "../core/error.ts";
import { readFolder } from "../formats/read-file-node.ts";
import { isCifarFile, openCifar10 } from "./cifar10-node.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { type FolderOptions, openFolder } from "./folder-node.ts";
import { glyphs } from "./glyphs.ts";
import { isMnistFile, openMnist } from "./mnist-node.ts";
import { parseSource } from "./source.ts";

export async function openData(
  text: string,
  options: FolderOptions = {},
): Promise<DatasetPair<ArrayDataset>> {
  const source = parseSource(text);
  switch (source.kind) {
    case "glyphs":
      return glyphs(source.options);
    case "cifar10":
      return openCifar10(source.path);
    case "folder":
      await refuseKnownFiles(source.path);
      return openFolder(source.path, options);
    default:
      return openMnist(source.path, source.kind);
  }
}

/** A plain folder that holds a published data set wants its name in front. */
async function refuseKnownFiles(path: string): Promise<void> {
  const { files } = await readFolder(path);
  const kind = files.some(isMnistFile) ? "mnist" : files.some(isCifarFile) ? "cifar10" : undefined;
  if (kind)
    throw new ConvkitError("data", `${path}: holds the files of ${kind} — write ${kind}:${path}`);
}
