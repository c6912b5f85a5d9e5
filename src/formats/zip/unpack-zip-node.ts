/** Lays the files of a zip archive into a folder, without the folders that they lie in. */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { entryName } from "../entry-name.ts";
import { fileSource } from "../file-source-node.ts";
import { openZip } from "./open-zip.ts";

/** Names of the files that were written. */
export async function unpackZip(path: string, folder: string): Promise<string[]> {
  const entries = await openZip(await fileSource(path));
  const names: string[] = [];
  for (const entry of entries.values()) {
    const name = basename(entryName(entry.name, path));
    await writeFile(join(folder, name), await entry.read());
    names.push(name);
  }
  return names;
}
