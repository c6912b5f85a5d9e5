/**
 * Windows and OS/2 bitmaps with the pixels that Pillow shows: 1, 4 and 8 bits of palette, plain or as run lengths; 16, 24 and
 * 32 bits of colour with the usual or stated masks; rows from the bottom up or the top down. Alpha is left aside. (Microsoft,
 * "Bitmap Storage", BITMAPINFOHEADER.)
 */
import type { Image } from "./image.ts";
import { damaged, PIXEL_LIMIT, tooLarge } from "./image-file.ts";

interface Header {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels begin. */
  readonly offset: number;
  /** Where the palette begins, how many colours it has, and bytes of a colour. */
  readonly palette: { readonly at: number; readonly count: number; readonly size: number };
}

const RAW = 0;
const RUN_LENGTHS = { 1: 8, 2: 4 } as const;
const MASKS = [3, 6];
/** Where masks stand, after the 40 bytes that all headers but the oldest begin with. */
const MASKS_AT = 54;
const USUAL_MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x3e0, 0x1f],
  24: [0xff0000, 0xff00, 0xff],
  32: [0xff0000, 0xff00, 0xff],
};

/** `file` is for errors. */
export function decodeBmp(bytes: Uint8Array, file = "image"): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const header = readHeader(view);
    if (header.width * header.height > PIXEL_LIMIT) throw tooLarge(file);
    checkSize(header, bytes.length);
    return header.bits <= 8 ? indexed(bytes, header) : direct(view, header);
  } catch (cause) {
    if (cause instanceof BadBitmap) throw damaged(file, cause.message, cause);
    if (cause instanceof RangeError) throw damaged(file, "it ends too early", cause);
    throw cause;
  }
}

class BadBitmap extends Error {}

function readHeader(view: DataView): Header {
  const offset = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const isOld = headerSize === 12;
  if (!isOld && headerSize < 40) throw new BadBitmap(`a header of ${headerSize} bytes`);
  const [width, rows] = isOld
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? RAW : view.getUint32(30, true);
  const count = (isOld ? 0 : view.getUint32(46, true)) || 2 ** bits;
  if (width < 1 || rows === 0) throw new BadBitmap(`a size of ${Math.abs(rows)}×${width}`);
  const isPacked = RUN_LENGTHS[compression as keyof typeof RUN_LENGTHS] === bits;
  const isMasked = MASKS.includes(compression) && (bits === 16 || bits === 32);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || !(compression === RAW || isPacked || isMasked)) {
    throw new BadBitmap(`${bits} bits a pixel with compression ${compression}`);
  }
  return {
    ...{ width, height: Math.abs(rows), isTopDown: rows < 0, bits, compression, offset },
    palette: { at: 14 + headerSize, count: Math.min(count, 256), size: isOld ? 3 : 4 },
  };
}

/** Rows are padded to four bytes. */
const rowBytes = ({ width, bits }: Header): number => Math.ceil((width * bits) / 32) * 4;

/** Before anything is allocated. Two bytes of run lengths make 255 pixels at most; what they leave out may be as much again. */
function checkSize(header: Header, length: number): void {
  const { width, height, offset, compression } = header;
  const isPacked = compression in RUN_LENGTHS;
  const least = Math.ceil((width * height) / 255);
  const needed = offset + (isPacked ? least : rowBytes(header) * height);
  if (length < needed) throw new BadBitmap(`${length} bytes, its header promises ${needed}`);
}

/** Where row y of the picture lies among the rows of the file. */
const placeOf = ({ height, isTopDown }: Header, y: number): number =>
  isTopDown ? y : height - 1 - y;

function direct(view: DataView, header: Header): Image {
  const { width, height, bits, compression, offset } = header;
  const masks = MASKS.includes(compression)
    ? [0, 4, 8].map((at) => view.getUint32(MASKS_AT + at, true))
    : USUAL_MASKS[bits];
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { shift, largest: mask >>> shift };
  });
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, o = 0; y < height; y++) {
    let p = offset + placeOf(header, y) * rowBytes(header);
    for (let x = 0; x < width; x++, p += bits / 8) {
      const low = view.getUint16(p, true);
      const high =
        bits === 16 ? 0 : bits === 24 ? view.getUint8(p + 2) : view.getUint16(p + 2, true);
      const pixel = (low | (high << 16)) >>> 0;
      for (const { shift, largest } of fields) {
        data[o++] = Math.trunc((((pixel >>> shift) & largest) * 255) / (largest || 1));
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** A palette of greys alone makes a grey picture. */
function indexed(bytes: Uint8Array, header: Header): Image {
  const { width, height, compression, palette } = header;
  const indices = compression === RAW ? unpack(bytes, header) : expandRuns(bytes, header);
  // Blue, green, red; colours that the palette lacks are black.
  const colours = new Uint8Array(3 * 256);
  for (let i = 0; i < 3 * palette.count; i++) {
    colours[i] = bytes[palette.at + Math.floor(i / 3) * palette.size + 2 - (i % 3)];
  }
  const isGrey = colours.every((value, i) => value === colours[i - (i % 3)]);
  const channels = isGrey ? 1 : 3;
  const data = new Uint8Array(channels * width * height);
  for (let i = 0, o = 0; i < indices.length; i++) {
    for (let c = 0; c < channels; c++) data[o++] = colours[3 * indices[i] + c];
  }
  return { width, height, channels, data };
}

function unpack(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits, offset } = header;
  const indices = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = offset + placeOf(header, y) * rowBytes(header);
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      indices[i++] = (bytes[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    }
  }
  return indices;
}

/**
 * Pairs of bytes: a count and what is repeated, for 4 bits two pixels that take turns; after a count of 0 the end of a row (0), of
 * the picture (1), a step to the right and up (2), or so many pixels as they are, padded to two bytes.
 */
function expandRuns(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits, offset } = header;
  const indices = new Uint8Array(width * height);
  const byte = (at: number): number => {
    if (at >= bytes.length) throw new BadBitmap("its run lengths end too early");
    return bytes[at];
  };
  const put = (x: number, row: number, value: number): void => {
    if (x < width && row < height) indices[placeOf(header, row) * width + x] = value;
  };
  /** Pixel k of those packed from `at` on. */
  const pixel = (at: number, k: number): number =>
    bits === 8 ? byte(at + k) : (byte(at + (k >> 1)) >> (k % 2 === 0 ? 4 : 0)) & 15;
  for (let p = offset, x = 0, row = 0; row < height; ) {
    const [count, value] = [byte(p), byte(p + 1)];
    p += 2;
    if (count > 0) {
      for (let k = 0; k < count; k++, x++) put(x, row, bits === 8 ? value : pixel(p - 1, k % 2));
    } else if (value === 0) {
      [x, row] = [0, row + 1];
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      [x, row] = [x + byte(p), row + byte(p + 1)];
      p += 2;
    } else {
      for (let k = 0; k < value; k++, x++) put(x, row, pixel(p, k));
      p += 2 * Math.ceil((value * bits) / 16);
    }
  }
  return indices;
}
