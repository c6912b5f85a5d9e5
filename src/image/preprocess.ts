/** From a picture of any size to the numbers that a model reads. */
import { toChannels } from "./colour.ts";
import type { Image } from "./image.ts";
import { byteTable, type Preprocessing, sourceChannel, sourceChannels } from "./preprocessing.ts";
import { representationChannels } from "./representation/names.ts";
import { Source } from "./representation/source.ts";
import { representations } from "./representation/table.ts";
import { resize, resizeCover } from "./resize.ts";

/** Fills `out` from `offset` on (or a new array) with C×H×W numbers. */
export function preprocess(
  image: Image,
  how: Preprocessing,
  out: Float32Array = new Float32Array(how.channels * how.height * how.width),
  offset = 0,
): Float32Array {
  pictureWriter(how)(fitImage(image, how), out, offset);
  return out;
}

/** The picture as bytes in the model's size, grey or colour as it looks at them, before scale, mean and std. */
export function fitImage(image: Image, how: Omit<Preprocessing, "mean" | "std" | "scale">): Image {
  const { height, width, fit, cropPct, interpolation } = how;
  const own = toChannels(image, sourceChannels(how));
  return fit === "cover"
    ? resizeCover(own, height, width, cropPct, interpolation)
    : resize(own, height, width, interpolation);
}

/** Fills `out` from `at` on with the C×H×W numbers of a picture that `fitImage` gave. */
export type PictureWriter = (image: Image, out: Float32Array, at: number) => void;

/** For many pictures: what is the same for all is computed once. */
export const pictureWriter = (how: Preprocessing): PictureWriter =>
  how.representation ? representationWriter(how, how.representation) : byteWriter(how);

function byteWriter(how: Preprocessing): PictureWriter {
  const { channels, height, width } = how;
  const pixels = height * width;
  const tables = Array.from({ length: channels }, (_, c) => byteTable(how, c));
  return ({ data }, out, at) => {
    // All in one function: V8 takes twice as long where the loop over pixels is one of its own.
    for (let c = 0; c < channels; c++) {
      const [table, count, step] = [tables[c], pixels, channels];
      const start = at + c * count;
      for (let p = 0, from = sourceChannel(how, c); p < count; p++, from += step) {
        out[start + p] = table[data[from]];
      }
    }
  };
}

function representationWriter(
  how: Preprocessing,
  names: NonNullable<Preprocessing["representation"]>,
): PictureWriter {
  const { channels, scale, mean, std, invert } = how;
  const pixels = how.height * how.width;
  return (image, out, at) => {
    const source = new Source(
      invert ? { ...image, data: image.data.map((byte) => 255 - byte) } : image,
    );
    let plane = at;
    for (const name of names) {
      representations[name](source, out, plane);
      plane += representationChannels[name].channels * pixels;
    }
    for (let c = 0, o = at; c < channels; c++) {
      for (const end = o + pixels; o < end; o++) out[o] = (out[o] * scale - mean[c]) / std[c];
    }
  };
}
