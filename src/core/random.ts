/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011,
 * "Parallel random numbers: as easy as 1, 2, 3", table 2). A number is a pure function of a key and a
 * counter, so the same seed gives the same numbers on every backend, in any order and on any thread.
 */
import { fnv1a } from "./fnv1a.ts";

export type Key = readonly [number, number];

/** The parity constant of Threefish's key schedule, cut to 32 bits. */
const PARITY = 0x1bd11bda;

export function threefry(key: Key, counter0: number, counter1: number): [number, number] {
  const pair = new Uint32Array(2);
  threefryInto(pair, 0, key, counter0, counter1);
  return [pair[0], pair[1]];
}

/** Writes the two words at `at`; nothing is allocated, as initial values are drawn by the million. */
function threefryInto(
  to: Uint32Array,
  at: number,
  [key0, key1]: Key,
  counter0: number,
  counter1: number,
): void {
  let a = key0 | 0;
  let b = key1 | 0;
  let c = a ^ b ^ PARITY;
  let x = (counter0 + a) | 0;
  let y = (counter1 + b) | 0;
  for (let s = 1; s <= 5; s++) {
    const odd = s & 1;
    x = (x + y) | 0;
    y = (odd ? (y << 13) | (y >>> 19) : (y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 15) | (y >>> 17) : (y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 26) | (y >>> 6) : (y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 6) | (y >>> 26) : (y << 24) | (y >>> 8)) ^ x;
    // The key's words take turns: b and c now, c and a next.
    const first = a;
    a = b;
    b = c;
    c = first;
    x = (x + a) | 0;
    y = (y + b + s) | 0;
  }
  to[at] = x;
  to[at + 1] = y;
}

/** 24 random bits as a number in [0, 1): every value is exact in f32. */
export const bitsToUniform = (bits: number): number => (bits >>> 8) * 2 ** -24;

/** A name as 32 bits, to derive keys from names. */
export function hashName(name: string | number): number {
  return fnv1a(Array.from(String(name), (char) => char.codePointAt(0) as number));
}

/** Words that a stream draws at a time: a few at first, since most streams of an augmentation end there, then more. */
const FIRST_BLOCK = 4;
const BLOCK = 512;
const NONE = /* @__PURE__ */ new Uint32Array(0);

/** A stream of numbers on the host, for initial values, shuffling and augmentation. */
export class Random {
  readonly key: Key;
  /** Pairs drawn so far. */
  #counter = 0;
  #block = NONE;
  #next = 0;

  /** A key in place of a seed is taken as it is. */
  constructor(seed: number | Key, stream: string | number = 0) {
    if (typeof seed !== "number") {
      this.key = seed;
      return;
    }
    const high = Math.floor(seed / 2 ** 32);
    this.key = threefry([seed >>> 0, high >>> 0], hashName(stream), 0x636b); // "ck" keeps seeds apart from data
  }

  /** The stream of a key. */
  static of(key: Key): Random {
    return new Random(key);
  }

  /** An independent stream, named; equal names give equal streams. */
  fork(name: string | number): Random {
    return Random.of(threefry(this.key, hashName(name), 0x666f726b));
  }

  /** 32 random bits. */
  bits(): number {
    if (this.#next === this.#block.length) this.#fill();
    return this.#block[this.#next++];
  }

  #fill(): void {
    const words = Math.min(BLOCK, Math.max(FIRST_BLOCK, 4 * this.#block.length));
    if (words !== this.#block.length) this.#block = new Uint32Array(words);
    for (let at = 0; at < words; at += 2) {
      const i = this.#counter++;
      threefryInto(this.#block, at, this.key, i >>> 0, Math.floor(i / 2 ** 32));
    }
    this.#next = 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return bitsToUniform(this.bits());
  }

  uniformRange(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** An integer in [0, n), unbiased by rejection. */
  int(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher and Yates, in place. */
  shuffle<T extends { length: number; [i: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}
