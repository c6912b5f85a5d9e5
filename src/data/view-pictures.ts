/** Pictures as a training sees them, epoch by epoch, to be looked at: the bytes that its batches are made of. */
import type { TransformSettings } from "../augment/settings.ts";
import type { Image } from "../image/image.ts";
import type { Dataset } from "./dataset.ts";
import { preprocessingWith } from "./normalization.ts";
import { pictureAt } from "./picture-at.ts";
import { type PictureMaker, pictureMaker, seenPictures } from "./prepare-picture.ts";

export interface ViewOptions {
  readonly augmentation: readonly TransformSettings[];
  readonly seed?: number;
  /** From the first one on, 0. */
  readonly epochs: number;
}

/** A row a picture: at first without augmentation, then as it is in each epoch of a training with this data set and seed. */
export async function viewPictures(
  dataset: Dataset,
  pictures: readonly number[],
  { augmentation, seed = 0, epochs }: ViewOptions,
): Promise<Image[][]> {
  const [channels, height, width] = dataset.shape;
  const asBytes = { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  const preprocessing = { ...preprocessingWith(dataset, asBytes), scale: 1 };
  const [plain, maker] = await Promise.all(
    [[], augmentation].map((list) => pictureMaker({ preprocessing, augmentation: list })),
  );
  const seenOf = seenPictures(seed, false);
  const batch = {
    images: new Float32Array(channels * height * width),
    labels: new Int32Array(1),
  };
  const rows: Image[][] = [];
  for (const picture of pictures) {
    const image = await pictureAt(dataset, picture);
    const see = (by: PictureMaker, epoch: number): Image => {
      by.write(by.base({ image }), seenOf(epoch, picture, picture), batch, 0);
      return asImage(batch.images, dataset);
    };
    const views = Array.from({ length: epochs }, (_, epoch) => see(maker, epoch));
    rows.push([see(plain, 0), ...views]);
  }
  return rows;
}

/** C×H×W numbers on the scale of bytes, side by side. */
function asImage(planes: Float32Array, { shape: [channels, height, width] }: Dataset): Image {
  const pixels = height * width;
  const data = Uint8Array.from({ length: channels * pixels }, (_, i) =>
    Math.round(planes[(i % channels) * pixels + Math.floor(i / channels)]),
  );
  return { width, height, channels: channels as 1 | 3, data };
}
