/** Zip archives, written piece by piece and without packing: weights hardly shrink. Equal entries give equal bytes. */
import { Zip, ZipPassThrough } from "fflate";
import { ConvkitError } from "../../core/error.ts";

export interface ZipFile {
  readonly name: string;
  read(): Uint8Array | Promise<Uint8Array>;
}

/** Beyond, archives need 64-bit sizes, which are not written. */
const LIMIT = 2 ** 32 - 1;

/** The bytes of an archive; each file is read when its turn comes. */
export async function* zipPieces(files: Iterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    ready.push(piece);
  });
  let total = 0;
  for (const { name, read } of files) {
    const bytes = await read();
    total += bytes.length + 2 * name.length + 128;
    if (total > LIMIT) {
      throw new ConvkitError(
        "zip",
        `more than 4 GiB of values do not fit a zip archive — write .safetensors instead`,
      );
    }
    const file = new ZipPassThrough(name);
    file.mtime = new Date(1980, 0, 1);
    zip.add(file);
    file.push(bytes as Uint8Array<ArrayBuffer>, true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}
