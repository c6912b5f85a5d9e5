/**
 * The inner loops of a resize in WebAssembly SIMD: sums of bytes times weights in 32 bits, exact, so that every machine gives
 * Pillow's bytes. Along rows a vector is a pixel's channels, or four neighbours of a grey row; along columns it is 16
 * bytes of a row.
 */
import {
  br_if,
  type Code,
  type Fn,
  i8x16,
  i16x8,
  i32,
  i32x4,
  type Local,
  loop,
  ModuleWriter,
  v128,
} from "../backends/wasm/assembler.ts";

/** 32 bits less 8 for a pixel and 2 of headroom. */
export const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);
const PAGE = 2 ** 16;
const MAXIMUM_PAGES = 2 ** 15;

/** Bytes of a record of weights: where the inputs begin, how many they are, and room for `stride` weights. */
export const recordSize = (stride: number): number => 8 + 4 * stride;

// biome-ignore format: a line is a signature
export interface Resampler {
  /** At least so many bytes; what was written before is still there, earlier views are not. */
  memory(bytes: number): Uint8Array<ArrayBuffer>;
  /** `height` rows of RGB, `stride` bytes apart, to `width` pixels each; a record of weights an output. */
  colourRows(from: number, stride: number, height: number, out: number, width: number, weights: number, record: number): void;
  greyRows(from: number, stride: number, height: number, out: number, width: number, weights: number, record: number): void;
  /** Rows of `row` bytes to `height` of them. */
  columns(from: number, row: number, height: number, out: number, weights: number, record: number): void;
}

/** Compiled once a thread, when it is first asked for. */
export function resampler(): Resampler {
  shared.resampler ??= make();
  return shared.resampler;
}

// Code and its scratch memory; no result depends on what they held.
const shared: { resampler?: Resampler } = {};

function make(): Resampler {
  const initialPages = 64;
  const writer = new ModuleWriter({
    memory: { shared: false, is64: false, initialPages, maximumPages: MAXIMUM_PAGES },
  });
  const rows = new Array<"i32">(7).fill("i32");
  writer.func("colourRows", rows, [], (f) => alongRows(f, 3, colourSum));
  writer.func("greyRows", rows, [], (f) => alongRows(f, 1, greySum));
  writer.func("columns", new Array<"i32">(6).fill("i32"), [], alongColumns);
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: MAXIMUM_PAGES });
  const module = new WebAssembly.Module(writer.bytes());
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    ...(exports as unknown as Omit<Resampler, "memory">),
    memory(bytes) {
      const missing = Math.ceil((bytes + PAGE) / PAGE) - memory.buffer.byteLength / PAGE;
      if (missing > 0) memory.grow(missing);
      return new Uint8Array(memory.buffer);
    },
  };
}

const advance = (x: Local, by: Code): Code => x.set(i32.add(x, by));

/** For each of `count`, which is above 0 and counted down. */
const repeat = (count: Local, body: Code): Code =>
  loop((again) => [body, br_if(again, count.tee(i32.sub(count, i32.const(1))))]);

type Sum = (f: Fn, sum: Local, p: Local, k: Local, end: Local) => Code;

function alongRows(f: Fn, channels: number, sumUp: Sum): Code {
  const [from, stride, height, out, width, weights, record] = Array.from({ length: 7 }, (_, i) =>
    f.param(i),
  );
  const [left, at, p, k, end] = f.locals("i32", 5);
  const sum = f.local("v128");
  const pixel = [
    p.set(i32.add(from, i32.load(at))),
    k.set(i32.add(at, i32.const(8))),
    end.set(i32.add(k, i32.shl(i32.load(at, 4), i32.const(2)))),
    sumUp(f, sum, p, k, end),
    sum.set(toBytes(sum)),
    channels === 3
      ? v128.store32_lane(out, packed(sum, sum, sum, sum), 0)
      : v128.store8_lane(out, sum, 0),
    advance(out, i32.const(channels)),
    advance(at, record),
  ];
  const row = [left.set(width), at.set(weights), repeat(left, pixel), advance(from, stride)];
  return repeat(height, row);
}

/** The fourth lane is the next pixel's first channel: its byte is written over by the next result. */
function colourSum(_: Fn, sum: Local, p: Local, k: Local, end: Local): Code {
  const term = i32x4.mul(fourBytes(p), v128.load32_splat(k));
  return [
    sum.set(i32x4.const(HALF)),
    loop((again) => [
      sum.set(i32x4.add(sum, term)),
      advance(p, i32.const(3)),
      br_if(again, i32.lt_u(k.tee(i32.add(k, i32.const(4))), end)),
    ]),
  ];
}

/** Four neighbours at a time; weights beyond the last one are zeros. */
function greySum(_: Fn, sum: Local, p: Local, k: Local, end: Local): Code {
  const lane = (i: number) => i32x4.extract_lane(sum, i);
  const total = i32.add(i32.add(lane(0), lane(1)), i32.add(lane(2), lane(3)));
  return [
    sum.set(i32x4.const(0)),
    loop((again) => [
      sum.set(i32x4.add(sum, i32x4.mul(fourBytes(p), v128.load(k, 0, 4)))),
      advance(p, i32.const(4)),
      br_if(again, i32.lt_u(k.tee(i32.add(k, i32.const(16))), end)),
    ]),
    sum.set(i32x4.splat(i32.add(total, i32.const(HALF)))),
  ];
}

function alongColumns(f: Fn): Code {
  const [from, row, height, out, weights, record] = Array.from({ length: 6 }, (_, i) => f.param(i));
  const [i, p, k, end] = f.locals("i32", 4);
  const sums = f.locals("v128", 4);
  const bytes = f.local("v128");
  const halves = [i16x8.extend_low_i8x16_u(bytes), i16x8.extend_high_i8x16_u(bytes)];
  const quarters = halves.flatMap((half) => [
    i32x4.extend_low_i16x8_u(half),
    i32x4.extend_high_i16x8_u(half),
  ]);
  const weight = f.local("v128");
  const sixteen = [
    sums.map((sum) => sum.set(i32x4.const(HALF))),
    p.set(i32.add(i32.add(from, i), i32.load(weights))),
    k.set(i32.add(weights, i32.const(8))),
    loop((again) => [
      bytes.set(v128.load(p, 0, 1)),
      weight.set(v128.load32_splat(k)),
      sums.map((sum, q) => sum.set(i32x4.add(sum, i32x4.mul(quarters[q], weight)))),
      advance(p, row),
      br_if(again, i32.lt_u(k.tee(i32.add(k, i32.const(4))), end)),
    ]),
    sums.map((sum) => sum.set(toBytes(sum))),
    v128.store(i32.add(out, i), packed(sums[0], sums[1], sums[2], sums[3]), 0, 1),
    // Beyond the row it writes what the next row's first bytes will replace.
    advance(i, i32.const(16)),
  ];
  return repeat(height, [
    i.set(i32.const(0)),
    end.set(i32.add(i32.add(weights, i32.const(8)), i32.shl(i32.load(weights, 4), i32.const(2)))),
    loop((again) => [sixteen, br_if(again, i32.lt_u(i, row))]),
    advance(out, row),
    advance(weights, record),
  ]);
}

/** Four bytes as four lanes. */
const fourBytes = (p: Code): Code =>
  i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p, 0, 1)));

/** Lanes rounded to whole numbers of 0 … 255. */
const toBytes = (sum: Code): Code =>
  i32x4.min_s(
    i32x4.max_s(i32x4.shr_s(sum, i32.const(FRACTION_BITS)), i32x4.const(0)),
    i32x4.const(255),
  );

/** The lowest byte of each lane of four vectors. */
function packed(a: Code, b: Code, c: Code, d: Code): Code {
  const low = [0, 4, 8, 12, 16, 20, 24, 28];
  const both = [...low, ...low];
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
  return i8x16.shuffle(i8x16.shuffle(a, b, both), i8x16.shuffle(c, d, both), order);
}
