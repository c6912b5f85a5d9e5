/** A picture in memory: rows of pixels from the top left, channels interleaved (H×W×C bytes). */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green, blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}
