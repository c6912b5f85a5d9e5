/**
 * V8's revectorizer is experimental, so before it is trusted it must do a small program right: the pairs of
 * operations that it fuses, as the kernels write them (adjacent loads, a chain, adjacent stores), one by one,
 * and a GEMM tile. The data are small integers and halves, on which every step is exact in f32, so the
 * results must equal plain JavaScript's in doubles to the last bit. V8 is told to optimise them first, and the
 * whole takes some milliseconds.
 */
import { platform } from "#platform";
import {
  br_if,
  type Code,
  f32x4,
  i32,
  i32x4,
  loop,
  type MemoryImport,
  ModuleWriter,
  v128,
} from "./assembler.ts";
import type { Ability } from "./platform.ts";

/** One operation on lanes: as vector code, and as its meaning. */
interface Probe {
  readonly name: string;
  readonly emit: (a: Code, b: Code, c: Code) => Code;
  readonly meaning: (a: number, b: number, c: number) => number;
}

const truth = (mask: Code): Code => v128.and(mask, f32x4.const(1));

const probes: readonly Probe[] = [
  { name: "add", emit: f32x4.add, meaning: (a, b) => a + b },
  { name: "sub", emit: f32x4.sub, meaning: (a, b) => a - b },
  { name: "mul", emit: f32x4.mul, meaning: (a, b) => a * b },
  { name: "div", emit: (a, b) => f32x4.div(f32x4.mul(a, b), b), meaning: (a) => a },
  { name: "min", emit: f32x4.min, meaning: (a, b) => Math.min(a, b) },
  { name: "max", emit: f32x4.max, meaning: (a, b) => Math.max(a, b) },
  { name: "pmin", emit: f32x4.pmin, meaning: (a, b) => (b < a ? b : a) },
  { name: "pmax", emit: f32x4.pmax, meaning: (a, b) => (a < b ? b : a) },
  { name: "neg", emit: f32x4.neg, meaning: (a) => -a },
  { name: "abs", emit: f32x4.abs, meaning: Math.abs },
  { name: "sqrt", emit: (a) => f32x4.sqrt(f32x4.mul(a, a)), meaning: Math.abs },
  { name: "floor", emit: f32x4.floor, meaning: Math.floor },
  { name: "ceil", emit: f32x4.ceil, meaning: Math.ceil },
  { name: "lt", emit: (a, b) => truth(f32x4.lt(a, b)), meaning: (a, b) => Number(a < b) },
  { name: "ge", emit: (a, b) => truth(f32x4.ge(a, b)), meaning: (a, b) => Number(a >= b) },
  { name: "eq", emit: (a, b) => truth(f32x4.eq(a, b)), meaning: (a, b) => Number(a === b) },
  {
    name: "bitselect",
    emit: (a, b, c) => v128.bitselect(a, b, f32x4.gt(c, f32x4.const(0))),
    meaning: (a, b, c) => (c > 0 ? a : b),
  },
  {
    name: "andnot",
    emit: (a, b, c) => v128.andnot(a, f32x4.gt(b, c)),
    meaning: (a, b, c) => (b > c ? 0 : a),
  },
  {
    name: "convert",
    emit: (a) => f32x4.convert_i32x4_s(i32x4.trunc_sat_f32x4_s(a)),
    meaning: Math.trunc,
  },
  {
    name: "integer arithmetic",
    emit: (a, b) => {
      const [x, y] = [i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)];
      const z = i32x4.sub(i32x4.mul(x, y), i32x4.add(i32x4.shl(x, i32.const(3)), y));
      return f32x4.convert_i32x4_s(i32x4.max_s(z, i32x4.shr_s(y, i32.const(1))));
    },
    meaning: (a, b) => {
      const [x, y] = [Math.trunc(a), Math.trunc(b)];
      return Math.max(x * y - 8 * x - y, y >> 1);
    },
  },
];

const relaxedProbes: readonly Probe[] = [
  { name: "relaxed_madd", emit: f32x4.relaxed_madd, meaning: (a, b, c) => a * b + c },
  { name: "relaxed_nmadd", emit: f32x4.relaxed_nmadd, meaning: (a, b, c) => c - a * b },
];

/** Numbers per probe; three operands, then one row of results for each probe. */
const COUNT = 64;
const ROW = COUNT * 4;
/** The tile: MR rows by NV vectors, depth K. */
const [MR, NV, K] = [4, 4, 24];
const [A, B, C] = [16_384, 20_480, 24_576];
const memoryImport: MemoryImport = { shared: false, is64: false, initialPages: 1, maximumPages: 1 };

/** result[i] = probe(a[i], b[i], c[i]), eight numbers a turn. */
function emitProbe(writer: ModuleWriter, probe: Probe, index: number): void {
  writer.func(`probe${index}`, [], [], (f) => {
    const at = f.local("i32");
    const half = (offset: number) =>
      probe.emit(
        v128.load(at, offset, 4),
        v128.load(at, ROW + offset, 4),
        v128.load(at, 2 * ROW + offset, 4),
      );
    const [low, high] = f.locals("v128", 2);
    const result = (3 + index) * ROW;
    return [
      loop((again) => [
        low.set(half(0)),
        high.set(half(16)),
        v128.store(at, low, result, 4),
        v128.store(at, high, result + 16, 4),
        br_if(again, i32.lt_u(at.tee(i32.add(at, i32.const(32))), i32.const(ROW))),
      ]),
    ];
  });
}

/** C = A·B with A as K columns of MR numbers and B as K rows of NV vectors, all sums in registers. */
function emitTile(writer: ModuleWriter, relaxed: boolean): void {
  writer.func("tile", [], [], (f) => {
    const [a, b] = [f.local("i32"), f.local("i32")];
    const sums = f.locals("v128", MR * NV);
    const row = f.locals("v128", NV);
    const factor = f.local("v128");
    const multiplyAdd = (x: Code, y: Code, sum: Code) =>
      relaxed ? f32x4.relaxed_madd(x, y, sum) : f32x4.add(sum, f32x4.mul(x, y));
    return [
      a.set(i32.const(A)),
      b.set(i32.const(B)),
      loop((again) => [
        row.map((r, j) => r.set(v128.load(b, 16 * j))),
        Array.from({ length: MR }, (_, i) => [
          factor.set(v128.load32_splat(a, 4 * i)),
          row.map((r, j) => sums[i * NV + j].set(multiplyAdd(factor, r, sums[i * NV + j]))),
        ]),
        b.set(i32.add(b, i32.const(16 * NV))),
        br_if(again, i32.lt_u(a.tee(i32.add(a, i32.const(4 * MR))), i32.const(A + 4 * MR * K))),
      ]),
      sums.map((sum, k) => v128.store(i32.const(C), sum, 16 * k)),
    ];
  });
}

/** Halves from −15.5 to 16, the same each time, no pattern of length 8. */
const pattern = (i: number): number => (((i * 37 + (i >> 3) * 11) % 64) - 31) / 2;

/** Runs the small program; the name of the first part that is wrong. */
function firstFault(relaxed: boolean): string | undefined {
  const table = relaxed ? [...probes, ...relaxedProbes] : probes;
  const writer = new ModuleWriter({ memory: memoryImport });
  table.forEach((probe, i) => {
    emitProbe(writer, probe, i);
  });
  emitTile(writer, relaxed);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const data = new Float32Array(memory.buffer);
  for (let i = 0; i < 3 * COUNT; i++) data[i] = pattern(i) || 1; // no zero: b divides
  for (let i = 0; i < MR * K; i++) data[A / 4 + i] = pattern(i);
  for (let i = 0; i < 4 * NV * K; i++) data[B / 4 + i] = pattern(i + 5);

  const module = new WebAssembly.Module(writer.bytes());
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = Object.values(exports) as (() => void)[];
  platform.optimise(functions);
  for (const run of functions) run();

  const wrongProbe = table.findIndex((probe, p) =>
    Array.from({ length: COUNT }, (_, i) => i).some((i) => {
      const expected = probe.meaning(data[i], data[COUNT + i], data[2 * COUNT + i]);
      return data[(3 + p) * COUNT + i] !== expected;
    }),
  );
  if (wrongProbe >= 0) return table[wrongProbe].name;
  for (let i = 0; i < MR; i++) {
    for (let j = 0; j < 4 * NV; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += data[A / 4 + k * MR + i] * data[B / 4 + k * 4 * NV + j];
      if (data[C / 4 + i * 4 * NV + j] !== sum) return "the GEMM tile";
    }
  }
  return undefined;
}

/**
 * Switches the revectorizer on for all code compiled from now on, and off again when it fails the check.
 * `relaxed` says whether the engine has relaxed SIMD.
 */
export function prepareRevectorizer(relaxed: boolean): Ability {
  const possible = platform.revectorizer();
  if (!possible.on) return possible;
  if (!platform.switchRevectorizer(true))
    return { on: false, reason: "the engine refused the flag" };
  const fault = tryFault(relaxed);
  if (fault === undefined) return { on: true };
  platform.switchRevectorizer(false);
  return {
    on: false,
    reason: `its code failed the self-check (${fault}), so it was switched off`,
    cure: "use another release of Node, and report this one",
  };
}

function tryFault(relaxed: boolean): string | undefined {
  try {
    return firstFault(relaxed);
  } catch (error) {
    return String(error);
  }
}
