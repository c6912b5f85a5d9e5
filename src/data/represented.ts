/** A data set whose pictures are shown in another way: `represented(data, ["rgb", "fourierMagnitude"])` has four channels. */
import { toGrey, toRgb } from "../image/colour.ts";
import { sourceChannels } from "../image/preprocessing.ts";
import { countChannels, type RepresentationName } from "../image/representation/names.ts";
import { type Dataset, isStored } from "./dataset.ts";
import { interleaved } from "./picture-at.ts";

/** The same pictures; a model that is trained on them carries the representation, and predictions have it too. */
export function represented<D extends Dataset>(
  dataset: D,
  representation: readonly RepresentationName[],
): D {
  const [channels, height, width] = dataset.shape;
  const shape = [countChannels(representation), height, width] as const;
  const shown = { ...dataset, representation, shape };
  const wanted = sourceChannels({ channels: shape[0], representation });
  if (isStored(dataset) || channels === wanted) return shown;
  const pixels = height * width;
  const images = new Uint8Array(dataset.length * wanted * pixels);
  for (let i = 0; i < dataset.length; i++) {
    const image = interleaved(dataset, i);
    const { data } = wanted === 1 ? toGrey(image) : toRgb(image);
    for (let c = 0; c < wanted; c++) {
      const plane = (i * wanted + c) * pixels;
      for (let p = 0; p < pixels; p++) images[plane + p] = data[p * wanted + c];
    }
  }
  return { ...shown, images };
}
