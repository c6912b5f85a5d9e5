/**
 * From a picture as it was decoded to the numbers of a batch: channels and size, transforms, then mean and deviation. A transform
 * that chooses the size looks at the whole picture, as torchvision's do; all others at one that has the network's size.
 */
import { makeTransform, type TransformSettings } from "../augment/settings.ts";
import { type Sample, transformed } from "../augment/transform.ts";
import { type Key, Random, threefry } from "../core/random.ts";
import { toChannels } from "../image/colour.ts";
import type { Image } from "../image/image.ts";
import { fitImage, pictureWriter } from "../image/preprocess.ts";
import { type Preprocessing, sourceChannels } from "../image/preprocessing.ts";
import type { Buffers } from "./batches.ts";

/** A picture, and a class for each of its pixels where it is segmented. */
export type Picture = Pick<Sample, "image" | "mask">;

export interface PictureMaker {
  /** What is the same in every epoch. */
  base(decoded: Picture): Picture;
  /** Writes C×H×W numbers as picture `at` of a batch, and H×W class numbers beside it. */
  write(base: Picture, seen: Seen, batch: Buffers, at: number): void;
}

/** What decides how a picture looks this time. */
export interface Seen {
  readonly key: Key;
  /** One more with every epoch, from 0 or 1 on: see `Sample`. */
  readonly turn: number;
}

export interface PictureSettings {
  readonly preprocessing: Preprocessing;
  readonly augmentation: readonly TransformSettings[];
}

const SIZING: readonly string[] = [
  ...["resize", "centerCrop", "randomResizedCrop", "randomResize", "randomShortestSize"],
  ...["scaleJitter", "randomIoUCrop", "randomZoomOut"],
];

/** A crop out of a padded picture leaves the size as it is. Some transforms are made of others. */
const choosesSize = ({ name, padding, transforms = [] }: TransformSettings): boolean =>
  SIZING.includes(name) ||
  (name === "randomCrop" && padding === undefined) ||
  (transforms as readonly TransformSettings[]).some(choosesSize);

/** Throws for transforms that there are not. */
export async function pictureMaker(settings: PictureSettings): Promise<PictureMaker> {
  const { preprocessing, augmentation } = settings;
  const { height, width } = preprocessing;
  const channels = sourceChannels(preprocessing);
  const transform =
    augmentation.length > 0 ? await makeTransform(augmentation, [height, width]) : undefined;
  const isWhole = augmentation.some(choosesSize);
  const { cropPct: _, ...whole } = preprocessing;
  const isFit = (image: Image) => image.height === height && image.width === width;
  const writePicture = pictureWriter(preprocessing);
  const pixels = height * width;
  return {
    base: ({ image, mask }) => {
      if (isWhole) return { image: toChannels(image, channels), mask };
      return { image: fitImage(image, preprocessing), mask: mask && fitMask(mask, preprocessing) };
    },
    write(base, { key, turn }, { images, labels }, at) {
      const { image, mask } = transform ? transformed(transform, { ...base, turn }, key) : base;
      const fits = isFit(image);
      const numbers = preprocessing.channels * pixels;
      writePicture(fits ? image : fitImage(image, whole), images, at * numbers);
      if (mask) labels.set((fits ? mask : fitMask(mask, whole)).data, at * pixels);
    },
  };
}

/** As its picture, but never a class between two others. */
const fitMask = (mask: Image, how: Pick<Preprocessing, "height" | "width" | "fit" | "cropPct">) =>
  fitImage(mask, { ...how, channels: 1, interpolation: "nearest", representation: undefined });

/** How a picture is seen in an epoch; one that is drawn several times is told apart by its place there. */
export function seenPictures(
  seed: number,
  isDrawn: boolean,
): (epoch: number, picture: number, place: number) => Seen {
  const { key } = new Random(seed, "augment");
  const first = new Random(seed, "turn").key;
  return (epoch, picture, place) => ({
    key: threefry(key, epoch, isDrawn ? place : picture),
    turn: epoch + (threefry(first, picture, 0)[0] >>> 31),
  });
}
