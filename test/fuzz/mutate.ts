/** Damages a file as disks, networks and people with intent do; every draw is a function of the random stream. */
import type { Random } from "../../src/core/random.ts";

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Headers stand at the beginning or at the end, so half of all places are there. */
function place(length: number, random: Random): number {
  if (length === 0) return 0;
  const near = Math.min(length, 2048);
  const [beginning, end] = [random.int(4) === 0, random.int(4) === 0];
  if (beginning) return random.int(near);
  return end ? length - near + random.int(near) : random.int(length);
}

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const span = (bytes: Uint8Array, random: Random): [number, number] => {
  const from = place(bytes.length, random);
  return [from, Math.min(bytes.length, from + 1 + random.int(random.int(2) === 0 ? 16 : 4096))];
};

/** What breaks readers as a length, an offset or a count. */
const numbers = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
].concat([2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]);
const texts = [
  "0",
  "-1",
  "1.5",
  "99999999999",
  "4294967296",
  "1e400",
  "9007199254740993",
  "[]",
  '""',
];

const mutations: readonly Mutation[] = [
  function flip(bytes, random) {
    const out = Uint8Array.from(bytes);
    for (let i = 0; i <= random.int(4); i++) out[place(out.length, random)] ^= 1 << random.int(8);
    return out;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, place(bytes.length, random));
  },
  function remove(bytes, random) {
    const [from, to] = span(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  function repeat(bytes, random) {
    const [from, to] = span(bytes, random);
    const times = 1 + random.int(8);
    const part = Array.from({ length: times }, () => bytes.subarray(from, to));
    return joined(bytes.subarray(0, to), ...part, bytes.subarray(to));
  },
  function splice(bytes, random, other) {
    const [from, to] = span(other, random);
    const at = place(bytes.length, random);
    return joined(bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at));
  },
  function exchange(bytes, random, other) {
    const at = Math.min(place(bytes.length, random), place(other.length, random));
    return joined(bytes.subarray(0, at), other.subarray(at));
  },
  function setNumber(bytes, random) {
    const out = Uint8Array.from(bytes);
    const width = [1, 2, 4, 8][random.int(4)];
    const at = place(out.length - width, random);
    if (at < 0) return out;
    const value = numbers[random.int(numbers.length)];
    const isLittle = random.int(2) === 0;
    for (let i = 0; i < width; i++) {
      out[at + (isLittle ? i : width - 1 - i)] = Number((value >> BigInt(8 * i)) & 255n);
    }
    return out;
  },
  /** A number written in digits, as JSON and the headers of .npy have them. */
  function setText(bytes, random) {
    const isDigit = (i: number) => bytes[i] >= 0x30 && bytes[i] <= 0x39;
    let from = place(bytes.length, random);
    while (from < bytes.length && !isDigit(from)) from++;
    let to = from;
    while (to < bytes.length && isDigit(to)) to++;
    const text = new TextEncoder().encode(texts[random.int(texts.length)]);
    return joined(bytes.subarray(0, from), text, bytes.subarray(to));
  },
];

/** One to three mutations; `other` is another file of the same kind. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out = bytes;
  for (let i = 0; i <= random.int(3); i++) {
    out = mutations[random.int(mutations.length)](out, random, other);
  }
  return out;
}
