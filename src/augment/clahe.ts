/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld 1994, Graphics Gems IV): each tile of a grid is equalised by
 * its own histogram, cut off at a limit so that noise is not blown up; between the middles of tiles their tables are mixed.
 * A grey picture's bytes are OpenCV's; of a colour picture it is the lightness of CIELAB that changes.
 */
import type { Image } from "../image/image.ts";
import { checkedRange, checkedSize, type SizeOption } from "./checks.ts";
import { fromLab, toLab } from "./lab.ts";
import { pixelTransform } from "./pixel-transform.ts";
import { allPlaces, extended, take } from "./take.ts";
import type { Size, Transform, TransformKind, TransformSpec } from "./transform.ts";

export interface ClaheOptions {
  /** Times the mean that a histogram may reach, least and most; [1, 4] by default. */
  readonly clipLimit?: readonly [number, number];
  /** Tiles along rows and columns; 8 by default. */
  readonly tileGridSize?: SizeOption;
  /** How often; 0.5 by default. */
  readonly p?: number;
}

export function clahe(
  options: ClaheOptions = {},
): Transform<{ readonly clipLimit: number } | null> {
  const { clipLimit = [1, 4], tileGridSize = 8, p = 0.5 } = options;
  checkedRange("clahe", "clipLimit", clipLimit, [0, Number.POSITIVE_INFINITY]);
  const grid = checkedSize("clahe", tileGridSize, "tileGridSize");
  return pixelTransform(
    "clahe",
    p,
    (random) => ({ clipLimit: random.uniformRange(...clipLimit) }),
    (image, drawn) => equalizedTiles(image, drawn.clipLimit, grid),
  );
}

/** A clip limit of 0 is none. */
export function equalizedTiles(image: Image, clipLimit: number, grid: Size): Image {
  if (image.channels === 1) return equalizedGrey(image, clipLimit, grid);
  const { width, height } = image;
  const lab = toLab(image);
  const grey = equalizedGrey({ width, height, channels: 1, data: lab.lightness }, clipLimit, grid);
  return { ...image, data: fromLab({ ...lab, lightness: grey.data }) };
}

function equalizedGrey(image: Image, clipLimit: number, grid: Size): Image {
  const { width, height, data: from } = image;
  const whole = toWholeTiles(image, grid);
  const tile = { height: whole.height / grid.height, width: whole.width / grid.width };
  const tables = Array.from({ length: grid.height * grid.width }, (_, i) =>
    tileTable(whole, tile, Math.floor(i / grid.width), i % grid.width, clipLimit),
  );
  const rows = weights(height, tile.height, grid.height);
  const columns = weights(width, tile.width, grid.width);
  const data = new Uint8ClampedArray(from.length);
  for (let y = 0, i = 0; y < height; y++) {
    const { before: up, after: down, share: below } = rows[y];
    for (let x = 0; x < width; x++, i++) {
      const { before: left, after: right, share: along } = columns[x];
      const mix = (row: number) =>
        fround(
          fround(tables[row * grid.width + left][from[i]] * fround(1 - along)) +
            fround(tables[row * grid.width + right][from[i]] * along),
        );
      data[i] = fround(fround(mix(up) * fround(1 - below)) + fround(mix(down) * below));
    }
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}

/** OpenCV computes in single precision. */
const { fround } = Math;

/** Mirrored at the right and the bottom where tiles do not fit; then a side that they do fit gets a row of tiles' pixels more, too. */
function toWholeTiles(image: Image, grid: Size): Image {
  const { width, height } = image;
  if (height % grid.height === 0 && width % grid.width === 0) return image;
  const more = (size: number, tiles: number) =>
    extended(allPlaces(size), 0, tiles - (size % tiles), "reflect");
  return take(image, more(height, grid.height), more(width, grid.width));
}

/** What each byte becomes in the middle of a tile. */
function tileTable(
  { width, data }: Image,
  tile: Size,
  row: number,
  column: number,
  clipLimit: number,
): Uint8ClampedArray {
  const counts = new Int32Array(256);
  for (let y = row * tile.height; y < (row + 1) * tile.height; y++) {
    for (let x = 0; x < tile.width; x++) counts[data[y * width + column * tile.width + x]]++;
  }
  const area = tile.height * tile.width;
  if (clipLimit > 0) clip(counts, Math.max(1, Math.floor((clipLimit * area) / 256)));
  const scale = fround(255 / area);
  let sum = 0;
  return Uint8ClampedArray.from(counts, (count) => {
    sum += count;
    return fround(sum * scale);
  });
}

/** What lies above the limit goes to all values alike, the rest of it to some at equal distances. */
function clip(counts: Int32Array, limit: number): void {
  let excess = 0;
  for (let i = 0; i < 256; i++) {
    excess += Math.max(0, counts[i] - limit);
    counts[i] = Math.min(counts[i], limit);
  }
  const each = Math.floor(excess / 256);
  for (let i = 0; i < 256; i++) counts[i] += each;
  let rest = excess - 256 * each;
  const step = Math.max(1, Math.floor(256 / rest));
  for (let i = 0; i < 256 && rest > 0; i += step, rest--) counts[i]++;
}

/** Which tiles a row or column lies between, and how near to the second. */
const weights = (size: number, tile: number, tiles: number) =>
  Array.from({ length: size }, (_, i) => {
    const at = fround(fround(i * fround(1 / tile)) - 0.5);
    const before = Math.floor(at);
    const share = fround(at - before);
    return { before: Math.max(0, before), after: Math.min(tiles - 1, before + 1), share };
  });

export const claheKind: TransformKind<ClaheOptions> = {
  settings: "clipLimit tileGridSize p",
  make: clahe,
};

export const claheSpec: TransformSpec = {
  name: "clahe",
  summary: "equalises tiles by their own histograms, with limited contrast",
  options: "clipLimit 1,4; tileGridSize 8; p 0.5",
  source: "Zuiderveld 1994, Graphics Gems IV; Albumentations CLAHE",
  oracle: "OpenCV 4.6 createCLAHE on grey; on L of Lab within two levels",
};
