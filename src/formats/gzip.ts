/**
 * Gzip through the platform's own DecompressionStream, so that the same code serves Node and browsers.
 * The stream is read piece by piece under a limit: a small file that would unpack to terabytes is refused
 * after `limit` bytes, not after the memory is gone.
 */
import { ConvkitError } from "../core/error.ts";

/** RFC 1952: every gzip file starts with 1f 8b. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Four times the largest data set that is trained on in memory (CIFAR-10's files are 184 MB together). */
export const GUNZIP_LIMIT = 2 ** 30;

/** Unpacks gzip; bytes that are not gzip come back as they are. */
export async function gunzip(
  bytes: Uint8Array,
  file: string,
  limit: number = GUNZIP_LIMIT,
): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  return unpack("gzip", bytes, file, limit);
}

/** Unpacks a zlib stream (RFC 1950), of which MATLAB's files are made. */
export const unzlib = (bytes: Uint8Array, file: string, limit: number): Promise<Uint8Array> =>
  unpack("deflate", bytes, file, limit);

/** Names of formats as DecompressionStream has them. */
async function unpack(
  format: "gzip" | "deflate",
  bytes: Uint8Array,
  file: string,
  limit: number,
): Promise<Uint8Array> {
  const kind = format === "gzip" ? "gzip" : "zlib";
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream(format)).getReader();
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new ConvkitError(
        kind,
        `${file}: truncated or damaged ${kind} data (${bytes.length} bytes) — copy or download it again`,
        { cause },
      );
    });
    if (done) break;
    total += value.length;
    if (total > limit) {
      await reader.cancel().catch(() => {});
      throw new ConvkitError(
        kind,
        `${file}: unpacks to more than ${limit} bytes — is it the file you meant? Unpack it by hand`,
      );
    }
    pieces.push(value);
  }
  return concat(pieces, total);
}

/** Packs bytes, for tests and for writing small data sets. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const packed = new Response(plain.pipeThrough(new CompressionStream("gzip")));
  return new Uint8Array(await packed.arrayBuffer());
}

function concat(pieces: readonly Uint8Array[], total: number): Uint8Array {
  const all = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
