/**
 * A small picture in the terminal: two rows of pixels to a line, as the halves of `▀`. With colours each half has
 * its own; without, a half is ink or paper.
 */
import type { Image } from "../image/image.ts";

/** No wider than this many cells; larger pictures are thinned out. */
const WIDEST = 64;

export function drawPicture({ width, height, channels, data }: Image, colours: boolean): string {
  const step = Math.ceil(Math.max(width, height) / WIDEST);
  const pixel = (x: number, y: number): [number, number, number] => {
    if (y >= height) return [0, 0, 0];
    const at = (y * width + x) * channels;
    const last = channels - 1;
    return [data[at], data[at + Math.min(1, last)], data[at + last]];
  };
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2 * step) {
    let line = "";
    for (let x = 0; x < width; x += step) {
      const [top, bottom] = [pixel(x, y), pixel(x, y + step)];
      line += colours
        ? `\x1b[38;2;${top.join(";")}m\x1b[48;2;${bottom.join(";")}m▀`
        : " ▄▀█"[2 * Number(isInk(top)) + Number(isInk(bottom))];
    }
    lines.push(colours ? `${line}\x1b[0m` : line.trimEnd());
  }
  return lines.join("\n");
}

const isInk = ([r, g, b]: [number, number, number]): boolean => 0.3 * r + 0.59 * g + 0.11 * b >= 96;
