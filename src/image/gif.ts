/**
 * What libvips does not keep of a GIF and Pillow shows: the colour of its transparent pixels, an index of the palette that the first
 * frame names. Where that frame does not cover the screen Pillow shows this colour too, and colour 0 where none is
 * transparent. (CompuServe 1990, "Graphics Interchange Format, version 89a", sections 18 to 23.)
 */
export interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of what is transparent or beside the frame. */
  readonly background: readonly number[];
}

/** The first frame. Of a damaged file the numbers may be anything; decoding it will say so. */
export function gifFrame(bytes: Uint8Array): GifFrame {
  const hasPalette = (flags: number): boolean => (flags & 0x80) !== 0;
  const colours = (flags: number): number => 2 ** ((flags & 7) + 1);
  const screenPalette = 13;
  let at = screenPalette + (hasPalette(bytes[10]) ? 3 * colours(bytes[10]) : 0);
  let index = 0;
  // Extensions, up to the first frame.
  while (bytes[at] === 0x21) {
    const isControl = bytes[at + 1] === 0xf9;
    if (isControl && bytes[at + 3] & 1) index = bytes[at + 6];
    at += 2;
    while (bytes[at] > 0) at += bytes[at] + 1;
    at++;
  }
  const [left, top, width, height] = [1, 3, 5, 7].map(
    (offset) => bytes[at + offset] + 256 * bytes[at + offset + 1],
  );
  const palette = hasPalette(bytes[at + 9]) ? at + 10 : screenPalette;
  const background = [0, 1, 2].map((c) => bytes[palette + 3 * index + c]);
  return { left, top, width, height, background };
}

/** The frame on its background, as red, green and blue. */
export function showGif(rgba: Uint8Array, screenWidth: number, frame: GifFrame): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let i = 0; i < rgb.length / 3; i++) {
    const x = (i % screenWidth) - frame.left;
    const y = Math.floor(i / screenWidth) - frame.top;
    const isShown =
      x >= 0 && x < frame.width && y >= 0 && y < frame.height && rgba[4 * i + 3] !== 0;
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = isShown ? rgba[4 * i + c] : frame.background[c];
  }
  return rgb;
}
