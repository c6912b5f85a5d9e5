/** Many small pictures as one: rows with a title each, on white. Titles are drawn by sharp (librsvg), in a font of the system. */
import sharp from "sharp";
import { toRgb } from "./colour.ts";
import type { Image } from "./image.ts";
import { resize } from "./resize.ts";

export interface SheetRow {
  readonly title: string;
  readonly pictures: readonly Image[];
}

export interface SheetOptions {
  /** Pixels of a picture's longer side, 96 by default; small ones are enlarged by a whole number. */
  readonly cell?: number;
  /** Over the columns. */
  readonly columns?: readonly string[];
}

const GAP = 6;
const FONT = 13;
/** Width of a letter by the size of the font, about. */
const LETTER = 0.64;
/** Letters of a title at the side; longer ones lose their middle. */
const MOST_LETTERS = 24;

/** A PNG. */
export async function drawContactSheet(
  rows: readonly SheetRow[],
  { cell = 96, columns = [] }: SheetOptions = {},
): Promise<Uint8Array> {
  const titles = rows.map(({ title }) => shortened(title, MOST_LETTERS));
  const letters = Math.max(0, ...titles.map((title) => title.length));
  const left = 2 * GAP + Math.ceil(letters * LETTER * FONT);
  const top = columns.length > 0 ? 2 * FONT : GAP;
  const step = cell + GAP;
  const most = Math.max(1, columns.length, ...rows.map(({ pictures }) => pictures.length));
  const [width, height] = [left + most * step, top + Math.max(1, rows.length) * step];
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const [row, { pictures }] of rows.entries()) {
    for (const [column, picture] of pictures.entries()) {
      const image = toRgb(fitted(picture, cell));
      const y = top + row * step + ((cell - image.height) >> 1);
      const x = left + column * step + ((cell - image.width) >> 1);
      for (let line = 0; line < image.height; line++) {
        const from = line * image.width * 3;
        const pixels = image.data.subarray(from, from + image.width * 3);
        data.set(pixels, ((y + line) * width + x) * 3);
      }
    }
  }
  const texts = [
    ...titles.map((title, row) => text(title, left - GAP, top + row * step + cell / 2, "end")),
    ...columns.map((title, column) => {
      const short = shortened(title, Math.floor(cell / (LETTER * FONT)));
      return text(short, left + column * step + cell / 2, top / 2, "middle");
    }),
  ];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" ` +
    `font-size="${FONT}" fill="#222">${texts.join("")}</svg>`;
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(
    await picture
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer(),
  );
}

/** Within the cell, its sides in proportion. */
function fitted(image: Image, cell: number): Image {
  const { width, height } = image;
  const longer = Math.max(width, height);
  const times = Math.floor(cell / longer);
  if (times >= 1) return resize(image, times * height, times * width, "nearest");
  const [rows, across] = [height, width].map((side) =>
    Math.max(1, Math.round((side * cell) / longer)),
  );
  return resize(image, rows, across);
}

function shortened(title: string, most: number): string {
  if (title.length <= most) return title;
  const head = Math.ceil((most - 1) / 2);
  return `${title.slice(0, head)}…${title.slice(head + 1 - most)}`;
}

const text = (words: string, x: number, y: number, anchor: string): string =>
  `<text x="${x}" y="${y + FONT / 3}" text-anchor="${anchor}">${escapeXml(words)}</text>`;

/** Characters that XML has no way to hold are left out. */
const escapeXml = (words: string): string =>
  words.replace(/\p{Cc}/gu, "").replace(/[&<>]/g, (c) => `&#${c.codePointAt(0)};`);
