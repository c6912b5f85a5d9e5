/** What kind of image a file is, told by its first bytes whatever its name says, and what is said of files that cannot be read. */
import { ConvkitError } from "../core/error.ts";

export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "avif" | "tiff" | "bmp";

/**
 * Beyond this a header is taken for a lie, not for a picture, and nothing is allocated: twice 2^28 / 3 pixels, at which Pillow
 * speaks of a decompression bomb.
 */
export const PIXEL_LIMIT = 178_956_970;

// A dot stands for any byte.
const magic: readonly (readonly [RegExp, ImageFormat])[] = [
  [/^\xff\xd8\xff/, "jpeg"],
  [/^\x89PNG\r\n.\n/, "png"],
  [/^RIFF....WEBP/s, "webp"],
  [/^GIF8[79]a/, "gif"],
  [/^....ftyp(?:avif|avis|....(?:....)*?(?:avif|avis))/s, "avif"],
  [/^(?:II[*+]\0|MM\0[*+])/, "tiff"],
  [/^BM/, "bmp"],
];

export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return magic.find(([pattern]) => pattern.test(start))?.[1];
}

/** The format, where the file is one that can be read. */
export function checkedFormat(bytes: Uint8Array, file: string): ImageFormat {
  if (bytes.length === 0) throw fault(file, "the file is empty — copy it again or remove it");
  const format = imageFormat(bytes);
  if (format) return format;
  const fact = `not an image that can be read (${bytes.length} bytes)`;
  throw fault(file, `${fact} — use PNG, JPEG or WebP, or remove it`);
}

export const tooLarge = (file: string, cause?: unknown): ConvkitError =>
  fault(
    file,
    `its header claims more than ${PIXEL_LIMIT} pixels — make it smaller or check the file`,
    cause,
  );

/** `reason` is in the words of what failed. */
export const damaged = (file: string, reason: string, cause?: unknown): ConvkitError =>
  fault(file, `truncated or damaged image (${reason}) — copy it again or remove it`, cause);

/** What sharp threw, in our words. */
export function decodingFault(file: string, cause: unknown): ConvkitError {
  const reason = String(cause instanceof Error ? cause.message : cause).split("\n")[0];
  return /pixel limit/i.test(reason) ? tooLarge(file, cause) : damaged(file, reason, cause);
}

const fault = (file: string, text: string, cause?: unknown): ConvkitError =>
  new ConvkitError("image", `${file}: ${text}`, { cause });
