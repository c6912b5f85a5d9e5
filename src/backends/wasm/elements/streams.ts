/**
 * Streams: pointers that move with the loops, so that a load inside them needs no multiplication. One serves
 * all loads of a tensor whose indices have the same coefficients; their constants become offsets.
 */
import type { Local } from "../assembler.ts";

/** Elements from one step of a variable to the next, by variable. */
export type Terms = ReadonlyMap<number, number>;

export interface Stream {
  readonly tensor: number;
  readonly terms: Terms;
  readonly pointer: Local;
}

export const streamKey = (tensor: number, terms: Terms): string =>
  `${tensor}|${[...terms].sort((a, b) => a[0] - b[0])}`;

/** The streams of the loop nests that are open, innermost last. */
export class Streams {
  readonly #nests: ReadonlyMap<string, Stream>[] = [];

  find(tensor: number, terms: Terms): Stream | undefined {
    const key = streamKey(tensor, terms);
    return this.#nests.findLast((nest) => nest.has(key))?.get(key);
  }

  /** Runs `body` inside a nest that advances these streams, by their keys. */
  within(nest: ReadonlyMap<string, Stream>, body: () => void): void {
    this.#nests.push(nest);
    body();
    this.#nests.pop();
  }
}
