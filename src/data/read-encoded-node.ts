/** The bytes of an image file wherever it lies: a file, a range of an archive, packed or not, or memory that threads share. */
import { open, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, inflateRaw } from "node:zlib";
import { ConvkitError } from "../core/error.ts";
import { readError } from "../formats/file-error-node.ts";
import type { EncodedImage } from "./encoded-image.ts";

const inflate = /* @__PURE__ */ promisify(inflateRaw);

/** Larger than any picture that is decoded, and small beside the memory. */
const FILE_LIMIT = 2 ** 29;

/** The whole file, unpacked. Throws a ConvkitError that names it. */
export async function readEncoded(image: EncodedImage): Promise<Uint8Array> {
  const { name, inflatedLength } = image;
  const size = Math.max(await encodedSize(image), inflatedLength ?? 0);
  if (size > FILE_LIMIT) {
    throw new ConvkitError("image", `${name}: ${size} bytes are no picture's — remove it`);
  }
  const bytes = await readRange(image, Number.POSITIVE_INFINITY);
  if (inflatedLength === undefined) return bytes;
  try {
    const unpacked = await inflate(bytes, { maxOutputLength: Math.max(1, inflatedLength) });
    if (unpacked.length !== inflatedLength) throw new Error(`${unpacked.length} bytes`);
    return unpacked;
  } catch (cause) {
    throw new ConvkitError(
      "zip",
      `${name}: does not unpack to the ${inflatedLength} bytes claimed — the archive is damaged; copy it again`,
      { cause },
    );
  }
}

/** The first bytes of the file, unpacked, as many as there are up to `length`; enough to tell formats apart. */
export async function readHead(image: EncodedImage, length: number): Promise<Uint8Array> {
  if (image.inflatedLength === undefined) return readRange(image, length);
  // Packed data gives its first bytes before it is whole; the headers of a block take some hundred.
  const bytes = await readRange(image, length + 1024);
  try {
    return (await inflate(bytes, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(0, length);
  } catch (cause) {
    const fact = "its packed data is damaged — copy the archive again";
    throw new ConvkitError("zip", `${image.name}: ${fact}`, { cause });
  }
}

/** Bytes that the file takes where it lies, packed if it is. */
export async function encodedSize({
  path,
  buffer,
  offset = 0,
  length,
}: EncodedImage): Promise<number> {
  if (length !== undefined) return length;
  if (buffer) return buffer.byteLength - offset;
  try {
    return (await stat(path as string)).size - offset;
  } catch (cause) {
    throw readError(path as string, cause);
  }
}

async function readRange(image: EncodedImage, most: number): Promise<Uint8Array> {
  const { name, path, buffer, offset = 0 } = image;
  const length = Math.min(most, await encodedSize(image));
  if (buffer) return new Uint8Array(buffer, offset, length);
  const bytes = new Uint8Array(length);
  try {
    const file = await open(path as string, "r");
    try {
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) {
          throw new ConvkitError("read", `${name}: ends early, it changed meanwhile — start again`);
        }
        done += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw readError(path as string, cause);
  }
  return bytes;
}
