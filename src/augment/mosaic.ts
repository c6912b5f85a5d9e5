/**
 * Four pictures in one, around a random point (Bochkovskiy, Wang and Liao 2020, "YOLOv4", arXiv:2004.10934, section 3.3), as Ultralytics
 * has it: on a canvas of twice the size the four meet at a point of its middle part, each resized so that its longer side is the size.
 */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { checkedSize } from "./checks.ts";
import { resizeSample } from "./crop.ts";
import { clippedBox } from "./move.ts";
import { type Fill, filled } from "./take.ts";
import type { Box, Keypoint, Sample, Scene } from "./transform.ts";

/** What makes one sample of several. */
export interface MultiTransform<P = unknown> {
  readonly name: string;
  /** How many samples it takes. */
  readonly count: number;
  draw(key: Key, scenes: readonly Scene[]): P;
  apply(samples: readonly Sample[], parameters: P): Sample;
}

export interface MosaicOptions {
  /** Side of the result in pixels. */
  readonly size: number;
  /** `true`, the default, gives the middle of the canvas, size × size; `false` all of it, for a transform that crops. */
  readonly crop?: boolean;
  /** Where no picture is; 114 by default. */
  readonly fill?: Fill;
  /** The class there; 0 by default. */
  readonly fillMask?: number;
}

/** Where the pictures meet, in pixels of the canvas. */
export interface MeetingPoint {
  readonly x: number;
  readonly y: number;
}

/** Samples stand top left, top right, bottom left, bottom right. What they all have of masks, boxes and key points the result has. */
export function mosaic(options: MosaicOptions): MultiTransform<MeetingPoint> {
  const { size, crop = true, fill = 114, fillMask = 0 } = options;
  checkedSize("mosaic", size);
  const [side, origin] = crop ? [size, Math.floor(size / 2)] : [2 * size, 0];
  return {
    name: "mosaic",
    count: 4,
    draw(key) {
      const random = Random.of(key);
      const place = () => Math.floor(random.uniformRange(size / 2, 2 * size - size / 2));
      return { x: place(), y: place() };
    },
    apply(samples, { x, y }) {
      if (samples.length !== 4) {
        throw new ConvkitError("mosaic", `got ${samples.length} samples, expected 4`);
      }
      const placed = samples.map((sample, i): Placed => {
        const own = fitted(sample, size);
        const left = (i % 2 === 0 ? x - own.image.width : x) - origin;
        return { ...own, left, top: (i < 2 ? y - own.image.height : y) - origin };
      });
      const { channels } = samples[0].image;
      const masks = placed.flatMap(({ mask, left, top }) =>
        mask ? [{ image: mask, left, top }] : [],
      );
      return {
        image: pasted(placed, side, channels, fill),
        ...(masks.length === 4 && { mask: pasted(masks, side, 1, fillMask) }),
        ...(placed.every(({ boxes }) => boxes) && {
          boxes: placed.flatMap((one) => boxesOf(one, side)),
        }),
        ...(placed.every(({ keypoints }) => keypoints) && {
          keypoints: placed.flatMap(keypointsOf),
        }),
      };
    },
  };
}

interface Placed extends Sample {
  readonly left: number;
  readonly top: number;
}

function fitted(sample: Sample, size: number): Sample {
  const { height, width } = sample.image;
  const scale = size / Math.max(height, width);
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return resizeSample(sample, { height: scaled(height), width: scaled(width) });
}

function pasted(
  parts: readonly { readonly image: Image; readonly left: number; readonly top: number }[],
  side: number,
  channels: 1 | 3,
  fill: Fill,
): Image {
  const data = filled({ height: side, width: side, channels }, fill);
  for (const { image, left, top } of parts) {
    if (image.channels !== channels) {
      throw new ConvkitError("mosaic", "grey and colour pictures in one — give four of a kind");
    }
    const [from, to] = [Math.max(0, left), Math.min(side, left + image.width)];
    for (let y = Math.max(0, top); y < Math.min(side, top + image.height) && from < to; y++) {
      const at = ((y - top) * image.width - left) * channels;
      const row = image.data.subarray(at + from * channels, at + to * channels);
      data.set(row, (y * side + from) * channels);
    }
  }
  return { height: side, width: side, channels, data };
}

const boxesOf = ({ boxes = [], left, top }: Placed, side: number): Box[] =>
  boxes.flatMap((box) => {
    const moved = { x1: box.x1 + left, x2: box.x2 + left, y1: box.y1 + top, y2: box.y2 + top };
    return clippedBox({ ...box, ...moved }, { height: side, width: side }) ?? [];
  });

const keypointsOf = ({ keypoints = [], left, top }: Placed): Keypoint[] =>
  keypoints.map(({ x, y }) => ({ x: x + left, y: y + top }));
