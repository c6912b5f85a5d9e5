/**
 * Pictures in memory, transformed while a batch is filled. Flips and crops of padded pictures, which small pictures are trained
 * with most often, only say which byte goes where; all else makes pictures.
 */

import type { Corner } from "../augment/random-crop.ts";
import { makeTransform, type TransformSettings } from "../augment/settings.ts";
import type { Transform } from "../augment/transform.ts";
import { type Key, Random } from "../core/random.ts";
import { byteTable, sourceChannel } from "../image/preprocessing.ts";
import type { BatchOptions } from "./batches.ts";
import { type ArrayDataset, interleaved } from "./dataset.ts";
import { pictureKeys, pictureMaker } from "./prepare-picture.ts";

/** Writes the numbers of a picture from `at` on. */
export type PictureCopy = (
  to: Float32Array,
  at: number,
  picture: number,
  epoch: number,
  place: number,
) => void;

export async function augmentedCopy(
  dataset: ArrayDataset,
  options: BatchOptions,
): Promise<PictureCopy> {
  const { augmentation = [], sampler, seed = 0 } = options;
  const keyOf = pictureKeys(seed, sampler !== undefined);
  const move = options.size ? undefined : await movedCopy(dataset, options);
  if (move) {
    return (to, at, picture, epoch, place) => move(to, at, picture, keyOf(epoch, picture, place));
  }
  const [height, width] = options.size ?? dataset.shape.slice(1);
  const preprocessing = { ...options.preprocessing, height, width };
  const maker = await pictureMaker({ preprocessing, augmentation });
  return (to, at, picture, epoch, place) =>
    maker.write(interleaved(dataset, picture), keyOf(epoch, picture, place), to, at);
}

/** out(y, x) = in(y + down, x′ + along), where a flip mirrors x′; black where there is no such place. */
interface Move {
  flip: boolean;
  down: number;
  along: number;
}

type Step = (now: Move, key: Key) => void;

/** Undefined where there are other transforms than a flip and a crop of the pictures' own size. */
async function movedCopy(
  dataset: ArrayDataset,
  { augmentation = [], preprocessing }: BatchOptions,
): Promise<((to: Float32Array, at: number, picture: number, key: Key) => void) | undefined> {
  const [channels, height, width] = dataset.shape;
  const names = augmentation.map(({ name }) => name);
  if (new Set(names).size < names.length) return undefined;
  const steps: Step[] = [];
  for (const settings of augmentation) {
    const step = await stepOf(settings, height, width);
    if (!step) return undefined;
    steps.push(step);
  }
  const tables = Array.from({ length: channels }, (_, c) => byteTable(preprocessing, c));
  const bytes = dataset.images;
  return (to, at, picture, key) => {
    const move = { flip: false, down: 0, along: 0 };
    // A transform draws from the key that it has among the others, see `compose`.
    for (const [i, step] of steps.entries()) {
      step(move, steps.length === 1 ? key : Random.of(key).fork(i).key);
    }
    const { flip, down, along } = move;
    for (let c = 0, p = at; c < channels; c++) {
      const plane = (picture * channels + sourceChannel(preprocessing, c)) * height * width;
      const table = tables[c];
      for (let y = 0; y < height; y++) {
        const row = y + down;
        const isInside = row >= 0 && row < height;
        for (let x = 0; x < width; x++, p++) {
          const column = (flip ? width - 1 - x : x) + along;
          const isPixel = isInside && column >= 0 && column < width;
          to[p] = table[isPixel ? bytes[plane + row * width + column] : 0];
        }
      }
    }
  };
}

async function stepOf(
  settings: TransformSettings,
  height: number,
  width: number,
): Promise<Step | undefined> {
  const { name, size = [height, width], padding = 0, ...others } = settings;
  const scene = { height, width };
  if (name === "randomHorizontalFlip") {
    const flip = (await makeTransform([settings])) as Transform<boolean>;
    return (now, key) => {
      if (flip.draw(key, scene)) now.flip = !now.flip;
    };
  }
  const isShift =
    name === "randomCrop" &&
    String([size, size].flat().slice(0, 2)) === String([height, width]) &&
    typeof padding === "number" &&
    Object.keys(others).length === 0;
  if (!isShift) return undefined;
  const crop = (await makeTransform([{ ...settings, size }])) as Transform<Corner>;
  return (now, key) => {
    const { top, left } = crop.draw(key, scene);
    now.down = top - padding;
    now.along = now.flip ? padding - left : left - padding;
  };
}
