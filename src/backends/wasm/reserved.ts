/**
 * The first bytes of every heap belong to the runtime: words that threads meet at, each on a cache line of
 * its own, so that one that spins on a word is not disturbed by those that write another.
 */
export const RESERVED_BYTES = 1024;

/** How many threads have come to the barrier. */
export const BARRIER_ARRIVED = 0;
/** How often the barrier has opened. */
export const BARRIER_OPENED = 64;
/** How many threads sleep at the barrier. */
export const BARRIER_SLEEPERS = 128;
/** How often a thread looks before it sleeps. */
export const BARRIER_SPINS = 192;
