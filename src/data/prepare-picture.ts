/**
 * From a picture as it was decoded to the numbers of a batch: channels and size, transforms, then mean and deviation. A transform
 * that chooses the size looks at the whole picture, as torchvision's do; all others at one that has the network's size.
 */
import { makeTransform, type TransformSettings } from "../augment/settings.ts";
import { transformed } from "../augment/transform.ts";
import { type Key, Random, threefry } from "../core/random.ts";
import { toChannels } from "../image/colour.ts";
import type { Image } from "../image/image.ts";
import { fitImage } from "../image/preprocess.ts";
import { byteTable, type Preprocessing, sourceChannel } from "../image/preprocessing.ts";

export interface PictureMaker {
  /** What is the same in every epoch. */
  base(decoded: Image): Image;
  /** Writes C×H×W numbers from `at` on. */
  write(base: Image, key: Key, to: Float32Array, at: number): void;
}

export interface PictureSettings {
  readonly preprocessing: Preprocessing;
  readonly augmentation: readonly TransformSettings[];
}

const SIZING: readonly string[] = [
  ...["resize", "centerCrop", "randomResizedCrop", "randomResize", "randomShortestSize"],
  ...["scaleJitter", "randomIoUCrop", "randomIouCrop", "randomZoomOut"],
];

/** A crop out of a padded picture leaves the size as it is. */
const choosesSize = ({ name, padding }: TransformSettings): boolean =>
  SIZING.includes(name) || (name === "randomCrop" && padding === undefined);

/** Throws for transforms that there are not. */
export async function pictureMaker(settings: PictureSettings): Promise<PictureMaker> {
  const { preprocessing, augmentation } = settings;
  const { channels, height, width } = preprocessing;
  const transform =
    augmentation.length > 0 ? await makeTransform(augmentation, [height, width]) : undefined;
  const isWhole = augmentation.some(choosesSize);
  const { cropPct: _, ...whole } = preprocessing;
  const isFit = (image: Image) => image.height === height && image.width === width;
  const writePicture = pictureWriter(preprocessing);
  return {
    base: (decoded) => (isWhole ? toChannels(decoded, channels) : fitImage(decoded, preprocessing)),
    write(base, key, to, at) {
      const { image } = transform ? transformed(transform, { image: base }, key) : { image: base };
      writePicture(isFit(image) ? image : fitImage(image, whole), to, at);
    },
  };
}

/** Writes a picture of the network's size as C×H×W numbers. */
function pictureWriter(how: Preprocessing): (image: Image, to: Float32Array, at: number) => void {
  const { channels, height, width } = how;
  const pixels = height * width;
  const tables = Array.from({ length: channels }, (_, c) => byteTable(how, c));
  return ({ data }, to, at) => {
    for (const [c, table] of tables.entries()) {
      const plane = at + c * pixels;
      for (let p = 0, from = sourceChannel(how, c); p < pixels; p++, from += channels) {
        to[plane + p] = table[data[from]];
      }
    }
  };
}

/** The key of what a picture looks like; a picture that is drawn several times in an epoch is told apart by its place there. */
export function pictureKeys(
  seed: number,
  isDrawn: boolean,
): (epoch: number, picture: number, place: number) => Key {
  const { key } = new Random(seed, "augment");
  return (epoch, picture, place) => threefry(key, epoch, isDrawn ? place : picture);
}
