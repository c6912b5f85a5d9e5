/** The work on some pictures of a batch: decoded, transformed and written into it. A worker thread does it, or the caller's own. */
import { decodeImage } from "../image/decode-node.ts";
import type { Image } from "../image/image.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { type PictureSettings, pictureMaker, type Seen } from "./prepare-picture.ts";
import { readEncoded } from "./read-encoded-node.ts";

/** Plain data and shared memory. */
export interface PictureTask {
  /** capacity×C×H×W. */
  readonly images: Float32Array;
  /** Where the first picture is written; the others follow it. */
  readonly at: number;
  readonly pictures: readonly TaskPicture[];
  /** Decoded pictures are wanted back for the next epoch. */
  readonly keep: boolean;
}

export interface TaskPicture {
  readonly file: EncodedImage;
  /** Decoded before. */
  readonly base?: Image;
  readonly seen: Seen;
}

/** What was decoded, in memory that threads share; undefined for pictures that came decoded, and for all where none is wanted. */
export type Decoded = readonly (Image | undefined)[];

export type PictureWork = (task: PictureTask) => Promise<Decoded>;

export const decodeFile = async (file: EncodedImage): Promise<Image> =>
  decodeImage(await readEncoded(file), file.name);

export async function pictureWork(settings: PictureSettings): Promise<PictureWork> {
  const maker = await pictureMaker(settings);
  const { channels, height, width } = settings.preprocessing;
  const size = channels * height * width;
  const baseOf = async ({ file, base }: TaskPicture): Promise<Image> =>
    base ?? maker.base(await decodeFile(file));
  return async ({ images, at, pictures, keep }) => {
    const decoded: (Image | undefined)[] = [];
    // The next picture is decoded by a thread of libuv's while this one is transformed here.
    let next = baseOf(pictures[0]);
    for (const [i, { base: known, seen }] of pictures.entries()) {
      const base = await next;
      if (i + 1 < pictures.length) {
        next = baseOf(pictures[i + 1]);
        // Told in the next turn, or not at all when this picture fails.
        next.catch(() => {});
      }
      maker.write(base, seen, images, (at + i) * size);
      decoded.push(keep && !known ? { ...base, data: shared(base.data) } : undefined);
    }
    return decoded;
  };
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
