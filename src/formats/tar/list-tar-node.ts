/**
 * What a tar archive holds and where, so that its files are read by range and never unpacked. The archive is read through once, by
 * tar-stream (ustar, pax and GNU's long names).
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";
import { ConvkitError } from "../../core/error.ts";
import { entryName } from "../entry-name.ts";
import { codeOf, readError } from "../file-error-node.ts";
import { isGzip } from "../gzip.ts";

export interface TarEntry {
  readonly name: string;
  /** Of its bytes in the archive. */
  readonly offset: number;
  readonly size: number;
  /** Of entries that were asked for. */
  readonly bytes?: Uint8Array;
}

/** Bytes are read that many at a time. */
const STEP = 2 ** 20;
/** Larger entries are no text; their bytes are not kept. */
const KEEP_LIMIT = 2 ** 16;

/** The files in an archive by name, the last of equal names; links and folders are left out. `keep` asks for the bytes of small ones. */
export async function listTar(
  path: string,
  keep: (name: string) => boolean = () => false,
): Promise<Map<string, TarEntry>> {
  await refuseGzip(path);
  const entries = new Map<string, TarEntry>();
  const extractor = extract();
  extractor.on("entry", (header: Header & { byteOffset?: number }, stream, next) => {
    const pieces: Uint8Array[] = [];
    const { name: full, size = 0, byteOffset: offset = 0, type } = header;
    const isFile = type === "file" || type === "contiguous-file";
    const wanted = isFile && size <= KEEP_LIMIT && keep(full);
    stream.on("data", (piece) => {
      if (wanted) pieces.push(piece as Uint8Array);
    });
    stream.on("end", () => {
      try {
        const name = entryName(full, path);
        const bytes = wanted && { bytes: new Uint8Array(Buffer.concat(pieces)) };
        if (isFile) entries.set(name, { name, offset, size, ...bytes });
        next();
      } catch (error) {
        next(error as Error);
      }
    });
    stream.on("error", next);
  });
  try {
    await pipeline(createReadStream(path, { highWaterMark: STEP }), extractor);
  } catch (cause) {
    throw describe(path, cause);
  }
  return entries;
}

async function refuseGzip(path: string): Promise<void> {
  const head = new Uint8Array(2);
  try {
    const file = await open(path, "r");
    await file.read(head).finally(() => file.close());
  } catch (cause) {
    throw readError(path, cause);
  }
  if (isGzip(head)) {
    throw new ConvkitError(
      "tar",
      `${path}: is packed by gzip, so pictures in it cannot be read where they lie — run gunzip on it first`,
    );
  }
}

function describe(path: string, cause: unknown): ConvkitError {
  if (cause instanceof ConvkitError) return cause;
  if (codeOf(cause)) return readError(path, cause);
  const { message } = cause as Error;
  const fact = /end of data|premature/i.test(message)
    ? "ends in the middle of an entry, it is truncated"
    : /invalid|unknown|exceeds|format/i.test(message)
      ? "is no tar archive, or damaged"
      : message;
  return new ConvkitError("tar", `${path}: ${fact} — copy or download it again`, { cause });
}
