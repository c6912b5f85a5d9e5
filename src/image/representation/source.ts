/** A picture as representations look at it: what several of them need is made once. */
import { toGrey, toRgb } from "../colour.ts";
import type { Image } from "../image.ts";
import { fft2 } from "./fft.ts";

export class Source {
  readonly image: Image;
  #spectrum: Float64Array | undefined;

  constructor(image: Image) {
    this.image = image;
  }

  get pixels(): number {
    return this.image.width * this.image.height;
  }

  /** Pillow's luma. */
  get grey(): Uint8Array {
    return toGrey(this.image).data;
  }

  /** Red, green, blue side by side. */
  get rgb(): Uint8Array {
    return toRgb(this.image).data;
  }

  /** The Fourier transform of the luma: H×W complex numbers, real and imaginary parts side by side. */
  get spectrum(): Float64Array {
    const { height, width } = this.image;
    this.#spectrum ??= fft2(this.grey, height, width);
    return this.#spectrum;
  }
}

/**
 * Fills `out` from `at` on with planes of H×W values. They are on the scale of bytes, 0 … 255, whatever they mean, so that the
 * scale, mean and deviation that follow mean the same for all.
 */
export type Represent = (source: Source, out: Float32Array, at: number) => void;

/** Bytes with their channels side by side, as planes. */
export function writePlanes(
  bytes: Uint8Array,
  channels: number,
  out: Float32Array,
  at: number,
): void {
  for (let c = 0, o = at; c < channels; c++) {
    for (let p = c; p < bytes.length; p += channels, o++) out[o] = bytes[p];
  }
}
