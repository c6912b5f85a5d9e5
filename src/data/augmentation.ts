/**
 * Flip and shift, drawn for each picture of each epoch from (seed, epoch, picture), so that neither order nor
 * worker nor resuming changes what a picture looks like.
 */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random, threefry } from "../core/random.ts";

export interface Augmentation {
  /** Mirrors left and right, every second time. */
  readonly flip?: boolean;
  /** Moves by up to so many pixels each way; what comes in from outside is black. */
  readonly shift?: number;
}

export interface Move {
  readonly flip: boolean;
  readonly dx: number;
  readonly dy: number;
}

export const STILL: Move = { flip: false, dx: 0, dy: 0 };

export const augmentationKey = (seed: number): Key => new Random(seed, "augment").key;

export function drawMove(how: Augmentation, key: Key, epoch: number, picture: number): Move {
  const [a, b] = threefry(key, epoch, picture);
  const reach = how.shift ?? 0;
  const span = 2 * reach + 1;
  // The bias of a 32-bit remainder is below span / 2^32; flip has a bit of its own.
  return {
    flip: how.flip === true && a >>> 31 === 1,
    dx: ((a & 0x7fffffff) % span) - reach,
    dy: (b % span) - reach,
  };
}

/** `flip,shift=4` */
export function parseAugmentation(text: string): Augmentation {
  const how: { flip?: boolean; shift?: number } = {};
  for (const word of text.split(",").filter((part) => part.trim() !== "" && part !== "none")) {
    const [name, value] = word.trim().split("=");
    const size = Number(value);
    if (name === "flip" && value === undefined) how.flip = true;
    else if (name === "shift" && Number.isInteger(size) && size >= 0) how.shift = size;
    else {
      const known = "flip and shift=PIXELS are known, joined by a comma";
      throw new ConvkitError("augment", `"${word}" is no augmentation — ${known}`);
    }
  }
  return how;
}
