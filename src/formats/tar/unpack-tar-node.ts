/** Lays the files of a .tar.gz into a folder, without the folders that they lie in. */
import { createReadStream, createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { entryName } from "../entry-name.ts";

/** Names of the files that were written. Links and whatever else is no file is left out. */
export async function unpackTarGz(path: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  const extractor = extract();
  extractor.on("entry", (header, stream, next) => {
    if (header.type !== "file") {
      stream.on("end", next).resume();
      return;
    }
    const name = basename(entryName(header.name, path));
    names.push(name);
    pipeline(stream, createWriteStream(join(folder, name))).then(() => next(), next);
  });
  await pipeline(createReadStream(path), createGunzip(), extractor);
  return names;
}
