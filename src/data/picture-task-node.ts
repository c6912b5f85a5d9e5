/** The work on some pictures of a batch: decoded, transformed and written into it. A worker thread does it, or the caller's own. */
import { decodeImage } from "../image/decode-node.ts";
import type { Image } from "../image/image.ts";
import { decodeMask } from "../image/mask-node.ts";
import type { EncodedImage } from "./encoded-image.ts";
import { type Picture, type PictureSettings, pictureMaker, type Seen } from "./prepare-picture.ts";
import { readEncoded } from "./read-encoded-node.ts";

/** Plain data and shared memory. */
export interface PictureTask {
  /** capacity×C×H×W. */
  readonly images: Float32Array;
  /** capacity×H×W, or what pictures without masks have in its place. */
  readonly labels: Int32Array;
  /** Where the first picture is written; the others follow it. */
  readonly at: number;
  readonly pictures: readonly TaskPicture[];
  /** Decoded pictures are wanted back for the next epoch. */
  readonly keep: boolean;
}

export interface TaskPicture {
  readonly file: EncodedImage;
  readonly mask?: EncodedImage;
  /** Decoded before. */
  readonly base?: Picture;
  readonly seen: Seen;
}

/** What was decoded, in memory that threads share; undefined for pictures that came decoded, and for all where none is wanted. */
export type Decoded = readonly (Picture | undefined)[];

export type PictureWork = (task: PictureTask) => Promise<Decoded>;

export const decodeFile = async (file: EncodedImage): Promise<Image> =>
  decodeImage(await readEncoded(file), file.name);

/** Class numbers; `classes` says which each number of the file is, see `StoredDataset`. */
export async function decodeMaskFile(file: EncodedImage, classes?: Uint8Array): Promise<Image> {
  const mask = await decodeMask(await readEncoded(file), file.name);
  return classes ? { ...mask, data: mask.data.map((number) => classes[number]) } : mask;
}

export interface PictureWorkSettings extends PictureSettings {
  readonly maskClasses?: Uint8Array;
}

export async function pictureWork(settings: PictureWorkSettings): Promise<PictureWork> {
  const maker = await pictureMaker(settings);
  const baseOf = async ({ file, mask, base }: TaskPicture): Promise<Picture> =>
    base ??
    maker.base({
      image: await decodeFile(file),
      mask: mask && (await decodeMaskFile(mask, settings.maskClasses)),
    });
  return async ({ images, labels, at, pictures, keep }) => {
    const decoded: (Picture | undefined)[] = [];
    // The next picture is decoded by a thread of libuv's while this one is transformed here.
    let next = baseOf(pictures[0]);
    for (const [i, { base: known, seen }] of pictures.entries()) {
      const base = await next;
      if (i + 1 < pictures.length) {
        next = baseOf(pictures[i + 1]);
        // Told in the next turn, or not at all when this picture fails.
        next.catch(() => {});
      }
      maker.write(base, seen, { images, labels }, at + i);
      decoded.push(keep && !known ? shared(base) : undefined);
    }
    return decoded;
  };
}

const shared = ({ image, mask }: Picture): Picture => ({
  image: sharedImage(image),
  ...(mask && { mask: sharedImage(mask) }),
});

function sharedImage(image: Image): Image {
  const data = new Uint8Array(new SharedArrayBuffer(image.data.length));
  data.set(image.data);
  return { ...image, data };
}
