/** A picture moved, and whatever lies on it with it. */
import type { Image } from "../image/image.ts";
import type { Box, Keypoint, Sample, Size } from "./transform.ts";

export interface Move {
  readonly image: (image: Image) => Image;
  /** Takes the nearest class; it never mixes two. */
  readonly mask: (mask: Image) => Image;
  /** Where a point goes that lay here. */
  readonly point: (x: number, y: number) => readonly [number, number];
}

/**
 * A box becomes the smallest upright one that holds its moved corners, cut off at the edges of the picture, and goes when
 * nothing of it is left. Key points are never cut off or dropped, so that each keeps its place in the list.
 */
export function moved(sample: Sample, { image, mask, point }: Move): Sample {
  const picture = image(sample.image);
  return {
    ...sample,
    image: picture,
    ...(sample.mask && { mask: mask(sample.mask) }),
    ...(sample.boxes && { boxes: movedBoxes(sample.boxes, point, picture) }),
    ...(sample.keypoints && { keypoints: sample.keypoints.map((at) => movedPoint(at, point)) }),
  };
}

const movedPoint = ({ x, y }: Keypoint, point: Move["point"]): Keypoint => {
  const [toX, toY] = point(x, y);
  return { x: toX, y: toY };
};

function movedBoxes(boxes: readonly Box[], point: Move["point"], size: Size): Box[] {
  return boxes.flatMap((box) => {
    const { x1, y1, x2, y2 } = box;
    const corners = [point(x1, y1), point(x2, y1), point(x2, y2), point(x1, y2)];
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const hull = {
      ...box,
      ...{ x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) },
    };
    return clippedBox(hull, size) ?? [];
  });
}

/** The part of a box that lies in a picture of this size; undefined when there is none. */
export function clippedBox(box: Box, { height, width }: Size): Box | undefined {
  const x1 = Math.max(0, box.x1);
  const y1 = Math.max(0, box.y1);
  const x2 = Math.min(width, box.x2);
  const y2 = Math.min(height, box.y2);
  return x1 < x2 && y1 < y2 ? { ...box, x1, y1, x2, y2 } : undefined;
}
