/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011,
 * "Parallel random numbers: as easy as 1, 2, 3", table 2). A number is a pure function of a key and a
 * counter, so the same seed gives the same numbers on every backend, in any order and on any thread.
 */
export type Key = readonly [number, number];

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** The parity constant of Threefish's key schedule, cut to 32 bits. */
const PARITY = 0x1bd11bda;

export function threefry(key: Key, counter0: number, counter1: number): [number, number] {
  const k = [key[0] | 0, key[1] | 0, key[0] ^ key[1] ^ PARITY];
  let x0 = (counter0 + k[0]) | 0;
  let x1 = (counter1 + k[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const r = ROTATIONS[round & 7];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    if ((round & 3) === 3) {
      const s = (round >> 2) + 1;
      x0 = (x0 + k[s % 3]) | 0;
      x1 = (x1 + k[(s + 1) % 3] + s) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** 24 random bits as a number in [0, 1): every value is exact in f32. */
export const bitsToUniform = (bits: number): number => (bits >>> 8) * 2 ** -24;

/** FNV-1a (Fowler, Noll, Vo 1991): a name as 32 bits, to derive keys from names. */
export function hashName(name: string | number): number {
  let hash = 0x811c9dc5;
  for (const char of String(name)) {
    hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
  }
  return hash >>> 0;
}

/** A stream of numbers on the host, for initial values, shuffling and augmentation. */
export class Random {
  readonly key: Key;
  #counter = 0;
  #spare: number | undefined;

  constructor(seed: number, stream: string | number = 0) {
    const high = Math.floor(seed / 2 ** 32);
    this.key = threefry([seed >>> 0, high >>> 0], hashName(stream), 0x636b); // "ck" keeps seeds apart from data
  }

  /** An independent stream, named; equal names give equal streams. */
  fork(name: string | number): Random {
    const child = new Random(0);
    (child as { key: Key }).key = threefry(this.key, hashName(name), 0x666f726b);
    return child;
  }

  /** 32 random bits. */
  bits(): number {
    if (this.#spare !== undefined) {
      const bits = this.#spare;
      this.#spare = undefined;
      return bits;
    }
    const i = this.#counter++;
    const [a, b] = threefry(this.key, i >>> 0, Math.floor(i / 2 ** 32));
    this.#spare = b;
    return a;
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
