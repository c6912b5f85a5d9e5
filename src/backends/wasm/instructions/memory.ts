/** Bulk memory (core specification, 5.4.6) and the waits of the threads proposal. */
import { type Code, uleb } from "./code.ts";
import { atomicStore, atomicTernary } from "./shapes.ts";

/** Sizes and addresses have the memory's own address type; a fill's value is an i32. */
export const memory = Object.freeze({
  size: (): Code => [0x3f, 0],
  grow: (pages: Code): Code => [pages, 0x40, 0],
  fill: (to: Code, value: Code, bytes: Code): Code => [to, value, bytes, 0xfc, 11, 0],
  copy: (to: Code, from: Code, bytes: Code): Code => [to, from, bytes, 0xfc, 10, 0, 0],
  /** Copies from a passive segment; `from` and `bytes` are i32 whatever the memory. */
  init: (segment: number, to: Code, from: Code, bytes: Code): Code => [
    to,
    from,
    bytes,
    0xfc,
    8,
    uleb(segment),
    0,
  ],
  atomic: Object.freeze({
    /** (address, how many) → how many woke. */
    notify: atomicStore(4, 0x00),
    /** (address, expected i32, nanoseconds i64, −1 for ever) → 0 woken, 1 other value, 2 time is up. */
    wait32: atomicTernary(4, 0x01),
    fence: (): Code => [0xfe, 0x03, 0x00],
  }),
});

/** Forgets a passive segment. */
export const dataDrop = (segment: number): Code => [0xfc, 9, uleb(segment)];
