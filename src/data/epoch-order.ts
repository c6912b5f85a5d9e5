/** The pictures of an epoch in the order they are trained on: a pure function of seed and epoch. */
import { Random } from "../core/random.ts";

export type EpochOrder = (epoch: number) => Uint32Array;

export const epochOrder =
  (length: number, seed: number, shuffle: boolean): EpochOrder =>
  (epoch) => {
    const order = Uint32Array.from({ length }, (_, i) => i);
    return shuffle ? new Random(seed, "shuffle").fork(epoch).shuffle(order) : order;
  };
