/** Single pictures of a data set, and their masks, wherever they lie. */
import type { Image } from "../image/image.ts";
import {
  type ArrayDataset,
  type Dataset,
  imageAt,
  isStored,
  residentMask,
  type SegmentedDataset,
} from "./dataset.ts";

/** Picture i as it lies there: of the data set's shape in memory, of any size in a file. */
export const pictureAt = async (dataset: Dataset, i: number): Promise<Image> =>
  isStored(dataset) ? dataset.reader.decode(dataset.files[i]) : interleaved(dataset, i);

/** The mask of picture i as it lies there, class numbers. */
export const maskAt = async (dataset: SegmentedDataset, i: number): Promise<Image> =>
  isStored(dataset) ? dataset.reader.decodeMask(dataset, i) : residentMask(dataset, i);

/** Picture i with its channels side by side. */
export function interleaved(dataset: ArrayDataset, i: number): Image {
  const [, height, width] = dataset.shape;
  const planes = imageAt(dataset, i);
  const pixels = height * width;
  const channels = planes.length / pixels;
  const data = new Uint8Array(planes.length);
  for (let c = 0, from = 0; c < channels; c++) {
    for (let p = 0; p < pixels; p++, from++) data[p * channels + c] = planes[from];
  }
  return { width, height, channels: channels as 1 | 3, data };
}
