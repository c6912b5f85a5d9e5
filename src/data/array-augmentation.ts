/**
 * Pictures in memory, transformed while a batch is filled. Flips and crops of padded pictures, which small pictures are trained
 * with most often, only say which byte goes where; all else makes pictures.
 */

import { type BorderOptions, checkedPadding, type Padding, padded } from "../augment/pad.ts";
import type { Corner } from "../augment/random-crop.ts";
import { makeTransform, type TransformSettings } from "../augment/settings.ts";
import { allPlaces, type Places } from "../augment/take.ts";
import type { Transform } from "../augment/transform.ts";
import { type Key, Random } from "../core/random.ts";
import { byteTable, sourceChannel } from "../image/preprocessing.ts";
import type { BatchOptions, Buffers } from "./batches.ts";
import { type ArrayDataset, residentMask } from "./dataset.ts";
import { interleaved } from "./picture-at.ts";
import { pictureMaker, type Seen, seenPictures } from "./prepare-picture.ts";

/** Writes a picture as number `at` of a batch. */
export type PictureCopy = (
  to: Buffers,
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
  const seenOf = seenPictures(seed, sampler !== undefined);
  const isMoved = !(options.size || dataset.representation || dataset.masks);
  const move = isMoved ? await movedCopy(dataset, options) : undefined;
  if (move) {
    return (to, at, picture, epoch, place) => move(to, at, picture, seenOf(epoch, picture, place));
  }
  const [height, width] = options.size ?? dataset.shape.slice(1);
  const preprocessing = { ...options.preprocessing, height, width };
  const maker = await pictureMaker({ preprocessing, augmentation });
  return (to, at, picture, epoch, place) => {
    const mask = dataset.masks && residentMask(dataset, picture);
    const base = { image: interleaved(dataset, picture), mask };
    maker.write(base, seenOf(epoch, picture, place), to, at);
  };
}

/** Where each row and column of a picture comes from; −1 where it is black. */
interface View {
  readonly rows: Places;
  readonly columns: Places;
}

type Step = (view: View, key: Key, turn: number) => View;

/** Undefined where there are other transforms than flips and crops of the pictures' own size. */
async function movedCopy(
  dataset: ArrayDataset,
  { augmentation = [], preprocessing }: BatchOptions,
): Promise<((to: Buffers, at: number, picture: number, seen: Seen) => void) | undefined> {
  const [channels, height, width] = dataset.shape;
  const steps: Step[] = [];
  for (const settings of augmentation) {
    const step = await stepOf(settings, height, width);
    if (!step) return undefined;
    steps.push(step);
  }
  const tables = Array.from({ length: channels }, (_, c) => byteTable(preprocessing, c));
  const bytes = dataset.images;
  const whole = { rows: allPlaces(height), columns: allPlaces(width) };
  return ({ images: to }, at, picture, { key, turn }) => {
    // A transform draws from the key that it has among the others, see `compose`.
    const { rows, columns } = steps.reduce(
      (view, step, i) => step(view, steps.length === 1 ? key : Random.of(key).fork(i).key, turn),
      whole,
    );
    for (let c = 0, p = at * channels * height * width; c < channels; c++) {
      const plane = (picture * channels + sourceChannel(preprocessing, c)) * height * width;
      const table = tables[c];
      for (let y = 0; y < height; y++) {
        const row = rows[y];
        const start = plane + row * width;
        for (let x = 0; x < width; x++, p++) {
          const column = columns[x];
          to[p] = table[row < 0 || column < 0 ? 0 : bytes[start + column]];
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
  const { name, size = [height, width], padding = 0, paddingMode, ...others } = settings;
  const scene = { height, width };
  if (name === "randomHorizontalFlip") {
    const flip = (await makeTransform([settings])) as Transform<boolean>;
    return ({ rows, columns }, key, turn) => ({
      rows,
      columns: flip.draw(key, { ...scene, turn }) ? columns.toReversed() : columns,
    });
  }
  const isShift =
    name === "randomCrop" &&
    String([size, size].flat().slice(0, 2)) === String([height, width]) &&
    Object.keys(others).length === 0;
  if (!isShift) return undefined;
  const crop = (await makeTransform([{ ...settings, size }])) as Transform<Corner>;
  const sides = checkedPadding(name, padding as Padding);
  const border = { paddingMode } as BorderOptions;
  return ({ rows, columns }, key) => {
    const { top, left } = crop.draw(key, scene);
    const [down, along] = padded([rows, columns], sides, border);
    return {
      rows: down.subarray(top, top + height),
      columns: along.subarray(left, left + width),
    };
  };
}
