/**
 * The random numbers of one glyph: sfc32 (Small Fast Counting, Chris Doty-Humphrey's PractRand), started
 * from a counter-based key. Integers and exact doubles only, so a glyph's bytes are the same on every machine.
 */
import { type Key, threefry } from "../core/random.ts";

export class GlyphStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(key: Key, index: number) {
    [this.#a, this.#b] = threefry(key, index, 0);
    this.#c = threefry(key, index, 1)[0];
    for (let i = 0; i < 12; i++) this.bits();
  }

  bits(): number {
    const out = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0;
    return out >>> 0;
  }

  /** In [low, high). */
  range(low: number, high: number): number {
    return low + (high - low) * (this.bits() * 2 ** -32);
  }

  int(n: number): number {
    return Math.floor(this.bits() * 2 ** -32 * n);
  }

  chance(probability: number): boolean {
    return this.bits() * 2 ** -32 < probability;
  }

  /** Mean 0, deviation 1: four uniforms, summed (Irwin and Hall), need no logarithm. */
  bell(): number {
    const sum = this.bits() + this.bits() + this.bits() + this.bits();
    return (sum * 2 ** -32 - 2) * 1.7320508075688772;
  }
}
