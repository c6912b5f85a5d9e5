/**
 * A file on disk, read by range. It is opened anew for each read, so that there is nothing to close; a file that was
 * changed or replaced in between is refused, since ranges of the old one mean nothing in the new.
 */
import { open } from "node:fs/promises";
import { ConvkitError } from "../core/error.ts";
import type { ByteSource } from "./byte-source.ts";
import { readError } from "./file-error-node.ts";

/** Throws a ConvkitError where there is no such file. */
export async function fileSource(path: string): Promise<ByteSource> {
  const version = await withFile(path, (file) => versionOf(file));
  const read = (at: number, length: number) =>
    withFile(path, async (file) => {
      const now = await versionOf(file);
      if (now.id !== version.id) {
        throw new ConvkitError("read", `${path}: changed while it was read — read it again`);
      }
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        // The system reads at most 2 GiB at a time.
        const part = Math.min(length - done, 2 ** 30);
        const { bytesRead } = await file.read(bytes, done, part, at + done);
        if (bytesRead === 0) {
          throw new ConvkitError("read", `${path}: ends at byte ${at + done} — read it again`);
        }
        done += bytesRead;
      }
      return bytes;
    });
  return { name: path, size: version.size, read };
}

type File = Awaited<ReturnType<typeof open>>;

async function versionOf(file: File): Promise<{ size: number; id: string }> {
  const { dev, ino, size, mtimeMs } = await file.stat();
  return { size, id: `${dev} ${ino} ${size} ${mtimeMs}` };
}

async function withFile<T>(path: string, use: (file: File) => Promise<T>): Promise<T> {
  try {
    const file = await open(path, "r");
    return await use(file).finally(() => file.close());
  } catch (cause) {
    throw readError(path, cause);
  }
}
