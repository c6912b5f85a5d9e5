/**
 * What changes a picture, and whatever lies on it, in training. A transform first draws its parameters from a key, plain data that
 * say all there is to say; applying them is a pure function. So a mask, boxes and key points move as their picture does,
 * and a picture of an epoch looks the same whoever makes it, in whatever order.
 */
import type { Key } from "../core/random.ts";
import type { Image } from "../image/image.ts";

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** In pixels from the top left corner of the picture; x2 and y2 lie outside, as torchvision's XYXY boxes have it. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly label?: number;
}

/** In pixels, the middle of the first one being (0.5, 0.5). */
export interface Keypoint {
  readonly x: number;
  readonly y: number;
}

/** A picture and what lies on it. */
export interface Sample {
  readonly image: Image;
  /** A class for each pixel: of the picture's size, one channel. It is never interpolated. */
  readonly mask?: Image;
  readonly boxes?: readonly Box[];
  readonly keypoints?: readonly Keypoint[];
  /** How often the picture was seen before, or one more: which, is drawn for each picture. Unknown outside a training. */
  readonly turn?: number;
}

/** What may be looked at while parameters are drawn. */
export interface Scene extends Size {
  readonly boxes?: readonly Box[];
  readonly turn?: number;
}

export const sceneOf = ({ image: { height, width }, boxes, turn }: Sample): Scene => ({
  ...{ height, width },
  ...(boxes && { boxes }),
  ...(turn !== undefined && { turn }),
});

export interface Transform<P = unknown> {
  readonly name: string;
  /** The parameters for a picture of this size: a pure function of the key. */
  draw(key: Key, scene: Scene): P;
  /** Changes nothing that it is given. */
  apply(sample: Sample, parameters: P): Sample;
}

/** A transform as something to be chosen by its name. */
export interface TransformKind<Options extends object = object> {
  /** Words of the options, separated by spaces; any other is refused. */
  readonly settings: string;
  make(options: Options): Transform;
}

/** Draws and applies. */
export const transformed = (transform: Transform, sample: Sample, key: Key): Sample =>
  transform.apply(sample, transform.draw(key, sceneOf(sample)));

/** An entry of docs/augmentation.md. */
export interface TransformSpec {
  readonly name: string;
  /** What it does to a picture. */
  readonly summary: string;
  /** Options with their defaults. */
  readonly options: string;
  /** Author, year, arXiv, equation or table. */
  readonly source: string;
  /** What its results are compared with: `torchvision 0.14 hflip`, `OpenCV 4.6 createCLAHE`, `the paper's equation 3`. */
  readonly oracle: string;
}
